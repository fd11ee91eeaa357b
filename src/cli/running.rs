//! Flags of every command that runs revisions, laid over `[runner]`.

use std::num::NonZeroU32;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::config;

/// How revisions are run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Waiting {
    /// How long to wait for another runner [default: 600, or wait of [runner]]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    lock_timeout: Option<Duration>,
}

/// How the statements of revisions are run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Running {
    #[command(flatten)]
    waiting: Waiting,
    /// What is committed at once [default: per-revision, or transaction of [runner]]
    #[arg(long, value_name = "WHAT")]
    transaction: Option<Transaction>,
    /// How long a statement waits for the lock on a table, an attempt [default: 2, or of [runner]]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    table_lock_timeout: Option<Duration>,
    /// How often a step that did not get its locks is tried [default: 6, or of [runner]]
    #[arg(long, value_name = "TIMES")]
    table_lock_attempts: Option<NonZeroU32>,
    /// How long a statement in a transaction may take; 0: as long as it takes [default: 0, or of [runner]]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    statement_timeout: Option<Duration>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Transaction {
    /// Each step of each revision; what is done stays when a later one fails
    PerRevision,
    /// Every revision of the run, or none
    All,
}

impl Waiting {
    /// What is configured, with the flags laid over it.
    pub(crate) fn over(&self, configured: &config::Running) -> config::Running {
        config::Running { wait: self.lock_timeout.unwrap_or(configured.wait), ..configured.clone() }
    }
}

impl Running {
    /// What is configured, with the flags laid over it.
    pub(crate) fn over(&self, configured: &config::Running) -> config::Running {
        let transaction = self.transaction.map(|transaction| match transaction {
            Transaction::PerRevision => config::Transaction::PerRevision,
            Transaction::All => config::Transaction::All,
        });
        config::Running {
            transaction: transaction.unwrap_or(configured.transaction),
            table_lock_timeout: self.table_lock_timeout.unwrap_or(configured.table_lock_timeout),
            table_lock_attempts: self.table_lock_attempts.unwrap_or(configured.table_lock_attempts),
            statement_timeout: self.statement_timeout.unwrap_or(configured.statement_timeout),
            ..self.waiting.over(configured)
        }
    }
}

/// `2`, `0.5`.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "a number of seconds, such as 2 or 0.5".to_owned())?;
    Duration::try_from_secs_f64(number).map_err(|_| "a number of seconds, not below 0".to_owned())
}
