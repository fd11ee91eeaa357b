//! The steps of a revision on a connection, used by the proof and by the runner, so that what is proved is what runs.
//!
//! Consecutive ordinary statements are one step and one transaction, in which the step is written into
//! `autogen_journal`. A statement marked `-- autogen: autocommit` is a step of its own. It too runs in a transaction with
//! its journal row where Postgres lets it (ADD VALUE); what Postgres only runs outside of one (CREATE INDEX
//! CONCURRENTLY) is noted before and after, and the catalogs tell what became of it. So a run that is killed goes on
//! where it stopped. What belongs to the whole revision ([`Record`]s: the history's row) is written in the transaction
//! of its last step.

mod sql;
mod stop;
mod failure;
mod journal;
mod transaction;
mod alone;
mod run;
mod together;
mod script;

pub use failure::{CORRECT_FILE, Cause, Failure, FailureKind};
pub use journal::{StepState, Unfinished, ensure_journal, forget, forget_records, step_states, unfinished};
pub use run::run;
pub use script::{journal_script, script, session_script};
pub use sql::{Record, parameters};
pub use stop::Stop;
pub use together::run_together;

use std::fmt;
use std::time::Duration;

use crate::migration::{Statement, hash};

/// Statements that succeed or fail together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// One or more; one where `autocommit`.
    pub statements: Vec<Statement>,
    /// Whether it is a transaction of its own, or none.
    pub autocommit: bool,
}

/// Which way a revision is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Applied.
    Upgrade,
    /// Taken back.
    Downgrade,
}

/// One revision, one way.
#[derive(Debug)]
pub struct Run<'a> {
    /// The revision's id.
    pub revision: &'a str,
    /// Which way.
    pub direction: Direction,
    /// Its steps, as [`steps`] makes them.
    pub steps: &'a [Step],
    /// What is written in the transaction of the last step.
    pub records: &'a [Record],
    /// The namespace of unqualified names, and of the journal.
    pub default_namespace: &'a str,
    /// How long a statement waits for a lock in one attempt.
    pub lock_timeout: Duration,
    /// How often a step that did not get its locks is tried.
    pub attempts: u32,
    /// How long a statement in a transaction may take; zero for as long as it takes.
    pub statement_timeout: Duration,
    /// Asks the run to stop.
    pub stop: &'a Stop,
}

/// What a run tells while it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// A step begins.
    Step {
        /// Counted from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// The step.
        step: &'a Step,
    },
    /// Steps of a run that was stopped are done already.
    Resumed {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// A lock was not to be had; the step is tried again after a pause.
    Waiting {
        /// The attempt that failed, counted from 1.
        attempt: u32,
        /// Sessions that hold locks on what the statement names.
        blockers: Vec<String>,
    },
}

/// Hears what a run tells.
pub type OnEvent<'a> = dyn FnMut(Event<'_>) + Send + 'a;

impl<'a> Run<'a> {
    /// A run with the usual patience: 2 seconds for a lock, six attempts.
    pub fn new(revision: &'a str, direction: Direction, steps: &'a [Step], namespace: &'a str, stop: &'a Stop) -> Self {
        Self {
            revision,
            direction,
            steps,
            records: &[],
            default_namespace: namespace,
            lock_timeout: Duration::from_secs(2),
            attempts: 6,
            statement_timeout: Duration::ZERO,
            stop,
        }
    }
}

/// Consecutive ordinary statements are one step; an autocommit statement is one of its own.
#[must_use]
pub fn steps(statements: &[Statement]) -> Vec<Step> {
    statements
        .chunk_by(|a, b| !a.autocommit && !b.autocommit)
        .map(|chunk| Step {
            statements: chunk.to_vec(),
            autocommit: chunk.iter().any(|statement| statement.autocommit),
        })
        .collect()
}

impl Step {
    /// Tells steps apart in the journal.
    pub(crate) fn hash(&self) -> String {
        let texts: Vec<&str> = self.statements.iter().map(|statement| statement.sql.as_str()).collect();
        hash(&texts.join("\0"))
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autocommit_statements_part_the_others() {
        let statement = |sql: &str| Statement { sql: sql.to_owned(), autocommit: sql.starts_with('!') };
        let text = |drawing: &str| -> Vec<String> {
            let statements: Vec<Statement> = drawing.split_whitespace().map(statement).collect();
            let join = |step: &Step| step.statements.iter().map(|s| s.sql.as_str()).collect();
            steps(&statements).iter().map(join).collect()
        };
        assert_eq!(text("a b !c d e"), ["ab", "!c", "de"]);
        assert_eq!(text("!a !b"), ["!a", "!b"]);
        assert_eq!(text(""), Vec::<String>::new());
    }
}
