//! What happened to each revision: history and journal together.

use sqlx::PgConnection;

use super::{Applied, Stored, applied, history, lock};
use crate::error::{Kind, Result};
use crate::execute::{Direction, StepState, step_states};
use crate::migration::{Folder, Migration};
use crate::revision::Revision;

/// Where a database stands.
#[derive(Debug)]
pub struct Status {
    /// Who is at work on it now.
    pub at_work: Option<String>,
    /// Every revision of the folder and of the database, oldest first.
    pub revisions: Vec<RevisionStatus>,
}

/// Where a revision stands.
#[derive(Debug)]
pub struct RevisionStatus {
    /// The revision.
    pub revision: Revision,
    /// Its row of the history, where it is applied.
    pub applied: Option<Applied>,
    /// Its file, where the folder has one.
    pub file: Option<Migration>,
    /// The steps of its last run; none where the journal knows nothing of it.
    pub steps: Vec<StepState>,
}

/// What a revision's history and journal come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is applied.
    Applied,
    /// It is applied, and the folder has no file of it.
    Unknown,
    /// It is not applied.
    Pending,
    /// Its last run failed, and nothing of it stays.
    Failed,
    /// Its last run stopped after some of its steps.
    Unfinished,
}

impl RevisionStatus {
    /// What its history and journal come to.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let done = self.steps.iter().filter(|step| step.finished_at.is_some()).count();
        let begun = self.steps.iter().any(|step| step.finished_at.is_none() && step.failed_at.is_none());
        let of = self.steps.iter().map(|step| step.of).max().unwrap_or(0);
        match (&self.applied, &self.file) {
            _ if self.is_last_word() && done < of && (done > 0 || begun) => Standing::Unfinished,
            _ if self.is_last_word() && done < of => Standing::Failed,
            (Some(_), None) => Standing::Unknown,
            (Some(_), Some(_)) => Standing::Applied,
            (None, _) => Standing::Pending,
        }
    }

    /// Whether its file is no longer what was applied.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        matches!((&self.applied, &self.file), (Some(applied), Some(file)) if history::is_other(applied, file))
    }

    /// Whether the steps are those of a way that is still to be gone: what the history knows the end of is over.
    fn is_last_word(&self) -> bool {
        self.steps.first().is_some_and(|step| (step.direction == Direction::Downgrade) == self.applied.is_some())
    }
}

/// Reads where a database stands; it writes nothing and waits for nobody.
///
/// # Errors
/// [`crate::error::Kind::Error`]: history or journal cannot be read.
pub async fn status(conn: &mut PgConnection, folder: &Folder, default_namespace: &str) -> Result<Status> {
    let applied = match applied(conn, folder, default_namespace).await {
        // In the middle of what a revision replaces; each row for itself then.
        Err(error) if error.kind() == Kind::Refused => history::recorded(conn, default_namespace).await?,
        applied => applied?,
    };
    let steps = step_states(conn, default_namespace).await?;
    let at_work = lock::at_work(conn, default_namespace).await;
    let stored = Stored::new(folder, &applied)?;
    let revisions = stored.graph.oldest_first().map(|revision| {
        let row = applied.iter().find(|it| it.revision == revision.id).cloned();
        RevisionStatus {
            steps: last_run(&steps, &revision.id, row.is_some()),
            file: folder.migration(&revision.id).cloned(),
            applied: row,
            revision: revision.clone(),
        }
    });
    Ok(Status { at_work, revisions: revisions.collect() })
}

/// The steps of the way that is not over, or of the one that led here.
fn last_run(steps: &[StepState], id: &str, applied: bool) -> Vec<StepState> {
    let of = |direction: Direction| -> Vec<StepState> {
        steps.iter().filter(|step| step.revision == id && step.direction == direction).cloned().collect()
    };
    let (onward, here) = if applied {
        (of(Direction::Downgrade), of(Direction::Upgrade))
    } else {
        (of(Direction::Upgrade), of(Direction::Downgrade))
    };
    if onward.is_empty() { here } else { onward }
}
