//! `autogen db ensure-version`: the tables that history and journal need.

use clap::Args;

use super::global::Global;
use super::migrator::sql_only;
use super::report;
use super::running::Waiting;
use super::work::Work;
use crate::error::Result;
use crate::runner;

/// Make the tables autogen_history and autogen_journal, where they are missing
#[derive(Debug, Args)]
pub(crate) struct DbEnsureVersion {
    #[command(flatten)]
    waiting: Waiting,
}

/// Runs the command.
pub(crate) async fn run(args: DbEnsureVersion, global: &Global) -> Result<()> {
    let work = Work::open(global)?;
    let instead = "the Migrator makes its table with the first: autogen upgrade";
    sql_only(&work.config, "ensure-version makes autogen's own tables", instead)?;
    work.stop_on_signals();
    let running = args.waiting.over(&work.config.runner);
    let made = runner::ensure_version(&work.database(&running, false), &mut |_| {}).await?;
    if global.json {
        report::json(&serde_json::json!({ "created": made }));
    } else if !global.quiet {
        let shown = &work.target.shown;
        let what = if made { "are made" } else { "are there already" };
        report::success(&format!("the history's tables {what} in {shown}"));
    }
    Ok(())
}
