//! What a project has already: entities, Migrators, versions. By what its files say, never by what its folders are called.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use heck::ToUpperCamelCase as _;

use crate::migration::{Migrator, Version, find_migrators};

/// Folders deeper than this are somebody else's.
const DEPTH: usize = 8;

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Places of entities, that with the most first.
    pub(crate) entities: Vec<EntityPlace>,
    /// Every Migrator, that with the most migrations first.
    pub(crate) migrators: Vec<Migrator>,
    /// The version of SeaORM.
    pub(crate) version: Option<Version>,
    /// How the project is laid out, in a word or two.
    pub(crate) layout: &'static str,
}

/// Where entities are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntityPlace {
    /// As `[entities] path` would say it.
    pub(crate) path: String,
    /// How many files with entities there are; none in a crate that is made for them.
    pub(crate) files: usize,
    /// The tables that they name.
    tables: Vec<String>,
    /// The folder of their crate.
    package: PathBuf,
}

impl Found {
    /// Looks through a project.
    pub(crate) fn in_folder(root: &Path) -> Self {
        let mut migrators = find_migrators(root);
        migrators.sort_by_key(|it| std::cmp::Reverse(it.listed.len()));
        let entities = entities(root, &migrators);
        let packages = entities.iter().map(|it| &it.package).chain(migrators.iter().map(|it| &it.package));
        let version = packages.into_iter().find_map(|package| Version::of(package, "sea-orm"));
        Self { entities, version, layout: layout(root), migrators }
    }

    /// Where the entities of a Migrator's tables are: those whose tables its files name for the most part, and which no
    /// other of these has. Where its files name none, the most entities are taken for its own.
    pub(crate) fn of_migrator(&self, migrator: &Migrator) -> Vec<&EntityPlace> {
        let text = self.text_of(migrator);
        let mut found: Vec<&EntityPlace> = Vec::new();
        for (position, place) in self.entities.iter().enumerate() {
            let named = place.tables.iter().filter(|table| names(&text, table)).count();
            // What has the most files needs the least evidence.
            let is_named = if position == 0 { named > 0 } else { named * 2 > place.tables.len() };
            let is_copy = found.iter().any(|it| it.tables.iter().any(|table| place.tables.contains(table)));
            if is_named && !is_copy {
                found.push(place);
            }
        }
        if found.is_empty() { self.entities.iter().take(1).collect() } else { found }
    }

    /// What the crate of a Migrator says, SQL among it; where entities are in the same crate, what the files beside the
    /// listed migrations say.
    fn text_of(&self, migrator: &Migrator) -> String {
        let files = migrator.listed.iter().map(|it| it.migration.path.as_path()).chain([migrator.file.as_path()]);
        let folders: BTreeSet<&Path> = match self.entities.iter().any(|it| it.package == migrator.package) {
            true => files.filter_map(Path::parent).collect(),
            false => BTreeSet::from([migrator.package.as_path()]),
        };
        let mut texts = Vec::new();
        folders.into_iter().for_each(|folder| collect(folder, 0, &mut texts));
        texts.join("\n")
    }
}

fn collect(folder: &Path, depth: usize, texts: &mut Vec<String>) {
    // What cannot be read is not obvious.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if is_of_project(&path) && depth < DEPTH {
                collect(&path, depth + 1, texts);
            }
        } else if path.extension().is_some_and(|it| it == "rs" || it == "sql") {
            // A file of entities names its own tables, wherever it lies.
            texts.extend(
                fs::read_to_string(&path).ok().filter(|text| !derives(text) || text.contains("MigrationTrait")),
            );
        }
    }
}

/// Whether a text has a table's name as a word, or the identifier that SeaORM's `Iden` has for it.
fn names(text: &str, table: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || c == '_';
    [table.to_owned(), table.to_upper_camel_case()].iter().any(|name| {
        text.match_indices(name.as_str())
            .any(|(at, _)| !text[..at].ends_with(is_inside) && !text[at + name.len()..].starts_with(is_inside))
    })
}

fn layout(root: &Path) -> &'static str {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    let has = |line: &str| manifest.lines().any(|it| it.trim_start().starts_with(line));
    // An empty `[workspace]` only keeps a package out of another's.
    let is_workspace = has("[workspace") && has("members");
    match (is_workspace, has("[package]"), manifest.contains("loco-rs")) {
        (_, _, true) => "a loco project",
        (true, true, false) => "a package with a workspace",
        (true, false, false) => "a workspace",
        (false, true, false) => "one package",
        (false, false, false) => "a folder",
    }
}

/// Where entities are: crate folders of their own, or module files of a crate that holds other things too.
fn entities(root: &Path, migrators: &[Migrator]) -> Vec<EntityPlace> {
    let mut files = Vec::new();
    search(root, 0, &mut files);
    let of_migrations = |file: &PathBuf| migrators.iter().any(|it| owns(it, file));
    let others: Vec<PathBuf> = files.iter().filter(|it| !of_migrations(it)).cloned().collect();
    let files = if others.is_empty() { files } else { others };
    let mut by_package: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let package = package_of(root, &file).unwrap_or_else(|| root.to_owned());
        let below = file.strip_prefix(&package).ok().and_then(|it| it.components().next());
        let is_aside =
            below.is_some_and(|it| ["tests", "benches", "examples"].iter().any(|name| it.as_os_str() == *name));
        if !is_aside {
            by_package.entry(package).or_default().push(file);
        }
    }
    let mut places: Vec<EntityPlace> =
        by_package.into_iter().filter_map(|(package, files)| place(root, package, &files)).collect();
    places.sort_by_key(|it| (std::cmp::Reverse(it.files), it.path.clone()));
    if places.is_empty() { crate_for_entities(root, migrators).into_iter().collect() } else { places }
}

/// A library on SeaORM that has no entity yet, if there is one alone.
fn crate_for_entities(root: &Path, migrators: &[Migrator]) -> Option<EntityPlace> {
    let mut packages = Vec::new();
    libraries(root, 0, &mut packages);
    packages.retain(|it| migrators.iter().all(|migrator| migrator.package != *it));
    let [package] = packages.as_slice() else { return None };
    let path = package.strip_prefix(root).ok().filter(|it| !it.as_os_str().is_empty())?;
    let path = path.to_string_lossy().replace('\\', "/");
    Some(EntityPlace { path, files: 0, tables: Vec::new(), package: package.clone() })
}

/// Folders of libraries that depend on SeaORM and are no program.
fn libraries(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok().and_then(|it| it.parse::<toml::Table>().ok());
    let depends = manifest.is_some_and(|it| it.get("dependencies").is_some_and(|it| it.get("sea-orm").is_some()));
    if depends && folder.join("src/lib.rs").is_file() && !folder.join("src/main.rs").is_file() {
        found.push(folder.to_owned());
    }
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        if is_of_project(&path) && depth < DEPTH {
            libraries(&path, depth + 1, found);
        }
    }
}

/// Whether a folder may have sources of the project.
fn is_of_project(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_built = name == "target" || folder.join("CACHEDIR.TAG").is_file();
    !name.starts_with('.') && name != "node_modules" && !is_built
}

/// Whether a file is part of the migrations: some define entities of a former day.
fn owns(migrator: &Migrator, file: &Path) -> bool {
    if migrator.listed.iter().any(|it| it.migration.path == file) {
        return true;
    }
    if migrator.module.is_empty() {
        return file.starts_with(&migrator.package);
    }
    let is_usual = migrator.file.file_name().is_some_and(|name| name == "mod.rs");
    let folder =
        if is_usual { migrator.file.parent().map(Path::to_owned) } else { Some(migrator.file.with_extension("")) };
    folder.is_some_and(|folder| file.starts_with(folder))
}

fn search(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    // What cannot be read is not obvious.
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if is_of_project(&path) && depth < DEPTH {
                search(&path, depth + 1, files);
            }
        } else if name.ends_with(".rs") && fs::read_to_string(&path).is_ok_and(|text| derives(&text)) {
            files.push(path);
        }
    }
}

/// Whether a type derives what makes an entity.
fn derives(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        line.contains("DeriveEntity")
            && !line.starts_with("//")
            && !line.starts_with("use ")
            && !line.starts_with("pub use ")
    })
}

/// What stands behind `table_name = ` in attributes.
fn tables_of(text: &str) -> Vec<String> {
    let named = text.split("table_name").skip(1);
    let name = |rest: &str| {
        Some(rest.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?.split('"').next()?.to_owned())
    };
    named.filter_map(name).collect()
}

fn package_of(root: &Path, file: &Path) -> Option<PathBuf> {
    let above = file.ancestors().skip(1).take_while(|it| it.starts_with(root));
    above.into_iter().find(|it| it.join("Cargo.toml").is_file()).map(Path::to_path_buf)
}

/// The module that holds all of these files, or the crate.
fn place(root: &Path, package: PathBuf, files: &[PathBuf]) -> Option<EntityPlace> {
    let sources = package.join("src");
    let modules: Vec<Vec<String>> = files.iter().map(|file| module_of(&sources, file)).collect();
    let mut common = modules.first()?.clone();
    for module in &modules {
        let same = common.iter().zip(module).take_while(|(one, other)| one == other).count();
        common.truncate(same);
    }
    let file = loop {
        match file_of(&sources, &common) {
            Some(file) => break Some(file),
            None if common.is_empty() => break None,
            None => {
                common.pop();
            }
        }
    };
    let path = match (file, files) {
        (Some(file), _) => file,
        (None, [single]) if package == root => single.clone(),
        (None, _) => package.clone(),
    };
    let relative = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
    let path = if relative.is_empty() { ".".to_owned() } else { relative };
    let tables = files.iter().flat_map(|file| tables_of(&fs::read_to_string(file).unwrap_or_default())).collect();
    Some(EntityPlace { path, files: files.len(), tables, package })
}

/// The module above a file, or its own where others lie in it.
fn module_of(sources: &Path, file: &Path) -> Vec<String> {
    let below = file.strip_prefix(sources).unwrap_or(file).with_extension("");
    let mut module: Vec<String> = below.components().map(|it| it.as_os_str().to_string_lossy().into_owned()).collect();
    let holds_others = file.with_extension("").is_dir();
    if !holds_others {
        module.pop();
    }
    module
}

/// The file of a module; the crate's own has none.
fn file_of(sources: &Path, module: &[String]) -> Option<PathBuf> {
    let folder: PathBuf = module.iter().fold(sources.to_owned(), |path, name| path.join(name));
    let candidates = [folder.join("mod.rs"), folder.with_extension("rs")];
    candidates.into_iter().find(|file| !module.is_empty() && file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
            fs::write(path, text).expect("it is written");
        }
        folder
    }

    const ENTITY: &str = "#[derive(Clone, Debug, DeriveEntityModel)]\npub struct Model {}\n";
    const PACKAGE: &str = "[package]\nname = \"x\"\n";
    const MIGRATOR: &str = "mod m1;\npub struct Migrator;\nimpl MigratorTrait for Migrator { fn migrations() -> \
                            Vec<Box<dyn MigrationTrait>> { vec![Box::new(m1::Migration)] } }\n";
    const MIGRATION: &str = "#[derive(DeriveMigrationName)] pub struct Migration;\nmod old { #[derive(DeriveEntityModel)] \
                             struct Model; }";

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        Found::in_folder(project(files).path()).entities.into_iter().map(|it| it.path).collect()
    }

    #[test]
    fn entities_are_found_where_projects_have_them() {
        for (files, expected) in [
            (
                [("Cargo.toml", PACKAGE), ("entity/Cargo.toml", PACKAGE), ("entity/src/user.rs", ENTITY)].as_slice(),
                ["entity"].as_slice(),
            ),
            (
                &[("Cargo.toml", PACKAGE), ("src/entities/mod.rs", "mod user;"), ("src/entities/user.rs", ENTITY)],
                &["src/entities/mod.rs"],
            ),
            (&[("Cargo.toml", PACKAGE), ("src/models.rs", ENTITY), ("src/models/user.rs", ENTITY)], &["src/models.rs"]),
            (
                &[
                    ("Cargo.toml", PACKAGE),
                    ("src/a/mod.rs", ""),
                    ("src/a/x.rs", ENTITY),
                    ("src/b/y.rs", ENTITY),
                    ("src/main.rs", ""),
                ],
                &["."],
            ),
            (
                &[
                    ("Cargo.toml", PACKAGE),
                    ("src/models/_entities/mod.rs", ""),
                    ("src/models/_entities/x.rs", ENTITY),
                    ("src/models/x.rs", "use DeriveEntityModel;"),
                ],
                &["src/models/_entities/mod.rs"],
            ),
            (
                &[
                    ("a/Cargo.toml", PACKAGE),
                    ("a/src/x.rs", ENTITY),
                    ("b/Cargo.toml", PACKAGE),
                    ("b/src/y.rs", ENTITY),
                    ("b/src/z.rs", ENTITY),
                ],
                &["b", "a"],
            ),
            (
                &[
                    ("Cargo.toml", PACKAGE),
                    ("target/debug/x.rs", ENTITY),
                    (".git/x.rs", ENTITY),
                    ("tests/x.rs", ENTITY),
                ],
                &[],
            ),
        ] {
            assert_eq!(places(files), expected, "{files:?}");
        }
    }

    #[test]
    fn entities_are_of_the_migrator_that_names_their_tables() {
        let entity = |table: &str| {
            format!("#[derive(DeriveEntityModel)]\n#[sea_orm(table_name = \"{table}\")]\npub struct Model;\n")
        };
        let (users, bills, logs) = (entity("users"), entity("bill_lines"), entity("logs"));
        let migration = format!(
            "{MIGRATION} impl MigrationTrait for Migration {{}} // CREATE TABLE users; BillLines::Table, logs_of"
        );
        let folder = project(&[
            ("db/Cargo.toml", PACKAGE),
            ("db/src/lib.rs", MIGRATOR),
            ("db/src/m1.rs", &migration),
            ("log/Cargo.toml", PACKAGE),
            ("log/src/a.rs", &logs),
            ("log/src/b.rs", &logs),
            ("users/Cargo.toml", PACKAGE),
            ("users/src/lib.rs", &users),
            ("bills/Cargo.toml", PACKAGE),
            ("bills/src/lib.rs", &bills),
            // A copy that somebody left.
            ("users-old/Cargo.toml", PACKAGE),
            ("users-old/src/lib.rs", &users),
        ]);
        let found = Found::in_folder(folder.path());
        let paths = |of: Vec<&EntityPlace>| of.into_iter().map(|it| it.path.clone()).collect::<Vec<_>>();
        assert_eq!(paths(found.entities.iter().collect()), ["log", "bills", "users", "users-old"]);
        assert_eq!(paths(found.of_migrator(&found.migrators[0])), ["bills", "users"]);
    }

    #[test]
    fn a_crate_may_wait_for_entities() {
        let library = "[package]\nname = \"x\"\n[dependencies]\nsea-orm = \"1.1\"\n";
        let waiting = [("Cargo.toml", "[workspace]"), ("a/Cargo.toml", library), ("a/src/lib.rs", "")];
        assert_eq!(places(&waiting), ["a"]);
        let two = [("b/Cargo.toml", library), ("b/src/lib.rs", "")];
        assert_eq!(places(&[waiting.as_slice(), &two].concat()), [""; 0]);
    }

    #[test]
    fn entities_of_migrations_are_of_a_former_day() {
        let own = [("db/Cargo.toml", PACKAGE), ("db/src/lib.rs", MIGRATOR), ("db/src/m1.rs", MIGRATION)];
        let entities = [("core/Cargo.toml", PACKAGE), ("core/src/migration/user.rs", ENTITY)];
        assert_eq!(places(&[own.as_slice(), &entities].concat()), ["core"]);
        let inside = [
            ("Cargo.toml", PACKAGE),
            ("src/main.rs", "mod up; mod user;"),
            ("src/up/mod.rs", MIGRATOR),
            ("src/up/m1.rs", MIGRATION),
            ("src/user.rs", ENTITY),
        ];
        assert_eq!(places(&inside), ["src/user.rs"]);
    }
}
