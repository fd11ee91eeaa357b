//! Cargo.lock, and where cargo keeps the sources of what stands in it.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::manifest::{self, Manifest};

/// The nearest Cargo.lock.
#[derive(Debug)]
pub(super) struct Lock {
    pub(super) file: PathBuf,
    table: Table,
}

/// A package of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locked<'a> {
    name: &'a str,
    pub(super) version: &'a str,
    /// `registry+..`, `git+URL#COMMIT`; none for a path.
    source: Option<&'a str>,
}

impl Lock {
    /// The lock file of the project around this folder.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let folder = std::path::absolute(folder).ok()?;
        let file = folder.ancestors().map(|above| above.join("Cargo.lock")).find(|file| file.is_file())?;
        Some(Self { table: manifest::table(&file)?, file })
    }

    /// The package of this name that a crate depends on.
    pub(super) fn package(&self, owner: &Manifest, name: &str) -> Option<Locked<'_>> {
        let all: Vec<Locked<'_>> = self.packages(name).filter_map(locked).collect();
        match all.as_slice() {
            [one] => Some(*one),
            _ => {
                let version = self.depends(owner.package.as_deref()?, name)?;
                all.into_iter().find(|locked| locked.version == version)
            }
        }
    }

    /// Every version of a package.
    pub(super) fn versions(&self, name: &str) -> Vec<&str> {
        self.packages(name).filter_map(|package| package.get("version")?.as_str()).collect()
    }

    /// `1.1.0` of a dependency line `sea-orm 1.1.0`: lines have a version where several are locked.
    pub(super) fn depends(&self, owner: &str, name: &str) -> Option<&str> {
        let lines = self.packages(owner).next()?.get("dependencies")?.as_array()?.iter().filter_map(Value::as_str);
        lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.split(' ').next()).next()
    }

    fn packages(&self, name: &str) -> std::vec::IntoIter<&Table> {
        let all = self.table.get("package").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
        let named = all.filter(|package| package.get("name").and_then(Value::as_str) == Some(name));
        named.collect::<Vec<_>>().into_iter()
    }
}

fn locked(package: &Table) -> Option<Locked<'_>> {
    let text = |key: &str| package.get(key).and_then(Value::as_str);
    Some(Locked { name: text("name")?, version: text("version")?, source: text("source") })
}

impl Locked<'_> {
    /// The folder with its source: vendored beside the project, else where cargo has unpacked or checked it out.
    pub(super) fn folder(&self, project: &Path, cargo_home: Option<&Path>) -> Option<PathBuf> {
        let source = self.source?;
        let unpacked = || {
            let cargo_home = cargo_home?;
            match source.strip_prefix("git+") {
                Some(git) => self.checked_out(cargo_home, git),
                None => children(&cargo_home.join("registry/src")).find_map(|registry| self.below(&registry)),
            }
        };
        vendored(project, cargo_home).iter().find_map(|folder| self.below(folder)).or_else(unpacked)
    }

    /// `NAME-VERSION`, or `NAME` if that is the version.
    fn below(&self, folder: &Path) -> Option<PathBuf> {
        let versioned = folder.join(format!("{}-{}", self.name, self.version));
        if versioned.join("Cargo.toml").is_file() {
            return Some(versioned);
        }
        let plain = folder.join(self.name);
        let manifest = manifest::table(&plain.join("Cargo.toml"))?;
        (manifest.get("package")?.get("version")?.as_str()? == self.version).then_some(plain)
    }

    /// `git/checkouts/REPOSITORY-HASH/COMMIT`, the commit shortened; the package may lie deeper.
    fn checked_out(&self, cargo_home: &Path, git: &str) -> Option<PathBuf> {
        let (url, commit) = git.rsplit_once('#')?;
        let url = url.split('?').next().unwrap_or(url).trim_end_matches('/');
        let repository = url.rsplit('/').next()?.trim_end_matches(".git");
        let checkouts = children(&cargo_home.join("git/checkouts"))
            .filter(|folder| named(folder, |name| name.rsplit_once('-').is_some_and(|(start, _)| start == repository)));
        let commits = checkouts.flat_map(|folder| children(&folder));
        let mut commits = commits.filter(|folder| named(folder, |name| name.len() >= 7 && commit.starts_with(name)));
        commits.find_map(|folder| package_below(&folder, self.name, 3))
    }
}

/// Folders that `[source.NAME] directory = ".."` names in cargo's configuration, the nearest first.
fn vendored(project: &Path, cargo_home: Option<&Path>) -> Vec<PathBuf> {
    let project = std::path::absolute(project).unwrap_or_else(|_| project.to_owned());
    let folders = project.ancestors().map(|above| (above.to_owned(), above.join(".cargo")));
    let homes = cargo_home.and_then(|home| Some((home.parent()?.to_owned(), home.to_owned())));
    folders
        .chain(homes)
        .flat_map(|(base, folder)| ["config.toml", "config"].map(|name| (base.clone(), folder.join(name))))
        .filter_map(|(base, file)| Some((base, manifest::table(&file)?)))
        .flat_map(|(base, table)| {
            let sources = table.get("source").and_then(Value::as_table).cloned().unwrap_or_default();
            let directories =
                sources.into_iter().filter_map(|(_, source)| Some(source.get("directory")?.as_str()?.to_owned()));
            directories.map(move |directory| base.join(directory)).collect::<Vec<_>>()
        })
        .collect()
}

fn package_below(folder: &Path, name: &str, depth: usize) -> Option<PathBuf> {
    let manifest = manifest::table(&folder.join("Cargo.toml"));
    if manifest.is_some_and(|manifest| manifest.get("package").and_then(|it| it.get("name")?.as_str()) == Some(name)) {
        return Some(folder.to_owned());
    }
    if depth == 0 { None } else { children(folder).find_map(|child| package_below(&child, name, depth - 1)) }
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path())
}

fn named(folder: &Path, fits: impl Fn(&str) -> bool) -> bool {
    folder.file_name().and_then(|name| name.to_str()).is_some_and(fits)
}
