//! The head written anew: the same revision, another content.

use super::{Folder, Migration};
use crate::error::{Error, Kind, Result};
use crate::revision::RevisionGraph;

impl Folder {
    /// The folder as it was before its head, and the head. What is written next takes the place of the head's file.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`]; [`Kind::Usage`] where there is no revision.
    pub fn before_head(&self) -> Result<(Self, Migration)> {
        let heads = self.graph().parents_of_next()?;
        let head = heads.first().and_then(|id| self.migration(id)).ok_or_else(|| {
            Error::new(Kind::Usage, "there is no revision to amend").hint("autogen create MESSAGE   writes one")
        })?;
        let migrations: Vec<Migration> =
            self.migrations.iter().filter(|it| it.revision.id != head.revision.id).cloned().collect();
        let files = migrations.iter().map(|it| (it.revision.clone(), self.shown(it))).collect();
        let graph = RevisionGraph::from_files(files)?;
        let mut before = self.clone();
        (before.graph, before.migrations, before.replaces) = (graph, migrations, Some(head.path.clone()));
        Ok((before, head.clone()))
    }
}
