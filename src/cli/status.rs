//! `autogen status`: what happened to each revision.

use clap::Args;
use sqlx::Connection;

use super::global::Global;
use super::report;
use super::work::Work;
use crate::config::connect;
use crate::error::Result;
use crate::runner;

/// Show what happened to each revision: applied when and by whom, failed at what, or still to come
///
/// With -v every step is listed. What was edited after it was applied is shown with its difference.
#[derive(Debug, Args)]
pub(crate) struct Status {}

/// Runs the command; it only reads.
pub(crate) async fn run(_: &Status, global: &Global) -> Result<()> {
    let work = Work::open(global)?;
    let mut conn = connect(&work.target).await?;
    let status = runner::status(&mut conn, &work.folder, &work.config.default_namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    report::status(global, &work.target.shown, &status);
    Ok(())
}
