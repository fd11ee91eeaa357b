//! `autogen show`: one revision.

use std::collections::BTreeSet;

use clap::Args;

use super::global::Global;
use super::history::applied;
use super::report::{self, Revisions};
use crate::error::Result;
use crate::migration::Folder;
use crate::revision::{Anchor, Target};

/// Show a revision
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// An id or its beginning, head, heads, current, LABEL@head
    #[arg(value_name = "REVISION", allow_hyphen_values = true, value_parser = Target::parse_with_current)]
    target: Target,
    /// Show its file too
    #[arg(short, long)]
    sql: bool,
}

/// Runs the command; it needs a database for `current` alone.
pub(crate) async fn run(args: Show, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let applied =
        if args.target.anchor == Anchor::Current { applied(&config, &folder).await? } else { BTreeSet::new() };
    let revisions = folder.graph().named(&applied, &args.target)?;
    Revisions::new(&folder, None).paragraphs(global, &revisions);
    if args.sql && !global.json {
        for migration in revisions.iter().filter_map(|revision| folder.migration(&revision.id)) {
            report::data(&migration.text);
        }
    }
    if revisions.is_empty() && !global.quiet {
        report::talk(&format!("`{}` is no revision: nothing is applied there", args.target));
    }
    Ok(())
}
