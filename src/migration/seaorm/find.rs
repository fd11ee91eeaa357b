//! Where a project has Migrators, by what its files say, never by what its folders are called.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::migrator::{Migrator, migrators};
use super::tree::Tree;
use crate::config::{Config, FILE_NAME};
use crate::error::{Error, Kind, Result};

/// How the migrations of a crate can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// A binary of the crate that hands its arguments to the Migrator: `cargo run --bin NAME -- up`.
    Binary {
        /// Its name, where the crate has several.
        name: Option<String>,
    },
    /// None; but the Migrator is in a library that a program can be written around.
    Library,
    /// None, and other crates cannot name the Migrator; but a program may take its files as its own.
    Modules,
}

/// Folders deeper than this are somebody else's.
const DEPTH: usize = 8;

/// Every Migrator below a folder.
#[must_use]
pub fn find(folder: &Path) -> Vec<Migrator> {
    let mut packages = BTreeSet::new();
    search(folder, 0, &mut packages);
    packages.iter().flat_map(|package| of_package(package)).collect()
}

/// Crates in which a file mentions the trait.
fn search(folder: &Path, depth: usize, packages: &mut BTreeSet<PathBuf>) {
    // What cannot be read is not obvious.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_built = path.join("CACHEDIR.TAG").is_file();
            if !name.starts_with('.') && name != "node_modules" && !is_built && depth < DEPTH {
                search(&path, depth + 1, packages);
            }
        } else if name.ends_with(".rs") && mentions(&path, "MigratorTrait") {
            packages.extend(package_of(&path));
        }
    }
}

fn mentions(path: &Path, word: &str) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.contains(word))
}

fn package_of(path: &Path) -> Option<PathBuf> {
    let is_package = |folder: &&Path| {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok();
        manifest.and_then(|text| text.parse::<Table>().ok()).is_some_and(|manifest| manifest.contains_key("package"))
    };
    path.ancestors().skip(1).find(is_package).map(Path::to_path_buf)
}

/// The Migrators of a crate; one that both library and program reach is the library's.
pub(super) fn of_package(package: &Path) -> Vec<Migrator> {
    let mut found: Vec<Migrator> = Vec::new();
    for root in roots(package) {
        for migrator in migrators(&Tree::read(&root), &root, package) {
            let same = |other: &Migrator| other.file == migrator.file && other.line == migrator.line;
            if !found.iter().any(same) {
                found.push(migrator);
            }
        }
    }
    found
}

/// The files that a crate begins with, the library's first.
fn roots(package: &Path) -> Vec<PathBuf> {
    let library = library(package);
    library.into_iter().chain(programs(package).into_iter().map(|(_, path)| path)).collect()
}

fn manifest(package: &Path) -> Table {
    let text = std::fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
    text.parse().unwrap_or_default()
}

fn library(package: &Path) -> Option<PathBuf> {
    let manifest = manifest(package);
    let written = manifest.get("lib").and_then(|it| it.get("path")?.as_str()).map(|path| package.join(path));
    written.into_iter().chain([package.join("src/lib.rs")]).find(|file| file.is_file())
}

/// Names and files of the binaries.
fn programs(package: &Path) -> Vec<(String, PathBuf)> {
    let manifest = manifest(package);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let own = manifest.get("package").and_then(|it| text(it, "name")).unwrap_or_default();
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for program in manifest.get("bin").and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = text(program, "name") else { continue };
        let usual = [format!("src/bin/{name}.rs"), format!("src/bin/{name}/main.rs"), "src/main.rs".to_owned()];
        let path = text(program, "path").into_iter().chain(usual).map(|it| package.join(it)).find(|it| it.is_file());
        found.extend(path.map(|path| (name, path)));
    }
    let mut beside: Vec<PathBuf> =
        package.join("src/bin").read_dir().into_iter().flatten().flatten().map(|it| it.path()).collect();
    beside.sort();
    let beside = beside.into_iter().filter_map(|path| {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        Some((name, if path.is_dir() { path.join("main.rs") } else { path }))
    });
    for (name, path) in [(own, package.join("src/main.rs"))].into_iter().chain(beside) {
        let is_new = found.iter().all(|(_, other)| *other != path);
        if is_new && path.is_file() && path.extension().is_some_and(|it| it == "rs") {
            found.push((name, path));
        }
    }
    found
}

impl Migrator {
    /// The library of its crate.
    #[must_use]
    pub fn library(&self) -> Option<PathBuf> {
        library(&self.package)
    }

    /// How it can be run.
    #[must_use]
    pub fn program(&self) -> Program {
        let all = programs(&self.package);
        // What hands its arguments on calls `run_cli`, whatever else it does.
        // One that takes its database from elsewhere would migrate that, whatever it is given.
        let runs: Vec<&(String, PathBuf)> = all
            .iter()
            .filter(|(_, path)| mentions(path, "run_cli("))
            .filter(|(_, path)| !mentions(path, "set_var"))
            .collect();
        match runs.as_slice() {
            [] if self.public && library(&self.package).as_ref() == Some(&self.root) => Program::Library,
            [] => Program::Modules,
            [(name, _), ..] => Program::Binary { name: (all.len() > 1).then(|| name.clone()) },
        }
    }

    /// The Migrator that the configuration means.
    ///
    /// # Errors
    /// [`Kind::Usage`] when there is none, or more than one.
    pub fn configured(config: &Config) -> Result<Self> {
        let found = Self::of(config)?;
        Ok(Self { table: config.seaorm.table.clone().or(found.table), ..found })
    }

    fn of(config: &Config) -> Result<Self> {
        let folder = &config.script_location;
        let shown = config.shown_path(folder);
        if let Some(file) = &config.seaorm.migrator {
            let path = config.root.join(file);
            let package = package_of(&path);
            let found = package.iter().flat_map(|it| of_package(it)).find(|it| same_file(&it.file, &path));
            return found.ok_or_else(|| {
                Error::new(Kind::Usage, format!("there is no `impl MigratorTrait for ..` in {}", file.display()))
                    .hint(format!("correct `migrator` under [seaorm] in {FILE_NAME}"))
                    .hint("a file that no `mod` of its crate leads to is not read")
            });
        }
        if !folder.is_dir() {
            return Err(Error::new(Kind::Usage, format!("there is no folder {shown}")).hint(format!(
                "script_location in {FILE_NAME} names the folder of the file with `impl MigratorTrait`"
            )));
        }
        let package = package_of(&folder.join("lib.rs"));
        let all: Vec<Self> = package.iter().flat_map(|it| of_package(it)).collect();
        let beside: Vec<&Self> =
            all.iter().filter(|it| it.file.parent().is_some_and(|it| same_file(it, folder))).collect();
        let below = || all.iter().filter(|it| is_below(&it.file, folder)).collect();
        let found: Vec<&Self> = if beside.is_empty() { below() } else { beside };
        match found.as_slice() {
            [single] => Ok((*single).clone()),
            [] => Err(Error::new(Kind::Usage, format!("there is no `impl MigratorTrait for ..` in {shown}"))
                .hint(format!("script_location in {FILE_NAME} names the folder of the file that has it"))
                .hint("a file that no `mod` of its crate leads to is not read")
                .hint("format = \"sql\"   is for a project without a Migrator")),
            several => {
                let place = |it: &&Self| format!("{}:{} ({})", config.shown_path(&it.file), it.line, it.name);
                let places: Vec<String> = several.iter().map(place).collect();
                Err(Error::new(Kind::Usage, format!("{shown} has several Migrators: {}", places.join(", "))).hint(
                    format!(
                        "write into {FILE_NAME}:\n      [seaorm]\n      migrator = \"{}\"",
                        config.shown_path(&several[0].file)
                    ),
                ))
            }
        }
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn is_below(file: &Path, folder: &Path) -> bool {
    match (file.canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => file.starts_with(folder),
    }
}
