//! `autogen downgrade`: take revisions back.

use clap::{Args, ValueEnum};

use super::confirm::{confirm, refuse_protected};
use super::fleet::{Each, run_each};
use super::fleet_work::Task;
use super::global::Global;
use super::hooks::Hooks;
use super::migrator::{sql_only, walk as walk_migrator};
use super::report::Walk;
use super::running::Running;
use super::span::{Scripted, Span, print_script};
use super::work::Work;
use crate::config::{self, connect};
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::revision::{Anchor, Id, Target};
use crate::runner;

/// Take revisions back: -1, a revision that stays, or base
///
/// A revision whose file is gone is taken back by the text that the database has kept.
#[derive(Debug, Args)]
pub(crate) struct Downgrade {
    /// -1, an id or its beginning, ID-1, base; with --sql FROM:TO
    #[arg(allow_negative_numbers = true)]
    target: Span,
    /// Whose text counts where a file was edited after it was applied
    #[arg(long, value_name = "WHOSE")]
    from: Option<Origin>,
    /// Print a script for psql instead; it begins at FROM and needs no database
    #[arg(long)]
    sql: bool,
    /// Answer yes: where everything is taken back, it asks first
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    each: Each,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Origin {
    /// The file's, as it is now
    File,
    /// What was applied, which the database has kept
    Database,
}

/// Runs the command.
pub(crate) async fn run(args: Downgrade, global: &Global) -> Result<()> {
    if args.sql || args.from.is_some() || args.each.is_set() {
        sql_only(
            &global.config()?,
            "a script, --from and many databases need SQL files",
            "autogen downgrade TARGET   runs the Migrator on one database",
        )?;
    }
    if args.sql {
        return script(&args, global);
    }
    let target = args.target.target()?;
    let origin = args.from.map(|origin| match origin {
        Origin::File => runner::Origin::File,
        Origin::Database => runner::Origin::Database,
    });
    if args.each.is_set() {
        confirm(global, args.yes, &format!("Take revisions back to {target} on each of them?"))?;
        let task = Task::Downgrade(target, origin);
        return run_each(global, &args.each, task, |configured| args.running.over(configured)).await;
    }
    let work = Work::open(global)?;
    if reaches_base(&work, &target).await? {
        refuse_protected(&work.target, "downgrade base")?;
        confirm(global, args.yes, &format!("Take every revision back on {}?", work.target.shown))?;
    }
    take_back(&work, &target, origin, &args.running.over(&work.config.runner), global).await
}

/// Takes back what leads away from the target.
pub(super) async fn take_back(
    work: &Work,
    target: &Target,
    origin: Option<runner::Origin>,
    running: &config::Running,
    global: &Global,
) -> Result<()> {
    if work.folder.migrator().is_some() {
        return walk_migrator(work, Direction::Downgrade, target, running, global).await;
    }
    work.stop_on_signals();
    let mut walk = Walk::new(global);
    let hooks = Hooks::new(&work.config, &work.target, Direction::Downgrade, global.quiet);
    let before = |revisions: &[Id]| hooks.before(revisions);
    let database = runner::Database { before: Some(&before), ..work.database(running, walk.watches()) };
    let taken_back =
        runner::downgrade(&database, &work.folder, target, origin, &mut |event| walk.event(&event)).await?;
    walk.finished(Direction::Downgrade, &taken_back);
    hooks.after(&taken_back)
}

fn script(args: &Downgrade, global: &Global) -> Result<()> {
    if args.target.from.is_none() {
        let to = &args.target.to;
        return Err(Error::new(Kind::Usage, "downgrade --sql needs to know where the database is")
            .hint(format!("autogen downgrade --sql FROM:{to}   begins at the revision FROM, such as head:{to}")));
    }
    let what = Scripted::Walk(Direction::Downgrade);
    print_script(global, &args.target, &what, |configured| args.running.over(configured))
}

/// Whether nothing is left afterwards, by whatever name the target was given. What the runner will refuse anyway is
/// left to it.
async fn reaches_base(work: &Work, target: &Target) -> Result<bool> {
    if target.anchor == Anchor::Base {
        return Ok(true);
    }
    let mut conn = connect(&work.target).await?;
    let applied = runner::applied(&mut conn, &work.folder, &work.config.default_namespace).await?;
    let path = runner::way_back(&work.folder, &applied, target);
    Ok(path.is_ok_and(|path| !path.is_empty() && path.len() == applied.len()))
}
