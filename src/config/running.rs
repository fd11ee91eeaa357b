//! `[runner]` and `[hooks]`: how revisions are run, and what runs around them.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// `[runner]`. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Running {
    /// What is committed at once.
    pub transaction: Transaction,
    /// How long to wait for another runner.
    #[serde(deserialize_with = "seconds")]
    pub wait: Duration,
    /// How long a statement waits for the lock on a table in one attempt: who comes after it waits behind it.
    #[serde(deserialize_with = "seconds")]
    pub table_lock_timeout: Duration,
    /// How often a step that did not get its locks is tried.
    pub table_lock_attempts: NonZeroU32,
    /// How long a statement in a transaction may take; 0 for as long as it takes.
    #[serde(deserialize_with = "seconds")]
    pub statement_timeout: Duration,
}

/// What is committed at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transaction {
    /// Every step of every revision for itself; a revision without autocommit statements is one step.
    #[default]
    PerRevision,
    /// Every revision of a run, or none.
    All,
}

/// `[hooks]`: commands around a run that changes something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hooks {
    /// Before revisions are applied; one that fails stops the run.
    pub before_upgrade: Option<HookCommand>,
    /// After they were applied.
    pub after_upgrade: Option<HookCommand>,
    /// Before revisions are taken back; one that fails stops the run.
    pub before_downgrade: Option<HookCommand>,
    /// After they were taken back.
    pub after_downgrade: Option<HookCommand>,
}

/// A command as text for the shell, or a program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum HookCommand {
    /// For `sh -c`.
    Shell(String),
    /// Started as it is.
    Program(Vec<String>),
}

impl Default for Running {
    fn default() -> Self {
        Self {
            transaction: Transaction::default(),
            wait: Duration::from_secs(600),
            table_lock_timeout: Duration::from_secs(2),
            table_lock_attempts: NonZeroU32::MIN.saturating_add(5),
            statement_timeout: Duration::ZERO,
        }
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let number = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(number).map_err(|_| serde::de::Error::custom("a number of seconds, not below 0"))
}

#[cfg(test)]
mod tests {
    use super::super::Overrides;
    use super::super::tests::config;
    use super::*;

    #[test]
    fn times_are_seconds() {
        let text = "[runner]\nwait = 5\ntable_lock_timeout = 0.5\ntable_lock_attempts = 3\ntransaction = \"all\"\n";
        let running = config(text, Overrides::default(), &[]).expect("it loads").runner;
        assert_eq!(running.wait, Duration::from_secs(5));
        assert_eq!(running.table_lock_timeout, Duration::from_millis(500));
        assert_eq!(running.table_lock_attempts.get(), 3);
        assert_eq!(running.transaction, Transaction::All);
        assert!(config("[runner]\nwait = -1\n", Overrides::default(), &[]).is_err());
    }

    #[test]
    fn a_hook_is_text_or_a_list() {
        let text = "[hooks]\nbefore_upgrade = \"pg_dump > x\"\nafter_upgrade = [\"touch\", \"done\"]\n";
        let hooks = config(text, Overrides::default(), &[]).expect("it loads").hooks;
        assert_eq!(hooks.before_upgrade, Some(HookCommand::Shell("pg_dump > x".to_owned())));
        assert_eq!(hooks.after_upgrade, Some(HookCommand::Program(vec!["touch".to_owned(), "done".to_owned()])));
    }
}
