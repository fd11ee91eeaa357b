//! `autogen status`: what happened to each revision.

use clap::Args;
use sqlx::Connection;

use super::fleet::{Each, run_each};
use super::fleet_work::Task;
use super::global::Global;
use super::migrator::sql_only;
use super::report;
use super::work::Work;
use crate::config::connect;
use crate::error::Result;
use crate::runner;

/// Show what happened to each revision: applied when and by whom, failed at what, or still to come
///
/// With -v every step is listed. What was edited after it was applied is shown with its difference.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    each: Each,
}

/// Runs the command; it only reads.
pub(crate) async fn run(args: &Status, global: &Global) -> Result<()> {
    if args.each.is_set() {
        return run_each(global, &args.each, Task::Status, Clone::clone).await;
    }
    let work = Work::open(global)?;
    let instead = "autogen history -i   shows which migrations are applied";
    sql_only(&work.config, "status reads the journal of SQL files", instead)?;
    let mut conn = connect(&work.target).await?;
    let status = runner::status(&mut conn, &work.folder, &work.config.default_namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    report::status(global, &work.target.shown, &status);
    Ok(())
}
