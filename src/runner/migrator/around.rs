//! A program around a Migrator that is only a library: a crate that depends on it by path, in the folder where cargo
//! builds, so that the next run finds it built.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::program::beside_lock;
use crate::error::{Error, Kind, Result};
use crate::migration::{Migrator, hash};

/// Writes the crate, and says where.
pub(super) fn write(migrator: &Migrator) -> Result<PathBuf> {
    // Several projects may share a folder.
    let of_project = hash(&migrator.file.to_string_lossy())[..12].to_owned();
    let folder = target_folder(&migrator.package).join("autogen-migrate").join(of_project);
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
    write("Cargo.toml", &manifest(migrator)?)?;
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

fn manifest(migrator: &Migrator) -> Result<String> {
    let folder = std::path::absolute(&migrator.package).unwrap_or_else(|_| migrator.package.clone());
    let read = |path: PathBuf| -> Option<Table> { std::fs::read_to_string(path).ok()?.parse().ok() };
    let own = read(folder.join("Cargo.toml")).unwrap_or_default();
    let package = own.get("package").and_then(|it| it.get("name")?.as_str()).ok_or_else(|| {
        Error::new(Kind::Usage, format!("{} has no package name", folder.join("Cargo.toml").display()))
            .hint("[package] name = \"migration\"")
    })?;
    let version = migrator.version.as_ref().map_or_else(
        || "*".to_owned(),
        |version| if version.locked { format!("={}", version.text) } else { version.text.clone() },
    );
    // A fork or a patched copy is taken as the crate takes it.
    let source =
        own.get("dependencies").and_then(|it| it.get("sea-orm-migration")?.as_table()).map(|it| source(it, &folder));
    let source = source.filter(|it| !it.is_empty()).unwrap_or_else(|| format!("version = {}", quoted(&version)));
    Ok(format!(
        "[package]\nname = \"autogen-migrate\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[[bin]]\nname = \
         \"autogen-migrate\"\npath = \"main.rs\"\n\n[dependencies]\nmigrations = {{ package = {}, path = {} }}\n\
         sea-orm-migration = {{ {source}, default-features = false, features = [\"runtime-tokio\", \"sqlx-postgres\"] }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n[profile.dev]\ndebug = false\n\n[workspace]\n",
        quoted(package),
        quoted(&folder.to_string_lossy()),
    ))
}

/// A text of TOML is a text of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `path` and `git` of a dependency.
fn source(dependency: &Table, folder: &Path) -> String {
    let keys = ["git", "branch", "tag", "rev"]
        .into_iter()
        .filter_map(|key| Some(format!("{key} = {}", quoted(dependency.get(key)?.as_str()?))));
    let path = dependency.get("path").and_then(Value::as_str).map(|path| folder.join(path));
    let path = path.map(|path| format!("path = {}", quoted(&path.to_string_lossy())));
    keys.chain(path).collect::<Vec<_>>().join(", ")
}

fn program(migrator: &Migrator) -> String {
    let way = migrator.module.iter().map(|it| format!("::{it}")).collect::<String>();
    let name = &migrator.name;
    include_str!("../../../templates/migrate.rs.txt").replace("@migrator@", &format!("migrations{way}::{name}"))
}
