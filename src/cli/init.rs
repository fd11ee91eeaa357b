//! `autogen init`: what a project needs to begin.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::found::Found;
use super::global::Global;
use super::report;
use crate::config::FILE_NAME;
use crate::error::{Error, Kind, Result};
use crate::migration::{Migrator, Program};

/// Write autogen.toml, migrations/, .env.example and make targets into a project
///
/// Where the project has a Migrator of sea-orm-migration, writes autogen.toml alone: revisions then are `MigrationTrait`
/// files of that Migrator. What is there already is left as it is.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// What revisions are written as [default: seaorm where the project has a Migrator, else sql]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// SQL files with both directions, which autogen runs
    Sql,
    /// `MigrationTrait` files, which the project's Migrator lists and runs
    Seaorm,
}

/// Runs the command.
pub(crate) fn run(args: &Init, global: &Global) -> Result<()> {
    let root = global.folder()?;
    let found = Found::in_folder(&root);
    match (args.format, found.migrators.first()) {
        (None | Some(Format::Seaorm), Some(migrator)) => of_migrator(global, &root, &found, migrator),
        (Some(Format::Seaorm), None) => {
            Err(Error::new(Kind::Usage, format!("there is no `impl MigratorTrait for ..` below {}", root.display()))
                .hint("autogen init   begins with SQL files")
                .hint("sea-orm-cli migrate init   makes a migration crate"))
        }
        (None | Some(Format::Sql), _) => of_files(global, &root, &found),
    }
}

fn of_files(global: &Global, root: &Path, found: &Found) -> Result<()> {
    let places: Vec<String> = found.entities.iter().map(|it| it.path.clone()).collect();
    let path = places.first().cloned().unwrap_or_else(|| "models".to_owned());
    let config = include_str!("../../templates/init/autogen.toml").replace("@entities@", &quoted(&path));
    let files = [
        (FILE_NAME, config.as_str()),
        ("migrations/.gitattributes", include_str!("../../templates/init/gitattributes")),
        (".env.example", include_str!("../../templates/init/env.example")),
        ("autogen.mk", include_str!("../../templates/init/autogen.mk")),
        ("Makefile", "include autogen.mk\n"),
    ];
    for (name, text) in files {
        report::written(global, name, write_new(&root.join(name), text)?);
    }
    let is_empty = found.entities.first().is_some_and(|it| it.files == 0);
    report::begun(global, &places, &path, is_empty);
    Ok(())
}

/// Only autogen.toml: nothing of theirs is touched.
fn of_migrator(global: &Global, root: &Path, found: &Found, migrator: &Migrator) -> Result<()> {
    let shown = |path: &Path| shown(root, path);
    let folder = migrator.file.parent().unwrap_or(root);
    let own = found.of_migrator(migrator);
    let entities = match own.as_slice() {
        [] => quoted("entity"),
        [single] => quoted(&single.path),
        several => format!("[{}]", several.iter().map(|it| quoted(&it.path)).collect::<Vec<_>>().join(", ")),
    };
    // The folder alone tells, unless it has another.
    let beside = found.migrators.iter().filter(|it| it.file.parent() == Some(folder)).count();
    let named = format!("migrator = {}", quoted(&shown(&migrator.file)));
    let table = match &migrator.table {
        Some(_) => String::new(),
        None => {
            "\n# What the Migrator calls its table: its text does not tell.\n# table = \"seaql_migrations\"".to_owned()
        }
    };
    let seaorm = match beside {
        1 => format!("[seaorm]{table}"),
        _ => format!("[seaorm]\n# The file of the Migrator, since its folder has several.\n{named}{table}"),
    };
    let config = include_str!("../../templates/init/autogen-seaorm.toml")
        .replace("@name@", &migrator.name)
        .replace("@folder@", &quoted(&shown(folder)))
        .replace("@entities@", &entities)
        .replace("@seaorm@", &seaorm)
        .replace("@runs@", &runs(root, migrator));
    let is_new = write_new(&root.join(FILE_NAME), &config)?;
    report::found(global, found, &own, migrator, root, &runs(root, migrator));
    report::written(global, FILE_NAME, is_new);
    report::begun_beside(global);
    Ok(())
}

/// How the migrations are run, for people.
fn runs(root: &Path, migrator: &Migrator) -> String {
    let manifest = shown(root, &migrator.package.join("Cargo.toml"));
    match migrator.program() {
        Program::Binary { name: None } => format!("cargo run --manifest-path {manifest} -- up"),
        Program::Binary { name: Some(name) } => format!("cargo run --manifest-path {manifest} --bin {name} -- up"),
        Program::Library => "a small program that autogen writes around the library".to_owned(),
        Program::Modules => "a small program that autogen writes around its modules".to_owned(),
    }
}

/// From the root on; the root itself is `.`.
fn shown(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if below.is_empty() { ".".to_owned() } else { below }
}

/// A text of TOML is a text of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes a file that is not there; says whether it did.
fn write_new(path: &Path, text: &str) -> Result<bool> {
    let failed =
        |cause: std::io::Error| Error::new(Kind::Error, format!("cannot write {}", path.display())).caused_by(cause);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true).map_err(failed),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(cause) => Err(failed(cause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a/b");
        assert!(write_new(&path, "one").expect("it is written"));
        assert!(!write_new(&path, "two").expect("it is left"));
        assert_eq!(fs::read_to_string(path).expect("it is there"), "one");
    }
}
