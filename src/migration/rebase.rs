//! A revision moved behind others: the same file with another `-- Revises:`.

use super::folder::replace;
use super::lock::{Owner, What};
use super::{Folder, Migration};
use crate::error::{Error, Kind, Result};
use crate::revision::{Id, RevisionGraph};

impl Folder {
    /// Lets a revision come after these, and gives the folder as it is then. All else in its file stays, byte for byte.
    ///
    /// # Errors
    /// [`Kind::Error`] when the graph would be none, when the file has no line to change, or cannot be written.
    pub fn rebase(&self, id: &str, parents: &[Id]) -> Result<Self> {
        let Some(migration) = self.migration(id) else {
            return Err(Error::new(Kind::Error, format!("the folder has no file of revision {id}")));
        };
        let shown = self.shown(migration);
        let text = std::fs::read_to_string(&migration.path)
            .map_err(|cause| Error::new(Kind::Error, format!("cannot read {shown}")).caused_by(cause))?;
        let text = revising(&text, parents)
            .ok_or_else(|| Error::new(Kind::Error, format!("{shown} has no line `-- Revises:` above its upgrade")))?;
        let moved = Migration::parse(&migration.path, &shown, &text)?;
        let mut folder = self.clone();
        folder.migrations.iter_mut().filter(|it| it.revision.id == id).for_each(|it| *it = moved.clone());
        let files = folder.migrations.iter().map(|it| (it.revision.clone(), self.shown(it))).collect();
        folder.graph = RevisionGraph::from_files(files)?;
        let owner = Owner::Revision(id.to_owned());
        if folder.lock.of(&owner).any(|line| matches!(line.what, What::Hash(_))) {
            // What was proved was proved from another start.
            folder.lock.forget_proofs(&owner);
            folder.lock.insert(&owner, What::Hash(moved.hash));
            folder.write_lock(&folder.lock)?;
        }
        replace(&migration.path, &text, true)?;
        Ok(folder)
    }
}

/// The text with other parents in its header.
fn revising(text: &str, parents: &[Id]) -> Option<String> {
    const KEY: &str = "-- Revises:";
    let header = &text[..text.find("-- autogen: upgrade")?];
    let mut begin = 0;
    let line = header.split_inclusive('\n').find(|line| {
        let found = line.starts_with(KEY);
        begin += if found { 0 } else { line.len() };
        found
    })?;
    let list = if parents.is_empty() { String::new() } else { format!(" {}", parents.join(", ")) };
    let end = begin + line.trim_end_matches(['\r', '\n']).len();
    Some(format!("{}{KEY}{list}{}", &text[..begin], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_of_the_parents_changes() {
        let text = "-- a\r\n--\r\n-- Revision ID: b\r\n-- Revises: x\r\n\r\n-- autogen: upgrade\r\n-- Revises: no\r\n";
        let moved = revising(text, &["y".to_owned(), "z".to_owned()]).expect("it has the line");
        assert_eq!(moved, text.replacen("Revises: x", "Revises: y, z", 1));
        assert_eq!(revising(text, &[]).expect("it has the line"), text.replacen("Revises: x", "Revises:", 1));
        assert_eq!(revising("-- autogen: upgrade\n-- Revises: x\n", &[]), None);
    }
}
