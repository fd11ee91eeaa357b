//! `autogen branches`: where the history forks.

use clap::Args;

use super::global::Global;
use super::report::Revisions;
use crate::error::Result;
use crate::migration::Folder;

/// Show the revisions where branches begin
#[derive(Debug, Args)]
pub(crate) struct Branches {}

/// Runs the command; it needs no database.
pub(crate) fn run(_: &Branches, global: &Global) -> Result<()> {
    let folder = Folder::load(&global.config()?)?;
    let points: Vec<_> = folder.graph().branch_points().into_iter().rev().collect();
    Revisions::new(&folder, None).branches(global, &points);
    Ok(())
}
