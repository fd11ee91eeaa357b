//! `autogen stamp`: mark without running.

use clap::Args;

use super::fleet::{Each, run_each};
use super::fleet_work::Task;
use super::global::Global;
use super::report::{self, Walk};
use super::running::Waiting;
use super::span::{Scripted, Span, print_script};
use super::work::Work;
use crate::error::Result;
use crate::runner;

/// Mark the database as being at a revision, without running anything
#[derive(Debug, Args)]
pub(crate) struct Stamp {
    /// head, heads, base, an id or its beginning
    #[arg(allow_negative_numbers = true)]
    target: Span,
    /// Forget first what the history says, revisions that the folder lacks included
    #[arg(long)]
    purge: bool,
    /// Print a script for psql instead; it begins at base, or at FROM of FROM:TO, and needs no database
    #[arg(long, conflicts_with = "purge")]
    sql: bool,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    each: Each,
}

/// Runs the command.
pub(crate) async fn run(args: Stamp, global: &Global) -> Result<()> {
    if args.sql {
        return print_script(global, &args.target, &Scripted::Stamp, |configured| args.waiting.over(configured));
    }
    let target = args.target.target()?;
    if args.each.is_set() {
        let task = Task::Stamp(target, args.purge);
        return run_each(global, &args.each, task, |configured| args.waiting.over(configured)).await;
    }
    let work = Work::open(global)?;
    work.stop_on_signals();
    let mut walk = Walk::new(global);
    let running = args.waiting.over(&work.config.runner);
    let database = work.database(&running, false);
    runner::stamp(&database, &work.folder, &target, args.purge, &mut |event| walk.event(&event)).await?;
    if !global.quiet {
        report::talk("the schema was not changed; autogen check   tells whether it is what the revision says");
    }
    Ok(())
}
