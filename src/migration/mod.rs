//! The file format: one SQL file a revision, both directions, and the folder that holds them.
//!
//! A [`Plan`] is rendered by `templates/migration.sql`; [`Migration::parse`] reads it again. Files are edited by hand,
//! so only the header, the markers (`-- autogen: ..`) and the SQL text carry meaning. The splitter stands here, because
//! the parser needs it: `execute` gets whole statements.

mod split;
#[cfg(feature = "cli")]
mod render;
mod parse;
#[cfg(feature = "cli")]
mod name;
mod lock;
#[cfg(feature = "cli")]
mod template;
mod folder;
#[cfg(feature = "cli")]
mod amend;
#[cfg(feature = "cli")]
mod rebase;
#[cfg(feature = "cli")]
mod squash;
#[cfg(feature = "cli")]
mod hook;
#[cfg(feature = "cli")]
mod seaorm;
mod plan;

pub use folder::{Edited, Folder, LEDGER_FILE, LedgerChanges, ProofLine};
#[cfg(feature = "cli")]
pub use hook::Hooked;
#[cfg(feature = "cli")]
pub use name::new_revision;
pub(crate) use parse::hash;
pub use parse::parse_statements;
pub use plan::{plan_hazards, rename_line};
#[cfg(feature = "cli")]
pub use render::{render, render_upgrade};
#[cfg(feature = "cli")]
pub use seaorm::{Listed, Migrator, Program, Version, find_migrators};
pub use split::{SplitError, SqlText, split, tokens};
#[cfg(feature = "cli")]
pub use squash::Squashed;

use std::path::PathBuf;

use crate::revision::Revision;

/// What is to be written: a revision with both directions, block by block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The header.
    pub revision: Revision,
    /// Statements up, in order.
    pub upgrade: Vec<Block>,
    /// Statements down, in order.
    pub downgrade: Vec<Block>,
    /// Answered renames: `users.name -> users.full_name`.
    pub renames: Vec<String>,
}

/// The statements of one operation, with what a reviewer should know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// The operation: `add column users.bio`.
    pub title: String,
    /// Where the models say so: `models/src/user.rs:21`.
    pub place: Option<String>,
    /// What may go wrong, kind first: `loses-data: the values of users.bio are gone.`
    pub hazards: Vec<String>,
    /// The statements. Without any, the operation is done by those of the next block, and its title stands above that.
    pub statements: Vec<Statement>,
}

/// One SQL statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text without the closing semicolon.
    pub sql: String,
    /// Whether it must run outside of a transaction.
    pub autocommit: bool,
}

/// What was read: one file of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The header.
    pub revision: Revision,
    /// The file.
    pub path: PathBuf,
    /// Statements up, in order.
    pub upgrade: Vec<Statement>,
    /// Statements down, in order.
    pub downgrade: Vec<Statement>,
    /// Answered renames, as the file says them.
    pub renames: Vec<String>,
    /// SHA-256 of the text in hex digits.
    pub hash: String,
    /// The whole text, line ends as `\n`.
    pub text: String,
    /// The text of the upgrade section.
    pub upgrade_text: String,
    /// The text of the downgrade section, which the database keeps and [`parse_statements`] reads.
    pub downgrade_text: String,
    /// Whether it is Rust that somebody wrote: what it does, only the migration crate knows.
    pub by_hand: bool,
}

impl Plan {
    /// Every statement up.
    pub fn upgrade_statements(&self) -> impl Iterator<Item = &Statement> {
        self.upgrade.iter().flat_map(|block| &block.statements)
    }

    /// Every statement down.
    pub fn downgrade_statements(&self) -> impl Iterator<Item = &Statement> {
        self.downgrade.iter().flat_map(|block| &block.statements)
    }
}

impl Migration {
    /// What a reviewer reads: the file's text, or for a `MigrationTrait` file its remarks and statements as SQL.
    #[cfg(feature = "cli")]
    #[must_use]
    pub fn sql_text(&self) -> std::borrow::Cow<'_, str> {
        let is_rust = self.path.extension().is_some_and(|extension| extension == "rs");
        if is_rust { seaorm::as_sql(self).into() } else { self.text.as_str().into() }
    }
}

impl Statement {
    /// A statement inside of a transaction.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), autocommit: false }
    }
}
