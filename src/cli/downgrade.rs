//! `autogen downgrade`: take revisions back.

use clap::Args;

use super::confirm::{confirm, refuse_protected};
use super::global::Global;
use super::report::Walk;
use super::work::Work;
use crate::config::connect;
use crate::error::Result;
use crate::execute::Direction;
use crate::revision::{Anchor, Target};
use crate::runner;

/// Take revisions back: -1, a revision that stays, or base
#[derive(Debug, Args)]
pub(crate) struct Downgrade {
    /// -1, an id or its beginning, ID-1, base
    #[arg(allow_negative_numbers = true)]
    target: Target,
    /// Answer yes: where everything is taken back, it asks first
    #[arg(long, short)]
    yes: bool,
    /// How long to wait for another runner
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    lock_timeout: u64,
}

/// Runs the command.
pub(crate) async fn run(args: Downgrade, global: &Global) -> Result<()> {
    let work = Work::open(global)?;
    if reaches_base(&work, &args.target).await? {
        refuse_protected(&work.target, "downgrade base")?;
        confirm(global, args.yes, &format!("Take every revision back on {}?", work.target.shown))?;
    }
    work.stop_on_signals();
    let mut walk = Walk::new(global);
    let database = work.database(args.lock_timeout);
    let taken_back = runner::downgrade(&database, &work.folder, &args.target, &mut |event| walk.event(&event)).await?;
    walk.finished(Direction::Downgrade, &taken_back);
    Ok(())
}

/// Whether nothing is left afterwards, by whatever name the target was given. What the runner will refuse anyway is
/// left to it.
async fn reaches_base(work: &Work, target: &Target) -> Result<bool> {
    if target.anchor == Anchor::Base {
        return Ok(true);
    }
    let mut conn = connect(&work.target).await?;
    let applied = runner::applied(&mut conn, &work.config.default_namespace).await?;
    let applied = applied.into_iter().map(|it| it.revision).collect();
    let path = work.folder.graph().downgrade_path(&applied, target);
    Ok(path.is_ok_and(|path| !path.is_empty() && path.len() == applied.len()))
}
