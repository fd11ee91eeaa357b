//! Several revisions made one: their statements one after the other, under the id of the last.
//!
//! The id stays, so that what comes after is not touched and a database at the end of the range stays where it is. The
//! ids of the others stand in `-- Replaces:`: a database that has them all has the new revision.

use std::path::PathBuf;

use super::folder::replace;
use super::lock::{LockFile, Owner, What};
use super::{Folder, Migration, Statement};
use crate::error::{Error, Kind, Result};
use crate::revision::{Revision, RevisionGraph};

/// What takes the place of several revisions, not yet written.
#[derive(Debug)]
pub struct Squashed {
    /// The folder as it will be.
    pub folder: Folder,
    /// The revision that takes their place.
    pub revision: Revision,
    /// Files that will go.
    pub gone: Vec<PathBuf>,
    /// The ledger as it was.
    before: LockFile,
}

impl Folder {
    /// These revisions, a line from the oldest to the newest, as one.
    ///
    /// # Errors
    /// [`Kind::Error`] when the statements cannot stand behind each other in one file.
    pub fn squashed(&self, line: &[&Revision], message: &str) -> Result<Squashed> {
        let files: Vec<&Migration> = line.iter().filter_map(|it| self.migration(&it.id)).collect();
        let ([first, ..], [gone @ .., last]) = (files.as_slice(), files.as_slice()) else {
            return Err(Error::new(Kind::Error, "there is nothing to make one of"));
        };
        let revision = revision(&files, first, last, message);
        let text = text(&revision, &files);
        let shown = self.shown(last);
        let migration = Migration::parse(&last.path, &shown, &text)?;
        let same = |statements: fn(&Migration) -> &Vec<Statement>, of: &mut dyn Iterator<Item = &&Migration>| {
            statements(&migration).iter().eq(of.flat_map(|it| statements(it)))
        };
        let one_way = files.iter().any(|it| it.is_one_way());
        if migration.revision != revision
            || !same(|it| &it.upgrade, &mut files.iter())
            || !one_way && !same(|it| &it.downgrade, &mut files.iter().rev())
        {
            return Err(Error::new(Kind::Error, format!("{shown} would read otherwise than the files it replaces"))
                .hint("does one of them end in a statement without `;`, or in a comment that is not closed?"));
        }
        let mut folder = self.clone();
        let old: Vec<String> = gone.iter().map(|it| it.revision.id.clone()).collect();
        folder.lock = self.folded(&old, &migration);
        folder.migrations.retain(|it| !old.contains(&it.revision.id) && it.revision.id != revision.id);
        folder.migrations.push(migration);
        folder.migrations.sort_by(|a, b| a.path.cmp(&b.path));
        let graph = folder.migrations.iter().map(|it| (it.revision.clone(), folder.shown(it))).collect();
        folder.graph = RevisionGraph::from_files(graph)?;
        Ok(Squashed {
            folder,
            revision,
            gone: gone.iter().map(|it| it.path.clone()).collect(),
            before: self.lock.clone(),
        })
    }

    /// The ledger with the lines of all as those of the last; of what one began to own and another ceased to, the last
    /// word counts.
    fn folded(&self, old: &[String], migration: &Migration) -> LockFile {
        let mut lock = self.lock.clone();
        let owner = Owner::Revision(migration.revision.id.clone());
        lock.forget_proofs(&owner);
        let ids = old.iter().chain([&migration.revision.id]).map(|id| Owner::Revision(id.clone()));
        let words: Vec<What> =
            ids.flat_map(|it| self.lock.of(&it).map(|line| line.what.clone()).collect::<Vec<_>>()).collect();
        for word in words {
            let other = match &word {
                What::Added(entry) => What::Removed(entry.clone()),
                What::Removed(entry) => What::Added(entry.clone()),
                What::Hash(_) | What::Proved(_) => continue,
            };
            lock.remove(&owner, &other);
            lock.insert(&owner, word);
        }
        lock.insert(&owner, What::Hash(migration.hash.clone()));
        lock
    }
}

impl Squashed {
    /// Writes it: the ledger, the file in the place of the last one, and then the others go. A run that dies in between
    /// leaves files that the new one replaces, which [`Folder::load`] says.
    ///
    /// # Errors
    /// [`Kind::Error`] when the folder cannot be written.
    pub fn write(&self, proved: Option<&str>) -> Result<PathBuf> {
        let Some(migration) = self.folder.migration(&self.revision.id) else {
            return Err(Error::new(Kind::Error, "there is nothing to write"));
        };
        let mut lock = self.folder.lock.clone();
        if let Some(version) = proved {
            let way = if migration.is_one_way() { " one-way" } else { "" };
            lock.insert(&Owner::Revision(self.revision.id.clone()), What::Proved(format!("{version}{way}")));
        }
        // Until the file is there, what the ledger said of the old ones holds too.
        let both = LockFile { lines: self.before.lines.union(&lock.lines).cloned().collect() };
        self.folder.write_lock(&both)?;
        replace(&migration.path, &migration.text, true)?;
        for path in &self.gone {
            std::fs::remove_file(path).map_err(|cause| {
                Error::new(Kind::Error, format!("cannot delete {}", path.display()))
                    .hint("delete it by hand: what it does stands in the new file")
                    .caused_by(cause)
            })?;
        }
        lock.prune(&self.folder.graph);
        self.folder.write_lock(&lock)?;
        Ok(migration.path.clone())
    }
}

impl Migration {
    /// Whether it does something and has no way back.
    pub(super) fn is_one_way(&self) -> bool {
        !self.upgrade.is_empty() && self.downgrade.is_empty()
    }
}

fn revision(files: &[&Migration], first: &Migration, last: &Migration, message: &str) -> Revision {
    let ids = files.iter().map(|it| &it.revision);
    let replaces = ids.clone().flat_map(|it| it.replaces.iter().cloned().chain([it.id.clone()]));
    Revision {
        id: last.revision.id.clone(),
        parents: first.revision.parents.clone(),
        branch_labels: ids.clone().flat_map(|it| it.branch_labels.clone()).collect(),
        depends_on: first.revision.depends_on.clone(),
        replaces: replaces.filter(|id| id != &last.revision.id).collect(),
        message: message.to_owned(),
        create_date: last.revision.create_date.clone(),
    }
}

/// The file: every section as its author wrote it, comments and all.
fn text(revision: &Revision, files: &[&Migration]) -> String {
    let list = |key: &str, ids: &[String]| match ids {
        [] => String::new(),
        ids => format!("-- {key}: {}\n", ids.join(", ")),
    };
    let parents = if revision.parents.is_empty() { String::new() } else { format!(" {}", revision.parents.join(", ")) };
    let mut text = format!(
        "-- {}\n--\n-- Revision ID: {}\n-- Revises:{parents}\n-- Create Date: {}\n{}{}{}",
        revision.message,
        revision.id,
        revision.create_date,
        list("Branch Labels", &revision.branch_labels),
        list("Depends On", &revision.depends_on),
        list("Replaces", &revision.replaces),
    );
    let renames: Vec<&String> = files.iter().flat_map(|it| &it.renames).collect();
    if !renames.is_empty() {
        text.push('\n');
        renames.iter().for_each(|rename| text.push_str(&format!("-- autogen: rename {rename}\n")));
    }
    text.push_str("\n-- autogen: upgrade\n");
    files.iter().for_each(|it| text.push_str(&section(it, &it.upgrade, &it.upgrade_text, "")));
    text.push_str("\n-- autogen: downgrade\n");
    // A way back that stops half way is none.
    if !files.iter().any(|it| it.is_one_way()) {
        files.iter().rev().for_each(|it| text.push_str(&section(it, &it.downgrade, &it.downgrade_text, ", back")));
    }
    text
}

fn section(file: &Migration, statements: &[Statement], text: &str, direction: &str) -> String {
    if statements.is_empty() {
        return String::new();
    }
    let body: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("-- autogen: rename ")).collect();
    let body = body.join("\n");
    let end = match body.trim_end().lines().last() {
        Some(line) if line.ends_with(';') => "",
        Some(line) if line.contains("--") => "\n;",
        Some(_) | None => ";",
    };
    format!("\n-- {}: {}{direction}\n\n{}{end}\n", file.revision.id, file.revision.message, body.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn parsed(text: &str) -> Migration {
        Migration::parse(Path::new("x.sql"), "x.sql", text).expect("it reads")
    }

    fn file(id: &str, parent: &str, up: &str, down: &str) -> Migration {
        parsed(&format!(
            "-- message of {id}\n--\n-- Revision ID: {id}\n-- Revises: {parent}\n-- Create Date: d\n\n\
             -- autogen: upgrade\n{up}\n-- autogen: downgrade\n{down}\n"
        ))
    }

    #[test]
    fn statements_stand_one_after_the_other_and_back() {
        let a = file("a", "x", "SELECT 1 -- no semicolon", "SELECT -1;");
        let b = file("b", "a", "-- autogen: autocommit\nVACUUM; SELECT $$;$$;\n", "SELECT -2");
        let both = [&a, &b];
        let revision = revision(&both, &a, &b, "both");
        let text = text(&revision, &both);
        let read = parsed(&text);
        assert_eq!(read.revision, revision, "{text}");
        assert_eq!((revision.id.as_str(), revision.parents.as_slice()), ("b", &["x".to_owned()][..]));
        assert_eq!(revision.replaces, ["a"]);
        assert!(read.upgrade.iter().eq(a.upgrade.iter().chain(&b.upgrade)), "{text}");
        assert!(read.downgrade.iter().eq(b.downgrade.iter().chain(&a.downgrade)), "{text}");
    }

    #[test]
    fn without_a_way_back_in_the_middle_there_is_none() {
        let a = file("a", "", "SELECT 1;", "");
        let b = file("b", "a", "SELECT 2;", "SELECT -2;");
        let both = [&a, &b];
        assert!(parsed(&text(&revision(&both, &a, &b, "both"), &both)).downgrade.is_empty());
    }
}
