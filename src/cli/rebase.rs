//! `autogen rebase`: a branch moved behind another.

use std::collections::BTreeSet;

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
use crate::migration::Folder;
use crate::revision::{Id, Revision, Target};
use crate::runner;

/// Move a branch that nobody else has applied behind another head, so that one line is left
///
/// The first revision of the branch gets other parents; nothing else in its file changes. Then the moved revisions are
/// proved from where they stand now. A revision that the configured database has is not moved.
#[derive(Debug, Args)]
pub(crate) struct Rebase {
    /// A revision of the branch to move: an id or its beginning, or a branch label
    revision: String,
    /// Behind which revision; default: the other head
    #[arg(long, value_name = "REVISION")]
    onto: Option<Target>,
    /// Move it without proving it there
    #[arg(long)]
    no_prove: bool,
}

/// Runs the command.
pub(crate) async fn run(args: Rebase, global: &Global) -> Result<()> {
    let config = global.config()?;
    let instead = "move the lines in the Migrator's list; the new order is proved by: autogen check";
    sql_only(&config, "rebase moves a branch behind another", instead)?;
    let folder = Folder::load(&config)?;
    let (moved, onto) = moved(&args, &folder)?;
    interruptible(refuse_applied(&config, &folder, &moved)).await?;
    let (Some(first), Some(last)) = (moved.first(), moved.last()) else { return Ok(()) };
    let (first, last) = ((*first).clone(), (*last).clone());
    let after = folder.rebase(&first.id, std::slice::from_ref(&onto))?;
    report::success(&format!("{} comes after {onto} now", first.title()));
    if args.no_prove {
        return Ok(());
    }
    let ids: Vec<&Id> = moved.iter().map(|revision| &revision.id).collect();
    let revisions: Vec<&Revision> = after.graph().oldest_first().filter(|it| ids.contains(&&it.id)).collect();
    let progress = Progress::new(global.quiet);
    let given = given(&config, &after, global)?;
    let scratch = interruptible(start_scratch(&config, None, false, &progress)).await?;
    let outcome = prove_revisions(&config, &after, global, &given, &scratch, &progress, &revisions).await;
    progress.clear();
    let stopped = scratch.stop().await;
    outcome.map_err(|error| {
        let back = first.parents.join(", ");
        error.hint(format!(
            "it stands behind {onto} and does not work there: correct {}, or let it come after {back} again",
            last.id
        ))
    })?;
    stopped
}

/// The branch, oldest first, and behind what it goes.
fn moved<'a>(args: &Rebase, folder: &'a Folder) -> Result<(Vec<&'a Revision>, Id)> {
    let graph = folder.graph();
    let named = graph.find(&args.revision, None)?;
    let own: BTreeSet<&str> = graph.descendants([named.id.as_str()]);
    let others: Vec<&Revision> = graph.heads().into_iter().filter(|head| !own.contains(head.id.as_str())).collect();
    let onto = match (&args.onto, others.as_slice()) {
        (Some(target), _) => graph.parents_at(target, true)?,
        (None, [only]) => vec![only.id.clone()],
        (None, []) => {
            return Err(Error::new(Kind::Usage, format!("{} stands on the only line: nothing to move", named.title()))
                .hint("autogen heads   lists where branches end"));
        }
        (None, _) => {
            return Err(Error::new(Kind::SeveralHeads, "there are several heads to move it behind")
                .hint("--onto REVISION   names one"));
        }
    };
    let [onto] = onto.as_slice() else {
        return Err(Error::new(Kind::Usage, "--onto takes one revision"));
    };
    if own.contains(onto.as_str()) {
        return Err(Error::new(
            Kind::Usage,
            format!("{onto} comes after {}: it cannot move behind that", named.title()),
        ));
    }
    let before = graph.ancestors([onto.as_str()]);
    let family: BTreeSet<&str> = graph.ancestors(own.iter().copied());
    let branch: Vec<&Revision> =
        graph.oldest_first().filter(|it| family.contains(it.id.as_str()) && !before.contains(it.id.as_str())).collect();
    match branch.iter().skip(1).find(|it| it.parents.iter().any(|parent| before.contains(parent.as_str()))) {
        None if !branch.is_empty() => Ok((branch, onto.clone())),
        Some(joined) => Err(Error::new(
            Kind::Refused,
            format!("{} joins the branch to others: it is no line of its own", joined.title()),
        )
        .hint("autogen history --graph   shows it")),
        None => Err(Error::new(Kind::Usage, format!("{} is before {onto} already", named.title()))),
    }
}

/// A database that has a revision got it after its old parents.
async fn refuse_applied(config: &Config, folder: &Folder, moved: &[&Revision]) -> Result<()> {
    let Some(target) = config.target()? else { return Ok(()) };
    let mut conn = connect(&target).await?;
    let applied = runner::applied(&mut conn, folder, &config.default_namespace).await?;
    let _ = conn.close().await;
    let Some(there) = moved.iter().find(|it| applied.iter().any(|applied| applied.revision == it.id)) else {
        return Ok(());
    };
    let parent = there.parents.first().map_or("base", String::as_str);
    Err(Error::new(Kind::Refused, format!("{} is applied on {}", there.title(), target.shown))
        .hint(format!("autogen downgrade {parent}   takes it back first"))
        .hint("where others have it too, leave it where it is: autogen merge heads"))
}
