//! Upgrade, downgrade, stamp: what is applied, and how it changes.
//!
//! One runner at a time: an advisory lock on a connection of its own, never inside of a migration's transaction and
//! released by closing. What is applied is read again once the lock is there. `autogen_history` has a row for each
//! applied revision, written in the transaction of its last step; it is made by the first command that writes.

mod history;
mod lock;
mod session;
mod walk;
mod stamp;
mod initialise;
mod ensure;
mod rows;

pub use ensure::ensure_version;
pub use history::{Applied, applied, require_head};
pub use initialise::{Extension, Initialised, initialise};
pub use rows::{TableRows, table_rows};
pub use stamp::stamp;
pub use walk::{downgrade, upgrade};

use std::time::Duration;

use crate::config;
use crate::execute::{self, Stop};
use crate::revision::{Id, Revision};

/// The database to work on, and how.
#[derive(Debug)]
pub struct Database<'a> {
    /// Where it is.
    pub target: &'a config::Target,
    /// The namespace of unqualified names, of history and journal.
    pub default_namespace: &'a str,
    /// How long to wait for another runner.
    pub patience: Duration,
    /// Asks the run to stop: Ctrl-C.
    pub stop: &'a Stop,
}

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
    Edited(&'a Revision),
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
