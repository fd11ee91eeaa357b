//! A project's own migrations: a `Migrator` of sea-orm-migration and the files that it lists.
//!
//! All of it is read from text. [`tree`] knows the modules of the crate, [`migrator`] what the Migrator lists and in
//! which order, [`migration`] what a listed migration is called and, where autogen wrote it, what its statements are.
//! [`find`] looks for Migrators in a project. [`render`] writes a file that [`migration`] reads back, [`edit`] puts its
//! two lines into the Migrator, and [`write`] does both.

mod tree;
mod migrator;
mod migration;
mod find;
mod unlisted;
mod version;
mod render;
mod edit;
mod as_sql;
mod name;
mod write;

pub(in crate::migration) use as_sql::as_sql;
pub use find::{Program, find as find_migrators};
pub use migrator::{Listed, Migrator};
pub use version::Version;
