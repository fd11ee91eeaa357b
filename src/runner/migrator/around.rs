//! A program around a Migrator that is only a library: a crate that depends on it by path, in the folder where cargo
//! builds, so that the next run finds it built.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::program::beside_lock;
use crate::error::{Error, Kind, Result};
use crate::migration::{Migrator, Program, hash};

/// Writes the crate, and says where.
pub(super) fn write(migrator: &Migrator) -> Result<PathBuf> {
    // Several projects may share a folder.
    let of_project = hash(&migrator.file.to_string_lossy())[..12].to_owned();
    let folder = target_folder(&migrator.package).join("autogen-migrate").join(&of_project);
    let failed = |cause: std::io::Error| {
        Error::new(Kind::Error, format!("cannot write a program around the migrations into {}", folder.display()))
            .hint("[seaorm] command = [..] in autogen.toml names a program that runs them")
            .caused_by(cause)
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    // What is as it was is not touched, so that cargo does not build it again.
    let write = |name: &str, text: &str| match std::fs::read_to_string(folder.join(name)) {
        Ok(there) if there == text => Ok(()),
        Ok(_) | Err(_) => std::fs::write(folder.join(name), text).map_err(failed),
    };
    write("Cargo.toml", &manifest(migrator, &of_project)?)?;
    write("main.rs", &program(migrator))?;
    // The versions that the project has, and no other.
    let lock = beside_lock(&migrator.package).join("Cargo.lock");
    let copied = folder.join("project.lock");
    if let Ok(lock) = std::fs::read_to_string(lock)
        && std::fs::read_to_string(&copied).ok().as_ref() != Some(&lock)
    {
        write("Cargo.lock", &lock)?;
        write("project.lock", &lock)?;
    }
    Ok(folder)
}

/// Where it is built: what the project has built of the same crates is there.
pub(super) fn target_folder(package: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => std::path::absolute(&folder).unwrap_or_else(|_| folder.into()),
        None => beside_lock(package).join("target"),
    }
}

/// Whether the Migrator is taken from the library of its crate; else its files become modules of the program.
fn is_of_library(migrator: &Migrator) -> bool {
    migrator.program() == Program::Library
}

/// Two projects that build in one folder at the same time must never start each other's program: each has its name.
fn manifest(migrator: &Migrator, of_project: &str) -> Result<String> {
    let folder = std::path::absolute(&migrator.package).unwrap_or_else(|_| migrator.package.clone());
    let own = table(&folder.join("Cargo.toml"));
    let package = own.get("package").and_then(|it| it.get("name")?.as_str()).ok_or_else(|| {
        Error::new(Kind::Usage, format!("{} has no package name", folder.join("Cargo.toml").display()))
            .hint("[package] name = \"migration\"")
    })?;
    let mut dependencies = Table::new();
    let mut migration = dependency(&own, "sea-orm-migration", &folder).unwrap_or_default();
    if !is_of_library(migrator) {
        let all = own.get("dependencies").and_then(Value::as_table).into_iter().flatten();
        dependencies
            .extend(all.filter_map(|(name, _)| Some((name.clone(), Value::Table(dependency(&own, name, &folder)?)))));
    }
    if is_of_library(migrator) || migrator.library().is_some() {
        let name = if is_of_library(migrator) { "migrations" } else { package };
        let mut library = Table::new();
        library.insert("package".to_owned(), package.into());
        library.insert("path".to_owned(), folder.to_string_lossy().as_ref().into());
        dependencies.insert(name.to_owned(), library.into());
    }
    // What the lock file says, unless the crate takes it from elsewhere.
    if let Some(version) = migrator.version.as_ref().filter(|it| it.locked && !migration.contains_key("path")) {
        migration.insert("version".to_owned(), format!("={}", version.text).into());
    }
    add_features(&mut migration, &["runtime-tokio", "sqlx-postgres"]);
    dependencies.insert("sea-orm-migration".to_owned(), migration.into());
    let mut tokio = dependencies.get("tokio").and_then(Value::as_table).cloned().unwrap_or_default();
    tokio.entry("version").or_insert_with(|| "1".into());
    add_features(&mut tokio, &["macros", "rt-multi-thread"]);
    dependencies.insert("tokio".to_owned(), tokio.into());
    let lines: String =
        dependencies.iter().map(|(name, value)| format!("{} = {}\n", quoted(name), written(value))).collect();
    Ok(format!(
        "[package]\nname = \"autogen-migrate-{of_project}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[[bin]]\nname = \
         \"autogen-migrate-{of_project}\"\npath = \"main.rs\"\n\n[dependencies]\n{lines}\n[profile.dev]\ndebug = false\n\n[workspace]\n"
    ))
}

fn table(path: &Path) -> Table {
    std::fs::read_to_string(path).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// A dependency of a manifest as another folder would write it, what the workspace says of it included.
fn dependency(manifest: &Table, name: &str, folder: &Path) -> Option<Table> {
    let entry = manifest.get("dependencies")?.get(name)?;
    let mut found = as_table(entry, folder);
    found.remove("optional");
    if found.remove("workspace").is_some() {
        let mut above = folder.ancestors().map(|above| (above, table(&above.join("Cargo.toml"))));
        let (root, entry) = above.find_map(|(above, manifest)| {
            Some((above.to_owned(), manifest.get("workspace")?.get("dependencies")?.get(name)?.clone()))
        })?;
        let mut shared = as_table(&entry, &root);
        let features = found.get("features").and_then(Value::as_array).cloned().unwrap_or_default();
        let features: Vec<&str> = features.iter().filter_map(Value::as_str).collect();
        add_features(&mut shared, &features);
        return Some(shared);
    }
    Some(found)
}

fn as_table(entry: &Value, folder: &Path) -> Table {
    let mut found = match entry {
        Value::Table(table) => table.clone(),
        version => Table::from_iter([("version".to_owned(), version.clone())]),
    };
    if let Some(path) = found.get("path").and_then(Value::as_str).map(|path| folder.join(path)) {
        found.insert("path".to_owned(), path.to_string_lossy().as_ref().into());
    }
    found
}

fn add_features(dependency: &mut Table, features: &[&str]) {
    let mut all = dependency.get("features").and_then(Value::as_array).cloned().unwrap_or_default();
    for feature in features {
        if !all.iter().any(|it| it.as_str() == Some(feature)) {
            all.push((*feature).into());
        }
    }
    if !all.is_empty() {
        dependency.insert("features".to_owned(), all.into());
    }
}

/// A text of TOML is a text of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value in one line.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Datetime(time) => time.to_string(),
        Value::Array(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| format!("{} = {}", quoted(key), written(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn program(migrator: &Migrator) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = &migrator.name;
    let (modules, path) = match (is_of_library(migrator), migrator.module.last()) {
        (true, _) => {
            let way = migrator.module.iter().map(|it| format!("::{it}")).collect::<String>();
            (String::new(), format!("migrations{way}::{name}"))
        }
        // A module that stands in a folder of ours finds its own modules where they are.
        (false, Some(last)) => {
            let file = absolute(&migrator.file);
            let is_usual = file.file_name().is_some_and(|name| name == "mod.rs");
            let folder = file.ancestors().nth(if is_usual { 2 } else { 1 }).map(Path::to_path_buf).unwrap_or_default();
            let folder = quoted(&folder.to_string_lossy());
            let handed_on = handed_on(&migrator.module);
            (
                format!("#[path = {folder}]\nmod autogen_project {{\n    pub mod {last};\n}}\n{handed_on}"),
                format!("autogen_project::{last}::{name}"),
            )
        }
        (false, None) => {
            let file = quoted(&absolute(&migrator.file).to_string_lossy());
            (format!("#[path = {file}]\nmod autogen_project;\n"), format!("autogen_project::{name}"))
        }
    };
    include_str!("../../../templates/migrate.rs.txt").replace("@modules@\n", &modules).replace("@migrator@", &path)
}

/// The module under its own path too: `use crate::db::migrations::Users;` in a migration leads there as in the project.
fn handed_on(module: &[String]) -> String {
    let Some((last, above)) = module.split_last() else { return String::new() };
    let (open, close): (String, String) = above.iter().map(|name| (format!("pub mod {name} {{ "), " }")).unzip();
    format!("{open}pub use crate::autogen_project::{last};{close}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_under_their_own_path() {
        let path = |module: &[&str]| handed_on(&module.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(path(&["migrations"]), "pub use crate::autogen_project::migrations;\n");
        let nested = "pub mod db { pub use crate::autogen_project::migrations; }\n";
        assert_eq!(path(&["db", "migrations"]), nested);
    }

    #[test]
    fn dependencies_as_another_folder_writes_them() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
            std::fs::write(path, text).expect("it is written");
        };
        let shared = "[workspace.dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\n";
        write("Cargo.toml", shared);
        let own = "[dependencies]\na = \"2\"\nb = { path = \"../b\", optional = true }\nserde = { workspace = true, features = [\"rc\"] }\n";
        write("m/Cargo.toml", own);
        let package = folder.path().join("m");
        let manifest = table(&package.join("Cargo.toml"));
        let of = |name: &str| written(&Value::Table(dependency(&manifest, name, &package).expect("it is there")));
        assert_eq!(of("a"), "{ \"version\" = \"2\" }");
        assert_eq!(of("b"), format!("{{ \"path\" = {} }}", quoted(&package.join("../b").to_string_lossy())));
        assert_eq!(of("serde"), "{ \"features\" = [\"derive\", \"rc\"], \"version\" = \"1\" }");
    }
}
