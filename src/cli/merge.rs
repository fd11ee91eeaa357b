//! `autogen merge`: join branches.

use clap::Args;

use super::comparison::start_scratch;
use super::global::Global;
use super::interruptible;
use super::migrator::sql_only;
use super::post_write::run_hooks;
use super::prove::given;
use super::report::{self, Progress};
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, LedgerChanges, Plan, new_revision};
use crate::revision::{Id, Revision, Target, check_label};
use crate::scratch::Scratch;

/// Join heads by an empty revision that comes after all of them
///
/// Proves on scratch that it does not matter which branch a database got first: both orders give the same schema. It
/// needs no database.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The revisions to join, or `heads` for all
    #[arg(required = true)]
    revisions: Vec<Target>,
    /// What the revision is called
    #[arg(short, long, default_value = "merge heads")]
    message: String,
    /// Name the branch that begins with it
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,
    /// Further revisions that are to be applied before it
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<Target>,
    /// Join revisions that are no heads too
    #[arg(long)]
    splice: bool,
    /// Join them without a proof
    #[arg(long)]
    no_prove: bool,
    /// The new revision's id, instead of 12 random hex digits
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
}

/// Runs the command.
pub(crate) async fn run(args: Merge, global: &Global) -> Result<()> {
    let config = global.config()?;
    sql_only(&config, "merge joins branches", "the order of the Migrator's list joins them: keep both sides' lines")?;
    let folder = Folder::load(&config)?;
    let parents = folder.graph().parents_of_merge(&args.revisions, args.splice)?;
    let revision = new_revision(&config, &args.message, args.rev_id.as_deref(), parents)?;
    args.branch_label.iter().try_for_each(|label| check_label(label))?;
    let depends_on = folder.graph().dependencies(&args.depends_on)?;
    let revision = Revision { branch_labels: args.branch_label.clone(), depends_on, ..revision };
    let proved = if args.no_prove { None } else { Some(prove(&folder, &revision.parents, global).await?) };
    let plan = Plan { revision, ..Plan::default() };
    let path = folder.write(&plan, proved.as_deref(), &LedgerChanges::default())?;
    report::success(&format!("created {}", config.shown_path(&path)));
    run_hooks(&folder, &path, global)?;
    if !global.quiet {
        report::talk("whether the entities agree with the joined history: autogen check");
    }
    Ok(())
}

/// Both orders on scratch; the version of Postgres that it was proved on.
async fn prove(folder: &Folder, parents: &[Id], global: &Global) -> Result<String> {
    let given = given(folder.config(), folder, global)?;
    let progress = Progress::new(global.quiet);
    let scratch = interruptible(start_scratch(folder.config(), None, false, &progress)).await?;
    progress.step("proving: both orders");
    let outcome = interruptible(either_order(folder, parents, &given, &scratch)).await;
    progress.clear();
    let stopped = scratch.stop().await;
    let version = outcome?;
    stopped?;
    report::good_news(&format!("proved on PostgreSQL {version}: the same schema in either order"), global.json);
    Ok(version)
}

async fn either_order(
    folder: &Folder,
    parents: &[Id],
    given: &crate::reflect::Scope,
    scratch: &Scratch,
) -> Result<String> {
    let graph = folder.graph();
    let heads: Vec<&str> = parents.iter().map(String::as_str).collect();
    let back: Vec<&str> = heads.iter().rev().copied().collect();
    let orders = [graph.in_turn(&heads), graph.in_turn(&back)];
    let differences = scratch.differ_by_order(folder, [&orders[0], &orders[1]], given).await.map_err(|cause| {
        let what = "the branches cannot be joined: applied one after the other, one of them fails";
        remedies(Error::new(Kind::ProofFailed, what).caused_by(cause), &heads)
    })?;
    if differences.is_empty() {
        return Ok(scratch.version().text.clone());
    }
    let titles: Vec<String> =
        differences.iter().map(|it| it.describe(&given.default_namespace).title()).take(5).collect();
    let what = format!(
        "it matters which of {} comes first; from one order to the other: {}",
        heads.join(" and "),
        titles.join("; ")
    );
    Err(remedies(Error::new(Kind::ProofFailed, what), &heads))
}

fn remedies(error: Error, heads: &[&str]) -> Error {
    let moved = heads.last().copied().unwrap_or_default();
    error
        .hint(format!("autogen rebase {moved}   moves a branch that nobody has applied behind the others"))
        .hint("--no-prove   joins them nevertheless")
}
