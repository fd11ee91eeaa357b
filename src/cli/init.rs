//! `autogen init`: what a project needs to begin.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::global::Global;
use super::report;
use crate::config::FILE_NAME;
use crate::error::{Error, Kind, Result};

/// Write autogen.toml, migrations/, .env.example and make targets into a project
///
/// What is there already is left as it is.
#[derive(Debug, Args)]
pub(crate) struct Init {}

/// Runs the command.
pub(crate) fn run(_: &Init, global: &Global) -> Result<()> {
    let root = global.folder()?;
    let found = entities(&root);
    let path = match found.as_slice() {
        [single] => single.clone(),
        _ => "models".to_owned(),
    };
    // A path as a TOML text is the path as a JSON text.
    let config = include_str!("../../templates/init/autogen.toml")
        .replace("@entities@", &serde_json::Value::from(path.as_str()).to_string());
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
    report::begun(global, &found, &path);
    Ok(())
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

/// Folders deeper than this are somebody else's.
const DEPTH: usize = 5;

/// Where entities are: crate folders of their own, or module files of the project's crate.
fn entities(root: &Path) -> Vec<String> {
    let mut places = BTreeSet::new();
    search(root, root, 0, &mut places);
    places.into_iter().collect()
}

fn search(root: &Path, folder: &Path, depth: usize, places: &mut BTreeSet<String>) {
    // What cannot be read is not obvious.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let ours =
                !name.starts_with('.') && !["target", "node_modules", "migration", "tests"].contains(&name.as_str());
            if ours && depth < DEPTH {
                search(root, &path, depth + 1, places);
            }
        } else if name.ends_with(".rs")
            && fs::read_to_string(&path).is_ok_and(|text| text.contains("DeriveEntityModel"))
            && let Some(place) = place(root, &path)
        {
            places.insert(place);
        }
    }
}

/// What `[entities] path` would say for an entity's file: its crate's folder, or in the project's own crate the module
/// file that holds it.
fn place(root: &Path, file: &Path) -> Option<String> {
    let folder = file.parent()?;
    let crate_folder =
        folder.ancestors().take_while(|it| it.starts_with(root)).find(|it| it.join("Cargo.toml").is_file());
    let place = match crate_folder {
        Some(crate_folder) if crate_folder != root => crate_folder.to_path_buf(),
        Some(_) | None => module(folder).unwrap_or_else(|| file.to_path_buf()),
    };
    let relative = place.strip_prefix(root).ok()?;
    Some(relative.to_string_lossy().replace('\\', "/"))
}

fn module(folder: &Path) -> Option<PathBuf> {
    ["mod.rs", "lib.rs"]
        .map(|name| folder.join(name))
        .into_iter()
        .chain([folder.with_extension("rs")])
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            write_new(&folder.path().join(file), "#[derive(DeriveEntityModel)]").expect("it is written");
        }
        folder
    }

    #[test]
    fn entities_are_found_where_projects_have_them() {
        for (files, expected) in [
            (["Cargo.toml", "entity/Cargo.toml", "entity/src/user.rs"].as_slice(), ["entity"].as_slice()),
            (&["Cargo.toml", "src/entities/mod.rs", "src/entities/user.rs"], &["src/entities/mod.rs"]),
            (&["Cargo.toml", "src/models.rs", "src/models/user.rs"], &["src/models.rs"]),
            (&["a/Cargo.toml", "a/src/x.rs", "b/Cargo.toml", "b/src/y.rs"], &["a", "b"]),
            (&["Cargo.toml", "target/debug/x.rs", ".git/x.rs"], &[]),
        ] {
            assert_eq!(entities(project(files).path()), expected, "{files:?}");
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = project(&[]);
        let path = folder.path().join("a/b");
        assert!(write_new(&path, "one").expect("it is written"));
        assert!(!write_new(&path, "two").expect("it is left"));
        assert_eq!(fs::read_to_string(path).expect("it is there"), "one");
    }
}
