//! `autogen create`: from the entities to a proved migration.

use std::path::{Path, PathBuf};

use clap::Args;
use sqlx::{Connection, PgConnection};

use super::amend::{nothing_left, rewind};
use super::answers::{ExpressionAnswer, OldName, RenameAnswer, by_column, configured, gone, renames};
use super::answers_file::AnswersFile;
use super::asking::ask;
use super::comparison::{Answers, Comparison, compare, start_scratch};
use super::declared::{Declared, origin, read_declared, scope};
use super::global::Global;
use super::interruptible;
use super::migrator::{replay, sql_only};
use super::place::Place;
use super::post_write::run_hooks;
use super::report::{self, Line, Progress};
use super::review::page_of;
use super::unanswered::{refuse_unanswered, shell_word};
use super::unmanaged::known_strangers;
use super::unseen::refuse_unseen;
use crate::config::{Config, connect};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::expectation::{Expectation, expectations};
use crate::migration::{Folder, LedgerChanges, Plan};
use crate::overlay::applicable;
use crate::reflect::{Scope, reflect};
use crate::runner;
use crate::schema::{Entry, Ledger, Schema};
use crate::scratch::{Database, Proof, Proving, Scratch};
use crate::survey::survey;

/// Write a migration from what the entities say and the database does not
///
/// Compares the entities with the database (which must be at head), or without one with the history replayed on a
/// scratch server. Writes one SQL file with an upgrade and a downgrade, after proving both on scratch.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What changes, in a few words: `add user profile fields`
    #[arg(value_name = "MESSAGE", required_unless_present_any = ["message", "amend"])]
    words: Option<String>,
    /// The same as an option
    #[arg(short, long, conflicts_with = "words")]
    message: Option<String>,
    #[command(flatten)]
    place: Place,
    /// Write the head anew, which nobody else has yet: same id, and same message unless another is given. Where it is
    /// applied, it is taken back first
    #[arg(long, conflicts_with_all = ["rev_id", "head", "splice", "branch_label", "depends_on", "version_path"])]
    amend: bool,
    /// Answer yes: with --amend, that an applied revision is taken back
    #[arg(long, short)]
    yes: bool,
    /// Write an empty migration to be edited by hand
    #[arg(long, alias = "empty")]
    no_autogenerate: bool,
    /// Compare with the history replayed on scratch, whatever database is configured
    #[arg(long)]
    from_history: bool,
    /// What is done anyway: compare, as Alembic's `revision --autogenerate`
    #[arg(long, hide = true, conflicts_with = "no_autogenerate")]
    autogenerate: bool,
    /// Write its review into this file too, one page of HTML
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    review: Option<PathBuf>,
    /// Print the file instead of writing it
    #[arg(long)]
    dry_run: bool,
    /// It is a rename: `users.name=full_name`, `users=people`
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<RenameAnswer>,
    /// No drop and add is a rename, or not that of OLD: the old values may go
    #[arg(long, value_name = "OLD", num_args = 0..=1, require_equals = true, default_missing_value = OldName::ALL)]
    no_rename: Vec<OldName>,
    /// What existing rows get where a column becomes NOT NULL: `users.bio="''"`
    #[arg(long, value_name = "COLUMN=SQL")]
    fill: Vec<ExpressionAnswer>,
    /// How values become the new type where Postgres has no cast: `users.age='length(age)'`
    #[arg(long, value_name = "COLUMN=SQL")]
    using: Vec<ExpressionAnswer>,
    /// The same for the downgrade
    #[arg(long, value_name = "COLUMN=SQL")]
    using_down: Vec<ExpressionAnswer>,
    /// Read answers from this TOML file too: [renames], [fill], [using], [using_down], no_rename, allow_drops, yes
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Let others read and write meanwhile: indexes, foreign keys, checks, uniques and NOT NULLs of tables that stay are
    /// built and validated in steps of their own, outside of the transaction
    #[arg(long)]
    online: bool,
    /// Drop what the entities do not declare, whoever made it
    #[arg(long)]
    strict: bool,
    /// Drop more than a third of the tables
    #[arg(long)]
    allow_drops: bool,
    /// Write the file without proving it
    #[arg(long)]
    no_prove: bool,
    /// The new revision's id, instead of 12 random hex digits
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
}

impl Create {
    /// What changes, wherever it was said.
    fn message(&self) -> &str {
        self.words.as_deref().or(self.message.as_deref()).unwrap_or_default()
    }

    /// The same with what the file of `--answers` says.
    fn answered(mut self, global: &Global) -> Result<Self> {
        let Some(path) = &self.answers else { return Ok(self) };
        let file = AnswersFile::read(&global.folder()?, path)?;
        self.yes |= file.yes;
        self.allow_drops |= file.allow_drops;
        self.no_rename.extend(file.no_rename);
        self.rename.extend(file.rename);
        self.fill.extend(file.fill);
        self.using.extend(file.using);
        self.using_down.extend(file.using_down);
        Ok(self)
    }
}

/// Runs the command.
pub(crate) async fn run(args: Create, global: &Global) -> Result<()> {
    let args = args.answered(global)?;
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    if !global.quiet {
        report::unlisted(&folder.unlisted());
    }
    if args.amend {
        let instead = "autogen downgrade -1, delete its file and its two lines in the Migrator, and create it again";
        sql_only(&config, "--amend writes a file anew", instead)?;
    }
    if args.online {
        let instead =
            "write the statement by hand into a migration of its own: autogen create MESSAGE --no-autogenerate";
        sql_only(&config, "--online parts a revision into steps that the journal keeps", instead)?;
    }
    let (folder, revision) = match args.amend {
        true => {
            let live = !args.from_history && !args.dry_run;
            rewind(&folder, args.message(), live, args.yes, global).await?
        }
        false => {
            let revision = args.place.revision(&config, &folder, args.message(), args.rev_id.as_deref())?;
            (folder, revision)
        }
    };
    if args.no_autogenerate {
        return empty(&folder, &config, Plan { revision, ..Plan::default() }, &args, global);
    }
    let progress = Progress::new(global.quiet);
    let declared = read_declared(&config, global, args.allow_drops)?.beside(&folder);
    let scope = scope(&config, &declared, &folder.ledger());
    let mut live = if args.from_history { None } else { interruptible(live_at_head(&config, &folder)).await? };
    let scope = known_strangers(scope, live.as_mut()).await?;
    let scratch = interruptible(start_scratch(&config, live.as_mut(), args.scratch_on_target, &progress)).await?;
    let schema = match &mut live {
        Some(conn) => Some(reflect(conn, &scope).await?),
        None => None,
    };
    if !global.quiet && !global.json {
        progress.clear();
        report::talk(&format!("{}\n", comparing(&declared, &folder, live.is_some(), &scratch, &config)));
    }
    let creation =
        Creation { args: &args, global, config: &config, folder: &folder, declared: &declared, scope: &scope };
    let id = revision.id.clone();
    let plan = Plan { revision, ..Plan::default() };
    let live = live.zip(schema);
    let outcome = interruptible(creation.run(&scratch, &progress, plan, live)).await;
    progress.clear();
    // What was proved is written; a server that does not stop is said, but changes nothing about that.
    let stopped = scratch.stop().await;
    outcome.and(stopped)?;
    match &args.review {
        Some(file) => page_of(&config, &id, file, args.scratch_on_target, global).await,
        None => Ok(()),
    }
}

/// A migration to be filled in by hand.
fn empty(folder: &Folder, config: &Config, plan: Plan, args: &Create, global: &Global) -> Result<()> {
    if args.dry_run {
        report::data(&folder.text(&plan)?);
        return Ok(());
    }
    let path = args.place.write(folder, &plan, None, &LedgerChanges::default())?;
    report::success(&format!("created {}", config.shown_path(&path)));
    if !args.place.edit {
        report::talk("fill in both sections, then run: autogen upgrade");
    }
    run_hooks(folder, &path, global)?;
    args.place.open(config, &path, &plan.revision)
}

/// The database, if one is configured: it must be where the history is.
async fn live_at_head(config: &Config, folder: &Folder) -> Result<Option<PgConnection>> {
    let Some(target) = config.target()? else { return Ok(None) };
    let mut conn = connect(&target).await?;
    runner::require_head(&mut conn, folder, &config.default_namespace).await?;
    Ok(Some(conn))
}

fn comparing(declared: &Declared, folder: &Folder, live: bool, scratch: &Scratch, config: &Config) -> String {
    let tables = match declared.models.schema.tables.len() {
        // How many the extras make, scratch will know.
        0 => String::new(),
        1 => ": 1 table".to_owned(),
        count => format!(": {count} tables"),
    };
    let revisions = folder.migrations().len();
    let with = match (live, revisions) {
        (true, _) => "the database".to_owned(),
        (false, 0) => "an empty history: everything will be created".to_owned(),
        (false, 1) => "the history, 1 revision".to_owned(),
        (false, count) => format!("the history, {count} revisions"),
    };
    format!("{}{tables}, compared with {with}\nscratch: {}", origin(config), scratch.origin())
}

/// One run of the command.
struct Creation<'a> {
    args: &'a Create,
    global: &'a Global,
    config: &'a Config,
    folder: &'a Folder,
    declared: &'a Declared,
    scope: &'a Scope,
}

impl Creation<'_> {
    /// The straight line from two states to a file.
    async fn run(
        &self,
        scratch: &Scratch,
        progress: &Progress,
        plan: Plan,
        live: Option<(PgConnection, Schema)>,
    ) -> Result<()> {
        let (mut database, live) = live.unzip();
        progress.step("replaying the history");
        let State { start, current, history } = self.state(scratch, live).await?;
        progress.step("comparing");
        let ledger = self.folder.ledger();
        let mut answers = self.answers(&current)?;
        let (bench, comparison) = loop {
            let bench = scratch.copy(&start).await?;
            let comparison = compare(scratch, &bench, &current, self.declared, &ledger, self.scope, &answers).await?;
            progress.clear();
            if !ask(&comparison, &mut answers, self.global)? {
                break (bench, if self.args.online { comparison.online() } else { comparison });
            }
            bench.drop().await?;
        };
        self.say_flags(&answers);
        let changes = ledger_changes(&ledger, &comparison.overlay.declared);
        refuse_unanswered(&comparison, &answers)?;
        if comparison.operations.is_empty() {
            if let Some(history) = &history {
                self.refuse_unwritten(scratch, history, &ledger).await?;
            }
            if self.args.amend {
                return Err(nothing_left(&plan.revision));
            }
            if !self.args.dry_run {
                self.folder.record_baseline(&changes)?;
            }
            progress.clear();
            return self.report(&comparison, Vec::new(), &plan, None, None);
        }
        if let Some(conn) = &mut database {
            refuse_unseen(&comparison, self.scope, conn).await?;
        }
        let Comparison { operations, desired_on_scratch: desired, places, up, down, .. } = &comparison;
        let plan = Plan::new(plan.revision, operations, places, up, down);
        let plan = plan.answered(&comparison.answered, &self.config.default_namespace);
        let proof = if self.args.no_prove {
            None
        } else {
            progress.step("proving: upgrade, downgrade, upgrade");
            let proving =
                Proving { start: &start, bench: &bench, plan: &plan, operations, up, down, desired, scope: self.scope };
            let proof = scratch.prove(&proving).await.map_err(|error| self.without_online(error))?;
            if let Some(history) = &history {
                scratch.replays(history, &plan, self.scope).await.map_err(not_in_the_history)?;
                self.refuse_unwritten(scratch, history, &ledger).await?;
            }
            Some(proof)
        };
        let lines = self.lines(&comparison, database.as_mut(), progress).await?;
        progress.clear();
        let path = if self.args.dry_run {
            None
        } else {
            let version = proof.as_ref().map(|proof| proof.version.as_str());
            Some(self.args.place.write(self.folder, &plan, version, &changes)?)
        };
        self.report(&comparison, lines, &plan, proof.as_ref(), path.as_deref())?;
        path.map_or(Ok(()), |path| {
            run_hooks(self.folder, &path, self.global)?;
            self.args.place.open(self.config, &path, &plan.revision)
        })
    }

    /// What will change, and what the rows that are there say of it.
    async fn lines(
        &self,
        comparison: &Comparison,
        database: Option<&mut PgConnection>,
        progress: &Progress,
    ) -> Result<Vec<Line>> {
        let Comparison { operations, up, places, .. } = comparison;
        let expectations = expectations(operations, up);
        let answers = match database {
            None => None,
            Some(conn) => {
                let mut step = |it: &Expectation| progress.step(&format!("looking at rows: {}", it.holds));
                Some(survey(conn, &expectations, &self.config.default_namespace, &mut step).await?)
            }
        };
        Ok(Line::expecting(Line::of(operations, up, places), expectations, answers))
    }

    /// The state to compare with, and a scratch database that is in it.
    async fn state(&self, scratch: &Scratch, live: Option<Schema>) -> Result<State> {
        let (start, replayed) = replay(scratch, self.folder, self.scope, live.as_ref(), self.global.quiet).await?;
        if self.folder.migrator().is_some() {
            return Ok(State { start, current: replayed, history: None });
        }
        let Some(schema) = live else {
            return Ok(State { start, current: replayed, history: None });
        };
        self.refuse_foreign_database(&schema)?;
        let drift = diff(&replayed, &schema);
        let history = if drift.is_empty() { None } else { Some(scratch.copy(&start).await?) };
        scratch.lift(&start, &drift, &schema, self.scope).await?;
        Ok(State { start, current: schema, history })
    }

    /// A filled database without a history is somebody's: nothing is taken over unasked.
    fn refuse_foreign_database(&self, live: &Schema) -> Result<()> {
        if !self.folder.migrations().is_empty() || live.tables.is_empty() {
            return Ok(());
        }
        Err(Error::new(Kind::Refused, format!("the database has {} tables and there is no history", live.tables.len()))
            .hint("take over what is there as the first revision: autogen baseline"))
    }

    /// What somebody made in the database by hand and the entities declare now is nowhere in the history: other
    /// databases would never get it.
    async fn refuse_unwritten(&self, scratch: &Scratch, history: &Database, ledger: &Ledger) -> Result<()> {
        let mut conn = history.connect().await?;
        let replayed = reflect(&mut conn, self.scope).await?;
        let _ = conn.close().await;
        let renames = configured(self.folder, &replayed)?;
        let answers = Answers { renames, strict: self.args.strict, ..Answers::default() };
        let unwritten = compare(scratch, history, &replayed, self.declared, ledger, self.scope, &answers).await?;
        if unwritten.operations.is_empty() {
            return Ok(());
        }
        report::operations_as_talk(&Line::of(&unwritten.operations, &unwritten.up, &unwritten.places));
        Err(Error::new(Kind::Refused, "the database has what the entities declare, and the history has not")
            .hint("write it into the history: autogen create MESSAGE --from-history")
            .hint("then mark this database: autogen stamp head   (what it lacks of the revision, apply by hand first)"))
    }

    fn answers(&self, current: &Schema) -> Result<Answers> {
        let namespace = &self.config.default_namespace;
        let answered = renames(&self.args.rename, current, namespace)?;
        let renames = [answered, configured(self.folder, current)?].concat();
        let (all, some): (Vec<&OldName>, Vec<&OldName>) = self.args.no_rename.iter().partition(|it| it.is_all());
        let before = applicable(&[renames.as_slice(), &self.declared.models.renames].concat(), current).renames;
        Ok(Answers {
            renames,
            no_rename: !all.is_empty(),
            gone: gone(&some, current, &before, namespace)?,
            fills: by_column(&self.args.fill, "--fill", namespace)?,
            using: by_column(&self.args.using, "--using", namespace)?,
            using_down: by_column(&self.args.using_down, "--using-down", namespace)?,
            allow_drops: self.args.allow_drops,
            strict: self.args.strict,
            ..Answers::default()
        })
    }

    /// What was answered at the prompt, as flags of the next run.
    fn say_flags(&self, answers: &Answers) {
        if !answers.flags.is_empty() && !self.global.quiet {
            let message = shell_word(self.args.message());
            report::talk(&format!(
                "the same without questions:\n  autogen create {message} {}\n",
                answers.flags.join(" ")
            ));
        }
    }

    /// What is put off may be what the rest needs.
    fn without_online(&self, error: Error) -> Error {
        if self.args.online {
            error.hint("or leave --online out: what it puts last may be what something else needs")
        } else {
            error
        }
    }

    fn report(
        &self,
        comparison: &Comparison,
        lines: Vec<Line>,
        plan: &Plan,
        proof: Option<&Proof>,
        path: Option<&Path>,
    ) -> Result<()> {
        if self.global.json {
            report::json(&serde_json::json!({
                "revision": path.map(|_| &plan.revision.id),
                "path": path.map(|path| self.config.shown_path(path)),
                "operations": report::json_operations(&lines),
                "proved": proof.map(|proof| &proof.version),
                "rows": proof.map(|proof| report::json_rows(&proof.rows, &self.config.default_namespace)),
                "left_alone": report::json_left_alone(
                    &comparison.overlay.left_alone, &comparison.renamed, &self.config.default_namespace,
                ),
                "warnings": self.declared.warnings,
            }));
            return Ok(());
        }
        // What is asked for goes to stdout: the file in a dry run, else what will change and the path.
        let dry = self.args.dry_run;
        if dry {
            report::operations_as_talk(&lines);
        } else {
            report::operations(&lines);
        }
        if !self.global.quiet {
            let (all, namespace) = (self.global.verbose > 0, &self.config.default_namespace);
            report::left_alone(&comparison.overlay, &comparison.renamed, all, namespace);
        }
        if lines.is_empty() {
            report::good_news("models and database agree: nothing to do", dry);
        }
        if let Some(proof) = proof {
            report::good_news(&report::proved(proof), dry);
            for line in report::empty_tables(&proof.rows, &self.config.default_namespace) {
                report::talk(&line);
            }
        }
        if dry && !lines.is_empty() {
            report::data(&self.folder.text(plan)?);
        }
        if let Some(path) = path {
            report::success(&format!("created {}", self.config.shown_path(path)));
        }
        if !self.global.quiet {
            report::rows_looked_at(&lines);
        }
        Ok(())
    }
}

/// Where the migration starts.
struct State {
    /// A scratch database in the state of `current`.
    start: Database,
    current: Schema,
    /// Where the database has more than its history: a scratch database in the state of the history alone.
    history: Option<Database>,
}

/// What the database has beside its history, others do not have: there the revision would fail.
fn not_in_the_history(cause: Error) -> Error {
    Error::new(
        Kind::Refused,
        "the migration touches what the database has beside its history: it runs here and nowhere else",
    )
    .caused_by(cause)
    .hint("autogen check   lists how the database differs from its history")
    .hint(
        "write that into a revision by hand (autogen create --no-autogenerate), apply it to the others, and mark it \
         here: autogen stamp head",
    )
    .hint(
        "or, where it may go with its column or table and not come back (an index of [unmanaged]), let the file not \
         name it: autogen create MESSAGE --from-history",
    )
}

/// What the models begin and cease to own.
fn ledger_changes(ledger: &Ledger, declared: &[Entry]) -> LedgerChanges {
    let added = declared.iter().filter(|entry| !ledger.iter().any(|owned| owned == *entry));
    let removed = ledger.iter().filter(|owned| !declared.contains(owned));
    LedgerChanges { added: added.cloned().collect(), removed: removed.cloned().collect() }
}
