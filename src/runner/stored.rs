//! What the database keeps of the applied revisions: the way back where the folder has lost or changed a file.

use std::path::PathBuf;

use super::{Applied, Event, OnEvent};
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, Migration, parse_statements};
use crate::revision::{Id, Revision, RevisionGraph, Target};

/// Whose text a downgrade follows where file and database differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The folder's file.
    File,
    /// What was applied.
    Database,
}

/// The ids that a downgrade would take back, files or not.
///
/// # Errors
/// What the graph says of the target.
pub fn way_back(folder: &Folder, applied: &[Applied], target: &Target) -> Result<Vec<Id>> {
    let stored = Stored::new(folder, applied)?;
    let ids = applied.iter().map(|applied| applied.revision.clone()).collect();
    Ok(stored.graph.downgrade_path(&ids, target)?.iter().map(|revision| revision.id.clone()).collect())
}

/// The revisions of the folder, and those that only the database has.
pub(super) struct Stored<'a> {
    folder: &'a Folder,
    /// Every applied revision as it was applied.
    kept: Vec<Migration>,
    /// All of them together.
    pub(super) graph: RevisionGraph,
}

impl<'a> Stored<'a> {
    pub(super) fn new(folder: &'a Folder, applied: &[Applied]) -> Result<Self> {
        let kept = applied.iter().map(migration).collect::<Result<Vec<_>>>()?;
        let unknown = || kept.iter().filter(|it| folder.migration(&it.revision.id).is_none());
        if unknown().next().is_none() {
            return Ok(Self { folder, graph: folder.graph().clone(), kept });
        }
        let of_folder = folder.graph().oldest_first().cloned();
        let graph = RevisionGraph::new(of_folder.chain(unknown().map(|it| it.revision.clone())).collect())?;
        Ok(Self { folder, kept, graph })
    }

    /// The text that takes each revision of the path back.
    ///
    /// # Errors
    /// [`Kind::Refused`] where file and database differ and nobody has said which counts.
    pub(super) fn way_back(
        &self,
        path: &[&Revision],
        origin: Option<Origin>,
        on_event: &mut OnEvent<'_>,
    ) -> Result<Vec<&Migration>> {
        path.iter().map(|revision| self.choose(revision, origin, on_event)).collect()
    }

    fn choose(&self, revision: &Revision, origin: Option<Origin>, on_event: &mut OnEvent<'_>) -> Result<&Migration> {
        let lost = || Error::new(Kind::Error, format!("neither folder nor database has {}", revision.title()));
        let kept = self.kept.iter().find(|it| it.revision.id == revision.id).ok_or_else(lost)?;
        let file = self.folder.migration(&revision.id);
        let several = kept.revision.replaces.iter().find(|id| self.folder.migration(id).is_some());
        match (file, origin) {
            // A row without a hash came with the revision that replaces it, and says nothing of its own.
            (Some(file), _) if file.downgrade_text == kept.downgrade_text || kept.hash.is_empty() => Ok(file),
            (Some(file), Some(Origin::File)) => Ok(file),
            // Its way back is that of all of them, and the folder has them one by one.
            (Some(_), _) if several.is_some() => Err(Self::is_several(&kept.revision)),
            (Some(_), Some(Origin::Database)) | (None, _) => {
                on_event(Event::FromDatabase(&kept.revision));
                Ok(kept)
            }
            (Some(file), None) => {
                let applied = Some(kept.text.as_str()).filter(|text| !text.is_empty());
                on_event(Event::Edited { revision: &file.revision, applied, file: &file.text });
                Err(self.refusal(file))
            }
        }
    }

    fn is_several(kept: &Revision) -> Error {
        let replaced = kept.replaces.join(", ");
        let what = format!("{} was applied as one with {replaced}, and the folder has them one by one", kept.title());
        Error::new(Kind::Refused, what)
            .hint("take it back from a checkout that has the one file: git log --diff-filter=D   finds where they became one")
            .hint("--from file   takes back what the folder's file alone does")
    }

    /// The way back was proved for what was applied; another text in the file may not lead back.
    fn refusal(&self, file: &Migration) -> Error {
        let title = file.revision.title();
        Error::new(Kind::Refused, format!("the downgrade of {title} was edited after it was applied here"))
            .hint("--from database   takes it back with what was applied, which the database has kept")
            .hint(format!("--from file       takes it back with what {} says now", self.folder.shown(file)))
    }
}

/// A revision as it was applied; what an early version applied has no header beyond its parents.
fn migration(applied: &Applied) -> Result<Migration> {
    let shown = format!("autogen_history, revision {}", applied.revision);
    let parsed = applied.source.as_deref().map(|source| Migration::parse(&PathBuf::new(), &shown, source));
    if let Some(Ok(migration)) = parsed {
        return Ok(migration);
    }
    Ok(Migration {
        revision: Revision {
            id: applied.revision.clone(),
            parents: applied.parents.clone(),
            message: applied.message.clone(),
            ..Revision::default()
        },
        path: PathBuf::new(),
        upgrade: Vec::new(),
        upgrade_text: String::new(),
        downgrade: parse_statements(&shown, &applied.downgrade)?,
        renames: Vec::new(),
        hash: applied.hash.clone(),
        text: String::new(),
        downgrade_text: applied.downgrade.clone(),
        by_hand: false,
    })
}
