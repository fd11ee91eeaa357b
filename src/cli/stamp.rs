//! `autogen stamp`: mark without running.

use clap::Args;

use super::global::Global;
use super::report::{self, Walk};
use super::work::Work;
use crate::error::Result;
use crate::revision::Target;
use crate::runner;

/// Mark the database as being at a revision, without running anything
#[derive(Debug, Args)]
pub(crate) struct Stamp {
    /// head, heads, base, an id or its beginning; several where branches are to stand apart
    #[arg(allow_negative_numbers = true, required = true, value_name = "TARGET")]
    targets: Vec<Target>,
    /// Forget first what the history says, revisions that the folder lacks included
    #[arg(long)]
    purge: bool,
    /// How long to wait for another runner
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    lock_timeout: u64,
}

/// Runs the command.
pub(crate) async fn run(args: Stamp, global: &Global) -> Result<()> {
    let work = Work::open(global)?;
    work.stop_on_signals();
    let mut walk = Walk::new(global);
    let database = work.database(args.lock_timeout);
    runner::stamp(&database, &work.folder, &args.targets, args.purge, &mut |event| walk.event(&event)).await?;
    if !global.quiet {
        report::talk("the schema was not changed; autogen check   tells whether it is what the revision says");
    }
    Ok(())
}
