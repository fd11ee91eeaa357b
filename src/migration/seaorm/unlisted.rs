//! Migrations that lie beside the others and that no Migrator lists: a merge lost their line, or nobody put it in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::find::of_package;
use super::tree::{Tree, read};
use super::{Migrator, migration};

impl Migrator {
    /// Files beside the listed ones that hold a `Migration` and that the Migrator does not list. Where its text does not
    /// tell all of its list, only those that no `mod` of the crate leads to.
    #[must_use]
    pub fn unlisted(&self) -> Vec<PathBuf> {
        let known: BTreeSet<PathBuf> = if self.unusual.is_none() {
            of_package(&self.package).iter().flat_map(|it| &it.listed).map(|it| it.migration.path.clone()).collect()
        } else {
            Tree::read(&self.root).modules().map(|module| module.source.path.clone()).collect()
        };
        let listed = self.listed.iter().map(|it| it.migration.path.as_path()).filter(|path| *path != self.host.file);
        let folders: BTreeSet<&Path> = listed.chain([self.host.file.as_path()]).filter_map(Path::parent).collect();
        let files = folders.iter().filter_map(|folder| folder.read_dir().ok()).flatten().flatten();
        let mut unlisted: Vec<PathBuf> =
            files.map(|file| file.path()).filter(|path| !known.contains(path) && is_migration(path)).collect();
        unlisted.sort();
        unlisted
    }
}

/// Whether a file is one migration: what DeriveMigrationName or `name` calls.
fn is_migration(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rs")
        && read(path).is_some_and(|(source, file)| migration::of_file(&source, &file.items).is_some())
}
