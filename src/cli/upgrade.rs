//! `autogen upgrade`: apply what leads to a revision.

use clap::Args;

use super::global::Global;
use super::report::Walk;
use super::work::Work;
use crate::error::Result;
use crate::execute::Direction;
use crate::revision::Target;
use crate::runner;

/// Apply revisions, by default all of them
///
/// One runner at a time works on a database; others wait. A run that was stopped goes on where it was.
#[derive(Debug, Args)]
pub(crate) struct Upgrade {
    /// head, heads, an id or its beginning, +2, ID+1, ID-1, LABEL@head
    #[arg(default_value = "head")]
    target: Target,
    /// How long to wait for another runner
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    lock_timeout: u64,
}

/// Runs the command.
pub(crate) async fn run(args: Upgrade, global: &Global) -> Result<()> {
    let work = Work::open(global)?;
    work.stop_on_signals();
    let mut walk = Walk::new(global);
    let database = work.database(args.lock_timeout);
    let applied = runner::upgrade(&database, &work.folder, &args.target, &mut |event| walk.event(&event)).await?;
    walk.finished(Direction::Upgrade, &applied);
    Ok(())
}
