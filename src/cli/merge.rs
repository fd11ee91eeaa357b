//! `autogen merge`: join branches.

use clap::Args;

use super::global::Global;
use super::post_write::run_hooks;
use super::report;
use crate::error::Result;
use crate::migration::{Folder, LedgerChanges, Plan, new_revision};
use crate::revision::{Revision, Target, check_label};

/// Join heads by an empty revision that comes after all of them
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The revisions to join, or `heads` for all
    #[arg(required = true)]
    revisions: Vec<Target>,
    /// What the revision is called
    #[arg(short, long, default_value = "merge heads")]
    message: String,
    /// Name the branch that begins with it
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,
    /// Further revisions that are to be applied before it
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<Target>,
    /// Join revisions that are no heads too
    #[arg(long)]
    splice: bool,
    /// The new revision's id, instead of 12 random hex digits
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
}

/// Runs the command; it needs no database.
pub(crate) fn run(args: &Merge, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let parents = folder.graph().parents_of_merge(&args.revisions, args.splice)?;
    let revision = new_revision(&config, &args.message, args.rev_id.as_deref(), parents)?;
    args.branch_label.iter().try_for_each(|label| check_label(label))?;
    let depends_on = folder.graph().dependencies(&args.depends_on)?;
    let revision = Revision { branch_labels: args.branch_label.clone(), depends_on, ..revision };
    let path = folder.write(&Plan { revision, ..Plan::default() }, None, &LedgerChanges::default())?;
    report::success(&format!("created {}", config.shown_path(&path)));
    run_hooks(&folder, &path, global)?;
    report::talk("whether the entities agree with the joined history: autogen check");
    Ok(())
}
