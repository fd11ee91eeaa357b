//! `autogen current`: where the database is.

use std::collections::BTreeSet;

use clap::Args;
use sqlx::Connection;

use super::fleet::{Each, run_each};
use super::fleet_work::Task;
use super::global::Global;
use super::report::{self, AppliedLine};
use super::work::Work;
use crate::config::connect;
use crate::error::{Error, Kind, Result};
use crate::execute::unfinished;
use crate::revision::Id;
use crate::runner;

/// Show the revision that the database is at
#[derive(Debug, Args)]
pub(crate) struct Current {
    /// Fail with exit code 4 when the database is not at every head
    #[arg(long)]
    check_heads: bool,
    #[command(flatten)]
    each: Each,
}

/// Runs the command; it only reads.
pub(crate) async fn run(args: Current, global: &Global) -> Result<()> {
    if args.each.is_set() {
        let task = Task::Current { check_heads: args.check_heads };
        return run_each(global, &args.each, task, Clone::clone).await;
    }
    let work = Work::open(global)?;
    let mut conn = connect(&work.target).await?;
    let namespace = &work.config.default_namespace;
    let applied = runner::applied(&mut conn, &work.folder, namespace).await?;
    let unfinished = unfinished(&mut conn, namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;

    let graph = work.folder.graph();
    let ids: BTreeSet<Id> = applied.iter().map(|applied| applied.revision.clone()).collect();
    let current: BTreeSet<&str> = graph.applied_heads(&ids).iter().map(|revision| revision.id.as_str()).collect();
    let heads: BTreeSet<&str> = graph.heads().iter().map(|revision| revision.id.as_str()).collect();
    let branches = graph.branch_names();
    let lines: Vec<AppliedLine> = applied
        .iter()
        .filter(|applied| current.contains(applied.revision.as_str()) || graph.get(&applied.revision).is_none())
        .map(|applied| AppliedLine {
            applied,
            branches: branches.get(applied.revision.as_str()).cloned().unwrap_or_default(),
            head: heads.contains(applied.revision.as_str()),
            path: work.folder.migration(&applied.revision).map(|migration| work.folder.shown(migration)),
        })
        .collect();
    let of_rust = work.folder.migrator().is_some();
    report::current(global, &work.target.shown, &lines, &unfinished, of_rust);
    if args.check_heads && !heads.iter().all(|head| ids.contains(*head)) {
        return Err(Error::new(Kind::NotAtHead, "Database is not on all head revisions").hint("autogen upgrade heads"));
    }
    Ok(())
}
