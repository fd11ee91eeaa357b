//! `autogen merge`: join branches.

use clap::Args;

use super::global::Global;
use super::report;
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, LedgerChanges, Plan, new_revision};
use crate::revision::Id;

/// Join heads by an empty revision that comes after all of them
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The revisions to join, or `heads` for all
    #[arg(required = true)]
    revisions: Vec<String>,
    /// What the revision is called
    #[arg(short, long, default_value = "merge heads")]
    message: String,
    /// The new revision's id, instead of 12 random hex digits
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
}

/// Runs the command; it needs no database.
pub(crate) fn run(args: &Merge, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let parents = parents(args, &folder)?;
    let revision = new_revision(&config, &args.message, args.rev_id.as_deref(), parents)?;
    let path = folder.write(&Plan { revision, ..Plan::default() }, None, &LedgerChanges::default())?;
    report::success(&format!("created {}", config.shown_path(&path)));
    report::talk("whether the entities agree with the joined history: autogen check");
    Ok(())
}

fn parents(args: &Merge, folder: &Folder) -> Result<Vec<Id>> {
    let graph = folder.graph();
    let mut parents: Vec<Id> = if args.revisions == ["heads"] {
        graph.heads().iter().map(|revision| revision.id.clone()).collect()
    } else {
        args.revisions.iter().map(|name| graph.find(name, None).map(|it| it.id.clone())).collect::<Result<_>>()?
    };
    parents.sort();
    parents.dedup();
    if parents.len() < 2 {
        return Err(Error::new(Kind::Usage, "there is nothing to join: a merge needs two revisions or more")
            .hint("autogen heads   lists them"));
    }
    Ok(parents)
}
