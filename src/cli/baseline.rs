//! `autogen baseline`: take over a database that is there.

use std::collections::BTreeSet;

use clap::Args;

use super::comparison::start_scratch;
use super::declared::{read_declared, scope};
use super::global::Global;
use super::interruptible;
use super::migrator::{live_schema, replay};
use super::post_write::run_hooks;
use super::report::{self, Line, Progress, Walk};
use super::running::Waiting;
use super::unmanaged::known_strangers;
use super::work::Work;
use crate::config::{Config, Format, connect};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, LEDGER_FILE, LedgerChanges, Plan, new_revision};
use crate::overlay;
use crate::reflect::{Scope, beyond, extensions, reflect};
use crate::render::Words;
use crate::revision::Target;
use crate::runner;
use crate::schema::{Entry, Ledger, Models, Object, Places, Schema};
use crate::scratch::{Proof, Proving, Scratch};

/// Take over a database that is there: write what it holds as the first revision, and mark it as applied
///
/// Nothing in the database is changed but autogen's own history. What the entities declare and the database has is
/// theirs from now on; everything else in it is left alone, now and later.
#[derive(Debug, Args)]
pub(crate) struct Baseline {
    /// What the revision is called
    #[arg(default_value = "baseline")]
    message: String,
    /// The new revision's id, instead of 12 random hex digits
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
    #[command(flatten)]
    waiting: Waiting,
}

/// Runs the command.
pub(crate) async fn run(args: Baseline, global: &Global) -> Result<()> {
    if global.config()?.format == Format::SeaOrm {
        return of_migrator(&args, global).await;
    }
    let work = Work::open(global)?;
    let namespace = &work.config.default_namespace;
    refuse_history(&work.folder)?;
    let revision = new_revision(&work.config, &args.message, args.rev_id.as_deref(), Vec::new())?;
    let declared = read_declared(&work.config, global, true)?;
    let scope = scope(&work.config, &declared, &Ledger::default());
    let mut conn = interruptible(connect(&work.target)).await?;
    if !runner::applied(&mut conn, &work.folder, namespace).await?.is_empty() {
        return Err(Error::new(Kind::Refused, "the database has a history already, and the folder has none")
            .hint("check out the revisions that it was made with, or forget them: autogen stamp base --purge"));
    }
    let scope = known_strangers(scope, Some(&mut conn)).await?;
    let current = reflect(&mut conn, &scope).await?;
    let beyond = beyond(&mut conn, &scope).await?;
    refuse_extensions(&work.config, &extensions(&mut conn).await?)?;
    let progress = Progress::new(global.quiet);
    let scratch =
        interruptible(start_scratch(&work.config, Some(&mut conn), args.scratch_on_target, &progress)).await?;
    progress.step("proving the baseline");
    let proved = interruptible(prove(&scratch, Plan { revision, ..Plan::default() }, &current, &scope)).await;
    progress.clear();
    let stopped = scratch.stop().await;
    let (plan, proof, lines) = proved.map_err(|error| {
        error.hint(
            "what the tables need and autogen does not plan (domains, functions, collations) goes into a file: \
             [scratch] setup = \"scratch.sql\" in autogen.toml",
        )
    })?;
    stopped?;
    let added = agreed(&current, &declared.models).into_iter().collect();
    let path = work.folder.write(&plan, Some(&proof.version), &LedgerChanges { added, removed: Vec::new() })?;
    report::operations(&lines);
    report::success(&format!("created {}", work.config.shown_path(&path)));
    if !beyond.is_empty() {
        report::not_carried(&beyond, namespace);
    }
    run_hooks(&work.folder, &path, global)?;
    let folder = Folder::load(&work.config)?;
    let mut walk = Walk::new(global);
    let running = args.waiting.over(&work.config.runner);
    let database = work.database(&running, false);
    runner::stamp(&database, &folder, &[Target::head()], false, &mut |event| walk.event(&event)).await?;
    report::success("the database was not changed and counts as being at head");
    if declared.models.schema.tables.is_empty() && !current.tables.is_empty() && !global.quiet {
        report::talk("no entity declares any of it: autogen pull --all   writes entities");
    }
    Ok(())
}

/// Where a Migrator lists the migrations, these are the history: only what is owned is written down.
async fn of_migrator(args: &Baseline, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let declared = read_declared(&config, global, false)?.beside(&folder);
    let scope = scope(&config, &declared, &folder.ledger());
    let mut live = match config.target()? {
        Some(target) => Some(interruptible(connect(&target)).await?),
        None => None,
    };
    let scope = known_strangers(scope, live.as_mut()).await?;
    let current = match live_schema(&folder, live.as_mut(), &scope).await? {
        Some(current) => current,
        None => {
            let progress = Progress::new(global.quiet);
            let scratch = interruptible(start_scratch(&config, None, args.scratch_on_target, &progress)).await?;
            progress.clear();
            let replayed = interruptible(replay(&scratch, &folder, &scope, None, global.quiet)).await;
            let stopped = scratch.stop().await;
            let (_, current) = replayed?;
            stopped?;
            current
        }
    };
    let overlay = overlay::overlay(&current, &declared.models, &folder.ledger(), false);
    let added: Vec<Entry> = agreed(&current, &declared.models).into_iter().collect();
    let count = added.len();
    folder.record_baseline(&LedgerChanges { added, removed: Vec::new() })?;
    let file = config.shown_path(&config.script_location.join(LEDGER_FILE));
    if global.json {
        report::json(&serde_json::json!({ "owned": count, "ledger": file }));
        return Ok(());
    }
    report::success(&format!("{count} objects are declared and there, and owned from now on: {file}"));
    if !global.quiet {
        report::left_alone(&overlay, &current, global.verbose > 0, &config.default_namespace);
        report::talk("no revision is written: the migrations of the project are the history");
        report::talk("what differs, if anything: autogen check");
    }
    Ok(())
}

fn refuse_history(folder: &Folder) -> Result<()> {
    if folder.migrations().is_empty() {
        return Ok(());
    }
    Err(Error::new(Kind::Refused, "there is a history already: a baseline is the first revision")
        .hint("to mark the database as being at its head without running anything: autogen stamp head"))
}

/// The first revision runs on databases that `db init` made; what is not configured is not there.
fn refuse_extensions(config: &Config, live: &[String]) -> Result<()> {
    let quoted = |name: &String| format!("\"{name}\"");
    let missing: Vec<String> = live.iter().filter(|name| !config.extensions.contains(name)).map(quoted).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let all: Vec<String> = config.extensions.iter().map(quoted).chain(missing.clone()).collect();
    Err(Error::new(
        Kind::Refused,
        format!("the database has extensions that are not configured: {}", missing.join(", ")),
    )
    .hint(format!("write into autogen.toml: extensions = [{}]", all.join(", "))))
}

/// The plan that makes `current` from nothing, proved.
async fn prove(scratch: &Scratch, plan: Plan, current: &Schema, scope: &Scope) -> Result<(Plan, Proof, Vec<Line>)> {
    let (start, bench) = (scratch.database().await?, scratch.database().await?);
    let mut conn = start.connect().await?;
    let nothing = reflect(&mut conn, scope).await?;
    // A database that is to be proved on must be ours alone.
    let _ = sqlx::Connection::close(conn).await;
    let plain = current.clone().without_privileges();
    let operations = diff(&nothing, &plain);
    let kept = plain.tables.iter().map(|it| (it.name.clone(), it.kept.clone())).collect();
    let words = Words { kept, ..Words::new(&scope.default_namespace) };
    let plan = Plan::new(plan.revision, &operations, &Places::new(), &words, &words);
    let lines = Line::of(&operations, &words, &Places::new());
    let proving = Proving {
        start: &start,
        bench: &bench,
        plan: &plan,
        operations: &operations,
        up: &words,
        down: &words,
        desired: current,
        scope,
    };
    let proof = scratch.prove(&proving).await?;
    Ok((plan, proof, lines))
}

/// What both the entities declare and the database has. Facts follow with the first `create`, which compares them.
fn agreed(current: &Schema, models: &Models) -> BTreeSet<Entry> {
    let there: BTreeSet<Object> = current.objects().collect();
    let declared = overlay::overlay(current, models, &Ledger::default(), false).declared;
    declared.into_iter().filter(|entry| entry.fact.is_none() && there.contains(&entry.object)).collect()
}
