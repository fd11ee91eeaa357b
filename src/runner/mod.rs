//! Upgrade, downgrade, stamp: what is applied, and how it changes.
//!
//! One runner at a time: an advisory lock on a connection of its own, never inside of a migration's transaction and
//! released by closing. What is applied is read again once the lock is there. `autogen_history` has a row for each
//! applied revision, written in the transaction of its last step; it is made by the first command that writes.

mod history;
mod lock;
mod progress;
mod session;
mod stored;
mod squashed;
mod status;
mod walk;
mod stamp;
mod initialise;
mod pooler;
mod script;
mod ensure;
mod rows;
#[cfg(feature = "cli")]
mod migrator;

pub use ensure::ensure_version;
pub use history::{Applied, EditedSince, applied, edited_since, known_applied, require_head};
pub use initialise::{Extension, Initialised, initialise};
#[cfg(feature = "cli")]
pub use migrator::{Held, Runner};
pub use pooler::refuse as refuse_pooler;
pub use progress::Progress;
pub use rows::{TableRows, table_rows};
pub use script::{Script, stamp_script, walk_script};
pub use stamp::stamp;
pub use status::{RevisionStatus, Standing, Status, status};
use stored::Stored;
pub use stored::{Origin, way_back};
pub use walk::{downgrade, upgrade};

use crate::config::{self, Running};
use crate::error::Result;
use crate::execute::{self, Stop};
use crate::revision::{Id, Revision};

/// The database to work on, and how.
pub struct Database<'a> {
    /// Where it is.
    pub target: &'a config::Target,
    /// The namespace of unqualified names, of history and journal.
    pub default_namespace: &'a str,
    /// Locks and transactions; how long to wait for another runner.
    pub running: &'a Running,
    /// Asks the run to stop: Ctrl-C.
    pub stop: &'a Stop,
    /// Whether to ask the server how far long statements are.
    pub watch: bool,
    /// Hears, under the lock, which revisions are about to be run; what it fails with stops the run.
    pub before: Option<&'a Before<'a>>,
}

/// What is asked before the first revision is run.
pub type Before<'a> = dyn Fn(&[Id]) -> Result<()> + Sync + 'a;

/// Hears what a runner tells.
pub type OnEvent<'a> = dyn FnMut(Event<'_>) + Send + 'a;

impl Database<'_> {
    /// Who connects.
    pub(crate) fn role(&self) -> &str {
        self.target.options.get_username()
    }
}

/// What a runner tells while it goes.
#[derive(Debug)]
pub enum Event<'a> {
    /// Another runner is at work; this one waits.
    WaitingForLock {
        /// Who it is, if the server says so.
        holder: Option<String>,
    },
    /// The file of an applied revision is no longer what was applied.
    Edited {
        /// The revision.
        revision: &'a Revision,
        /// The file as it was applied, where the database has kept it.
        applied: Option<&'a str>,
        /// The file as it is.
        file: &'a str,
    },
    /// A revision is taken back by the text that the database keeps: the folder has no file of it, or another.
    FromDatabase(&'a Revision),
    /// How far a long statement is.
    Progress(Progress),
    /// A revision is applied now.
    Upgrade(&'a Revision),
    /// A revision is taken back now.
    Downgrade(&'a Revision),
    /// Marked, not run: what counted as applied before, and what does now (heads).
    Stamp {
        /// Before.
        from: Vec<Id>,
        /// After.
        to: Vec<Id>,
    },
    /// What the steps of the revision tell.
    Step(execute::Event<'a>),
}
