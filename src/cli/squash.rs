//! `autogen squash`: several revisions made one.

use clap::Args;
use sqlx::Connection;

use super::comparison::start_scratch;
use super::global::Global;
use super::interruptible;
use super::migrator::sql_only;
use super::prove::{given, prove_revisions};
use super::report::{self, Progress};
use crate::config::{Config, connect};
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, Squashed};
use crate::reflect::Scope;
use crate::revision::{Range, Revision};
use crate::runner;
use crate::scratch::Scratch;

/// Put one file in the place of several revisions that come after each other
///
/// Its statements are theirs, one after the other, data and all. It keeps the id of the last one, so that nothing that
/// comes after it changes, and a database that has all of them has it; a database in their middle goes on with the old
/// files first. Proved on scratch: it leads to the same schema as they do, and back.
#[derive(Debug, Args)]
pub(crate) struct Squash {
    /// FROM:TO, both included: ids or their beginnings; `:ID` from the first on, `ID:` up to the head
    range: Range,
    /// What the revision is called
    #[arg(short, long)]
    message: Option<String>,
    /// Write it without a proof
    #[arg(long)]
    no_prove: bool,
}

/// Runs the command.
pub(crate) async fn run(args: Squash, global: &Global) -> Result<()> {
    let config = global.config()?;
    let instead = "migrations stay as they are there; a program that starts anew can have a Migrator of its own";
    sql_only(&config, "squash makes one file of several", instead)?;
    let folder = Folder::load(&config)?;
    let line = folder.graph().line(&args.range)?;
    let squashed = folder.squashed(&line, &message(&args, &line))?;
    interruptible(refuse_the_middle(&config, &squashed)).await?;
    let proved = if args.no_prove { None } else { Some(prove(&folder, &squashed, global).await?) };
    let path = squashed.write(proved.as_deref())?;
    report::success(&format!("{} revisions are one now: {}", line.len(), config.shown_path(&path)));
    Ok(())
}

fn message(args: &Squash, line: &[&Revision]) -> String {
    let last = line.last().map(|it| it.message.as_str()).unwrap_or_default();
    args.message.clone().unwrap_or_else(|| format!("{} revisions up to: {last}", line.len()))
}

/// The configured database must not stand between the ends.
async fn refuse_the_middle(config: &Config, squashed: &Squashed) -> Result<()> {
    let Some(target) = config.target()? else { return Ok(()) };
    let mut conn = connect(&target).await?;
    let applied = runner::applied(&mut conn, &squashed.folder, &config.default_namespace).await;
    let _ = conn.close().await;
    applied.map(drop)
}

/// Gives the version of Postgres that it was proved on.
async fn prove(folder: &Folder, squashed: &Squashed, global: &Global) -> Result<String> {
    let config = folder.config();
    let given = given(config, folder, global)?;
    let progress = Progress::new(global.quiet);
    let scratch = interruptible(start_scratch(config, None, false, &progress)).await?;
    progress.step("proving: the same schema");
    let mut outcome = interruptible(same_schema(folder, squashed, &given, &scratch)).await;
    if outcome.is_ok() {
        let revisions = [&squashed.revision];
        outcome = prove_revisions(config, &squashed.folder, global, &given, &scratch, &progress, &revisions).await;
    }
    let version = scratch.version().text.clone();
    progress.clear();
    let stopped = scratch.stop().await;
    outcome?;
    stopped?;
    Ok(version)
}

async fn same_schema(folder: &Folder, squashed: &Squashed, given: &Scope, scratch: &Scratch) -> Result<()> {
    let id = &squashed.revision.id;
    let smaller = "a smaller range may do: what needs a transaction of its own cannot stand with what comes before it";
    let differences = scratch.differ_by_squash([folder, &squashed.folder], id, given).await.map_err(|cause| {
        Error::new(Kind::ProofFailed, "they cannot be one: one of the statements fails there")
            .caused_by(cause)
            .hint(smaller)
    })?;
    if differences.is_empty() {
        return Ok(());
    }
    let titles = differences.iter().map(|it| it.describe(&given.default_namespace).title()).take(5);
    let titles = titles.collect::<Vec<_>>().join("; ");
    Err(Error::new(Kind::ProofFailed, format!("as one they lead elsewhere: {titles}")).hint(smaller))
}
