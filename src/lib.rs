//! PostgreSQL migrations from SeaORM entities.
//!
//! # Architecture
//!
//! `create` is a straight line of values; each module is one step of it and imports only what stands above it in this
//! list (`tests/architecture.rs` checks that):
//!
//! - [`error`], [`config`]: a failure is a kind, a message and hints; `autogen.toml`, environment and flags.
//! - [`schema`]: the nouns. [`operation`]: the verbs.
//! - [`introspect`]: SeaORM source → `Models`, without compiling.
//! - [`exchange`]: `Models` as published JSON: written for others, read from `[entities] command`.
//! - [`reflect`]: Postgres catalogs → `Schema`.
//! - [`overlay`]: what the models state laid over what is there; the whole policy of "unsaid is not absent".
//! - [`diff`]: two complete schemas → operations in order. Knows no policy.
//! - [`render`]: operations → SQL. [`expectation`]: operations → what must hold of the rows. [`hazard`]: operation →
//!   what may go wrong. [`survey`]: which expectations the rows of a live database meet.
//! - [`revision`]: the graph of revisions. [`migration`]: the file format, the folder, the ledger's file.
//! - [`execute`]: the steps of a migration on a connection, used by the proof and by the runner.
//! - [`scratch`]: a throwaway Postgres that canonicalises, replays and proves.
//! - [`runner`]: upgrade, downgrade, stamp.
//! - [`finding`]: what `check` found, and every form of it. [`review`]: a migration as its reviewer reads it.
//! - [`embed`](mod@embed): migrations in a program.
//! - [`cli`]: one file per command; `cli::report` is the only place that prints.
//! - [`testing`]: `check` as an assertion of a project's own tests.

#![cfg_attr(not(feature = "cli"), expect(dead_code, reason = "what only the command line writes"))]

pub mod error;
pub mod config;
pub mod schema;
pub mod operation;
#[cfg(feature = "cli")]
pub mod introspect;
#[cfg(feature = "cli")]
pub mod exchange;
pub mod reflect;
#[cfg(feature = "cli")]
pub mod overlay;
#[cfg(feature = "cli")]
pub mod diff;
pub mod render;
pub mod expectation;
pub mod hazard;
#[cfg(feature = "cli")]
pub mod survey;
pub mod revision;
pub mod migration;
pub mod execute;
#[cfg(feature = "cli")]
pub mod scratch;
pub mod runner;
#[cfg(feature = "cli")]
pub mod finding;
#[cfg(feature = "cli")]
pub mod review;
#[cfg(feature = "embed")]
pub mod embed;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod testing;

#[cfg(feature = "embed")]
pub use autogen_macros::embed;
