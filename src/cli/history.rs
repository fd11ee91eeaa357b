//! `autogen history`: the revisions, newest first.

use clap::Args;

use super::global::Global;
use super::report;
use crate::error::Result;
use crate::migration::Folder;

/// List the revisions, newest first
#[derive(Debug, Args)]
pub(crate) struct History {}

/// Runs the command; it needs no database.
pub(crate) fn run(_: &History, global: &Global) -> Result<()> {
    let folder = Folder::load(&global.config()?)?;
    let revisions: Vec<_> = folder.graph().oldest_first().rev().collect();
    report::revisions(global, &folder, &revisions);
    Ok(())
}
