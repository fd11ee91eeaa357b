//! `autogen db reset`: downgrade to base, then upgrade to head.

use clap::Args;
use sqlx::Connection;

use super::confirm::{confirm, refuse_protected};
use super::global::Global;
use super::interruptible;
use super::migrator::walk as walk_migrator;
use super::report::{self, Walk};
use super::running::Running;
use super::work::Work;
use crate::config::connect;
use crate::error::Result;
use crate::execute::Direction;
use crate::revision::{Anchor, Target};
use crate::runner;

/// Take every revision back and apply them all again: what the tables hold is lost
#[derive(Debug, Args)]
pub(crate) struct DbReset {
    /// Answer yes
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    running: Running,
}

/// Runs the command.
pub(crate) async fn run(args: DbReset, global: &Global) -> Result<()> {
    let work = Work::open(global)?;
    refuse_protected(&work.target, "db reset")?;
    if !global.quiet {
        interruptible(show_rows(&work)).await?;
    }
    let question = format!("Take every revision back on {}, and lose what its tables hold?", work.target.shown);
    confirm(global, args.yes, &question)?;
    work.stop_on_signals();
    let running = args.running.over(&work.config.runner);
    if work.folder.migrator().is_some() {
        walk_migrator(&work, Direction::Downgrade, &Target::base(), &running, global).await?;
        return walk_migrator(&work, Direction::Upgrade, &Target::head(), &running, global).await;
    }
    let mut walk = Walk::new(global);
    let database = work.database(&running, walk.watches());
    runner::downgrade(&database, &work.folder, &Target::base(), None, &mut |event| walk.event(&event)).await?;
    let heads = Target { anchor: Anchor::Heads, ..Target::head() };
    let applied = runner::upgrade(&database, &work.folder, &heads, &mut |event| walk.event(&event)).await?;
    walk.finished(Direction::Upgrade, &applied);
    Ok(())
}

/// What there is to lose.
async fn show_rows(work: &Work) -> Result<()> {
    let namespace = &work.config.default_namespace;
    let namespaces: Vec<String> = std::iter::once(namespace).chain(&work.config.namespaces).cloned().collect();
    let mut conn = connect(&work.target).await?;
    let tables = runner::table_rows(&mut conn, &namespaces, namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    report::rows_to_lose(&tables, namespace);
    Ok(())
}
