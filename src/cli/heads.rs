//! `autogen heads`: revisions after which none comes.

use clap::Args;

use super::global::Global;
use super::report::{self, Revisions};
use crate::error::Result;
use crate::migration::Folder;

/// Show the newest revision of every branch
#[derive(Debug, Args)]
pub(crate) struct Heads {
    /// Leave out those that another revision depends on
    #[arg(long)]
    resolve_dependencies: bool,
}

/// Runs the command; it needs no database.
pub(crate) fn run(args: &Heads, global: &Global) -> Result<()> {
    let folder = Folder::load(&global.config()?)?;
    if !global.quiet {
        report::untold(&folder);
    }
    let graph = folder.graph();
    let heads = if args.resolve_dependencies { graph.real_heads() } else { graph.heads() };
    Revisions::new(&folder, None).ids(global, &heads);
    Ok(())
}
