//! `autogen heads`: revisions after which none comes.

use clap::Args;

use super::global::Global;
use super::report;
use crate::error::Result;
use crate::migration::Folder;

/// Show the newest revision of every branch
#[derive(Debug, Args)]
pub(crate) struct Heads {}

/// Runs the command; it needs no database.
pub(crate) fn run(_: &Heads, global: &Global) -> Result<()> {
    let folder = Folder::load(&global.config()?)?;
    report::heads(global, &folder, &folder.graph().heads());
    Ok(())
}
