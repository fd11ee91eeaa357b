//! `autogen upgrade`: apply what leads to a revision.

use clap::Args;

use super::dry_run::dry_run;
use super::fleet::{Each, run_each};
use super::fleet_work::Task;
use super::global::Global;
use super::hooks::Hooks;
use super::migrator::{sql_only, walk as walk_migrator};
use super::report::Walk;
use super::running::Running;
use super::span::{Scripted, Span, print_script};
use super::work::Work;
use crate::error::Result;
use crate::execute::Direction;
use crate::revision::Id;
use crate::runner;

/// Apply revisions, by default all of them
///
/// One runner at a time works on a database; others wait. A run that was stopped goes on where it was.
#[derive(Debug, Args)]
pub(crate) struct Upgrade {
    /// head, heads, an id or its beginning, +2, ID+1, ID-1, LABEL@head; with --sql also FROM:TO
    #[arg(default_value = "head")]
    target: Span,
    /// Print a script for psql instead; it begins at base, or at FROM, and needs no database
    #[arg(long)]
    sql: bool,
    /// Run on scratch instead, from what is applied on, and print the statements
    #[arg(long, conflicts_with = "sql")]
    dry_run: bool,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    each: Each,
}

/// Runs the command.
pub(crate) async fn run(args: Upgrade, global: &Global) -> Result<()> {
    if args.sql || args.dry_run || args.each.is_set() {
        sql_only(
            &global.config()?,
            "a script, a dry run and many databases need SQL files",
            "autogen upgrade   runs the Migrator on one database",
        )?;
    }
    if args.sql {
        let what = Scripted::Walk(Direction::Upgrade);
        return print_script(global, &args.target, &what, |configured| args.running.over(configured));
    }
    let target = args.target.target()?;
    if args.dry_run {
        return dry_run(global, &target).await;
    }
    if args.each.is_set() {
        return run_each(global, &args.each, Task::Upgrade(target), |configured| args.running.over(configured)).await;
    }
    let work = Work::open(global)?;
    if work.folder.migrator().is_some() {
        return walk_migrator(&work, Direction::Upgrade, &target, &args.running.over(&work.config.runner), global)
            .await;
    }
    work.stop_on_signals();
    let mut walk = Walk::new(global);
    let running = args.running.over(&work.config.runner);
    let hooks = Hooks::new(&work.config, &work.target, Direction::Upgrade, global.quiet);
    let before = |revisions: &[Id]| hooks.before(revisions);
    let database = runner::Database { before: Some(&before), ..work.database(&running, walk.watches()) };
    let applied = runner::upgrade(&database, &work.folder, &target, &mut |event| walk.event(&event)).await?;
    walk.finished(Direction::Upgrade, &applied);
    hooks.after(&applied)
}
