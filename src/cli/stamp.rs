//! `autogen stamp`: mark without running.

use clap::Args;

use super::fleet::{Each, run_each};
use super::fleet_work::Task;
use super::global::Global;
use super::migrator::sql_only;
use super::report::{self, Walk};
use super::running::Waiting;
use super::span::{Scripted, Span, print_script};
use super::work::Work;
use crate::error::{Error, Kind, Result};
use crate::revision::Target;
use crate::runner;

/// Mark the database as being at a revision, without running anything
#[derive(Debug, Args)]
pub(crate) struct Stamp {
    /// head, heads, base, an id or its beginning; several where branches are to stand apart
    #[arg(allow_negative_numbers = true, required = true, value_name = "TARGET")]
    targets: Vec<Span>,
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
    if args.sql || args.each.is_set() {
        sql_only(
            &global.config()?,
            "a script and many databases need SQL files",
            "autogen stamp TARGET   marks one database",
        )?;
    }
    if args.sql {
        let [target] = args.targets.as_slice() else {
            return Err(Error::new(Kind::Usage, "--sql takes one target").hint("autogen stamp --sql FROM:TO"));
        };
        return print_script(global, target, &Scripted::Stamp, |configured| args.waiting.over(configured));
    }
    let targets = args.targets.into_iter().map(Span::target).collect::<Result<Vec<Target>>>()?;
    if args.each.is_set() {
        let task = Task::Stamp(targets, args.purge);
        return run_each(global, &args.each, task, |configured| args.waiting.over(configured)).await;
    }
    let work = Work::open(global)?;
    work.stop_on_signals();
    let mut walk = Walk::new(global);
    let running = args.waiting.over(&work.config.runner);
    let database = work.database(&running, false);
    runner::stamp(&database, &work.folder, &targets, args.purge, &mut |event| walk.event(&event)).await?;
    if !global.quiet {
        report::talk("the schema was not changed; autogen check   tells whether it is what the revision says");
    }
    Ok(())
}
