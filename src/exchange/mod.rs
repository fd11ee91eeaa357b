//! The declared schema as JSON: what `autogen models --json` prints and what `[entities] command` reads.
//!
//! A published format with types of its own, so that it stays as it is when the house changes.
//! `docs/models-json.md` describes it, `docs/models-1.schema.json` is its JSON Schema. [`write`] and [`read`] are
//! mirrors: what is written and read again is the same [`Models`].

mod command;
mod format;
mod names;
mod read;
mod sql_type;
mod write;

#[cfg(test)]
mod tests;

pub use command::{run, shown_command};
pub use read::{Problem, Problems, read};
pub use write::write;

/// The version of the format. A document of another version is refused.
pub const VERSION: u64 = 1;
