//! `autogen history`: the revisions, newest first.

use std::collections::BTreeSet;

use clap::Args;
use sqlx::Connection;

use super::global::Global;
use super::report::{self, Revisions};
use super::work::database;
use crate::config::{Config, connect};
use crate::error::Result;
use crate::migration::Folder;
use crate::revision::{Id, Range};
use crate::runner;

/// List the revisions, newest first
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Only a part: abc123:head, abc123:, -3:, current:
    #[arg(short, long, value_name = "FROM:TO", allow_hyphen_values = true)]
    rev_range: Option<Range>,
    /// Indicate what is applied; needs the database
    #[arg(short, long)]
    indicate_current: bool,
    /// Draw the graph; dotted lines are dependencies
    #[arg(short, long)]
    graph: bool,
}

/// Runs the command; it needs no database unless that is asked for.
pub(crate) async fn run(args: History, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    if !global.quiet {
        report::untold(&folder);
        report::unlisted(&folder.unlisted());
    }
    let range = args.rev_range.unwrap_or_default();
    let needed = args.indicate_current || range.needs_database();
    let applied = if needed { applied(&config, &folder).await? } else { BTreeSet::new() };
    let revisions = folder.graph().range(&applied, &range)?;
    let shown = Revisions::new(&folder, args.indicate_current.then_some(&applied));
    if args.graph && !global.json {
        shown.graph(global, &revisions);
    } else {
        shown.list(global, &revisions);
    }
    Ok(())
}

/// What is applied in the database; only reads.
pub(super) async fn applied(config: &Config, folder: &Folder) -> Result<BTreeSet<Id>> {
    let mut conn = connect(&database(config)?).await?;
    let applied = runner::applied(&mut conn, folder, &config.default_namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    Ok(applied.into_iter().map(|applied| applied.revision).collect())
}
