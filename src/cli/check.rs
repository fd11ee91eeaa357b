//! `autogen check`: whether entities, history and database agree.

use clap::Args;
use sqlx::PgConnection;

use super::agreed::{Agreed, Memory};
use super::answers::configured;
use super::comparison::{Answers, Comparison, compare, scratch_options, start};
use super::declared::{Declared, read_declared, scope, unreadable};
use super::findings::{failed, findings};
use super::global::Global;
use super::interruptible;
use super::migrator::{live_schema, replay};
use super::report::{self, Form, Line, Progress, ReportFile};
use super::unknown::{Unknown, unknown_columns};
use super::unmanaged::known_strangers;
use crate::config::{Config, connect};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::finding::Findings;
use crate::migration::{Edited, Folder};
use crate::operation::Operation;
use crate::overlay::Overlay;
use crate::reflect::{Scope, reflect};
use crate::render::Words;
use crate::runner;
use crate::schema::{Places, Schema};
use crate::scratch::{Database, Scratch, Unprintable};

/// Check that entities and migrations agree, and the database with both
///
/// Compares the entities with the history replayed on a scratch server. With a database, also compares that history
/// with what is there. Reads only. Exits with 3 where something differs, with 4 where the database is not at head, with 8
/// where the history has several heads.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Report what the entities do not declare, whoever made it
    #[arg(long)]
    strict: bool,
    /// Compare entities with the history alone, whatever database is configured
    #[arg(long)]
    from_history: bool,
    /// What stdout gets; --json is the same as json
    #[arg(long, value_name = "FORM", default_value = "text", conflicts_with = "json")]
    format: Form,
    /// Write the same findings into a file too: `sarif=out/autogen.sarif`, `junit=autogen.xml`; may be repeated
    #[arg(long, value_name = "FORM=FILE")]
    report: Vec<ReportFile>,
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
    /// Compare anew, whatever agreed before
    #[arg(long)]
    no_cache: bool,
}

/// Runs the command.
pub(crate) async fn run(args: Check, global: &Global) -> Result<()> {
    let config = global.config()?;
    let form = if global.json { Form::Json } else { args.format };
    let Check { strict, scratch_on_target, from_history, no_cache, .. } = args;
    let options = Options { strict, scratch_on_target, from_history, no_cache };
    let checked = match check(&config, global, options).await {
        Ok(checked) => checked,
        Err(error) if error.kind() == Kind::Interrupted => return Err(error),
        // Who reads a report is to see why there is nothing in it.
        Err(error) => {
            let findings = failed(&error, unreadable(&config).as_ref());
            args.report.iter().try_for_each(|file| report::write_findings(file, &findings, &config, global))?;
            if form != Form::Text {
                report::findings(form, &findings, &config)?;
            }
            return Err(error);
        }
    };
    let (findings, verdict) = findings(&checked, &config);
    args.report.iter().try_for_each(|file| report::write_findings(file, &findings, &config, global))?;
    match form {
        Form::Text => report::checked(&checked, global, &config),
        Form::Json | Form::Markdown | Form::Github | Form::Gitlab | Form::Sarif | Form::Junit => {
            report::findings(form, &findings, &config)?;
        }
    }
    verdict.map_or(Ok(()), Err)
}

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// What is undeclared counts, whoever made it.
    pub(crate) strict: bool,
    /// Scratch databases may be on the target's own server.
    pub(crate) scratch_on_target: bool,
    /// No database is looked at.
    pub(crate) from_history: bool,
    /// What agreed before is compared anew.
    pub(crate) no_cache: bool,
}

/// What a test asks for.
#[derive(Debug)]
pub(crate) struct Quietly {
    /// The folder of autogen.toml, or one below it.
    pub(crate) folder: std::path::PathBuf,
    /// The database to be compared too.
    pub(crate) database_url: Option<String>,
}

/// What `check` finds; prints nothing.
///
/// # Errors
/// What keeps it from comparing.
pub(crate) async fn check_quietly(asked: Quietly) -> Result<Findings> {
    let Quietly { folder, database_url } = asked;
    let from_history = database_url.is_none();
    let global = Global { directory: Some(folder), database_url, quiet: true, no_input: true, ..Global::default() };
    let config = global.config()?;
    let checked = check(&config, &global, Options { from_history, ..Options::default() }).await?;
    Ok(findings(&checked, &config).0)
}

/// Compares everything with everything. Tells of warnings and of progress, unless it is to be quiet.
pub(crate) async fn check(config: &Config, global: &Global, options: Options) -> Result<Checked> {
    let folder = Folder::load(config)?;
    // Neither `upgrade` nor `create` goes on from there.
    folder.graph().parents_of_next()?;
    let declared = read_declared(config, global, false)?.beside(&folder);
    let scope = scope(config, &declared, &folder.ledger());
    let progress = Progress::new(global.quiet);
    let mut live = match config.target()?.filter(|_| !options.from_history) {
        Some(target) => Some(interruptible(connect(&target)).await?),
        None => None,
    };
    let scope = known_strangers(scope, live.as_mut()).await?;
    let at_head = interruptible(live_schema(&folder, live.as_mut(), &scope)).await?;
    let server = scratch_options(config, live.as_mut(), options.scratch_on_target).await?;
    let memory = Memory::of(&folder, &declared, &scope, &server, options.strict, at_head.as_ref());
    let memory = memory.filter(|_| !options.no_cache);
    let checking =
        Checking { options, config, folder: &folder, declared: &declared, scope: &scope, quiet: global.quiet };
    let recalled = match memory.as_ref().and_then(Memory::recall) {
        Some(agreed) => interruptible(checking.again(agreed, live.as_mut())).await?,
        None => None,
    };
    let (comparison, database) = match recalled {
        Some(found) => found,
        None => {
            let scratch = interruptible(start(config, server, &progress)).await?;
            let found = interruptible(checking.run(&scratch, &progress, live, at_head)).await;
            progress.clear();
            let stopped = scratch.stop().await;
            let found = found?;
            stopped?;
            if let (Some(memory), true) = (&memory, found.0.operations.is_empty()) {
                let (schema, Overlay { left_alone, widened, .. }) = (found.0.renamed.clone(), found.0.overlay.clone());
                memory.keep(&Agreed { schema, left_alone, widened });
            }
            found
        }
    };
    Ok(Checked {
        models: Line::of(&comparison.operations, &comparison.up, &comparison.places),
        unknown: unknown_columns(&comparison, &declared.models),
        comparison,
        database,
        edited: folder.edited(),
        unlisted: folder.unlisted(),
        revisions: folder.migrations().len(),
        declared,
    })
}

/// What was compared, and how it differs.
#[derive(Debug)]
pub(crate) struct Checked {
    /// What is declared, with what looks wrong in it.
    pub(crate) declared: Declared,
    /// How many revisions there are.
    pub(crate) revisions: usize,
    /// What the next migration would hold.
    pub(crate) models: Vec<Line>,
    /// Columns that every insert must fill and the entity does not know.
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) comparison: Comparison,
    pub(crate) database: Option<Live>,
    /// Files that are no longer what was written down.
    pub(crate) edited: Vec<Edited>,
    /// Files of migrations that nobody lists.
    pub(crate) unlisted: Vec<String>,
}

/// What was found about the database.
#[derive(Debug)]
pub(crate) struct Live {
    /// Why it is not at head; then it is not compared.
    pub(crate) behind: Option<Error>,
    /// How it differs from its history.
    pub(crate) drift: Vec<Line>,
    /// Applied revisions whose files were edited since.
    pub(crate) edited: Vec<runner::EditedSince>,
}

/// One run of the command.
struct Checking<'a> {
    options: Options,
    config: &'a Config,
    folder: &'a Folder,
    declared: &'a Declared,
    scope: &'a Scope,
    quiet: bool,
}

impl Checking<'_> {
    /// What is found where models and history agreed before. `None` where the database has become another since: how it
    /// differs, only a comparison on scratch can tell.
    async fn again(
        &self,
        agreed: Agreed,
        live: Option<&mut PgConnection>,
    ) -> Result<Option<(Comparison, Option<Live>)>> {
        let database = match live {
            None => None,
            Some(conn) => {
                let found = self.state(conn).await?;
                if found.behind.is_none() {
                    let drift = diff(&agreed.schema, &reflect(conn, self.scope).await?);
                    if drift.iter().any(|it| self.is_managed(it)) {
                        return Ok(None);
                    }
                }
                Some(found)
            }
        };
        Ok(Some((Comparison::agreed(agreed, &self.config.default_namespace), database)))
    }

    fn is_managed(&self, operation: &Operation) -> bool {
        self.scope.unmanaged.rule(&operation.object()).is_none()
    }

    /// Where the database stands, before it is compared.
    async fn state(&self, conn: &mut PgConnection) -> Result<Live> {
        let edited = runner::edited_since(conn, self.folder, &self.config.default_namespace).await?;
        let behind = match runner::require_head(conn, self.folder, &self.config.default_namespace).await {
            Ok(()) => None,
            Err(error) if error.kind() == Kind::NotAtHead => Some(error),
            Err(error) => return Err(error),
        };
        Ok(Live { behind, drift: Vec::new(), edited })
    }

    async fn run(
        &self,
        scratch: &Scratch,
        progress: &Progress,
        live: Option<PgConnection>,
        at_head: Option<Schema>,
    ) -> Result<(Comparison, Option<Live>)> {
        progress.step("replaying the history");
        let (start, replayed) = replay(scratch, self.folder, self.scope, at_head.as_ref(), self.quiet).await?;
        progress.step("comparing");
        let renames = configured(self.folder, &replayed)?;
        let answers = Answers { renames, strict: self.options.strict, ..Answers::default() };
        let bench = scratch.copy(&start).await?;
        let ledger = self.folder.ledger();
        let comparison = compare(scratch, &bench, &replayed, self.declared, &ledger, self.scope, &answers).await?;
        let database = match live {
            None => None,
            Some(mut conn) => Some(self.live(scratch, (&start, &bench), &replayed, &mut conn).await?),
        };
        Ok((comparison, database))
    }

    async fn live(
        &self,
        scratch: &Scratch,
        (start, bench): (&Database, &Database),
        replayed: &Schema,
        conn: &mut PgConnection,
    ) -> Result<Live> {
        let found = self.state(conn).await?;
        if found.behind.is_some() {
            return Ok(found);
        }
        let live = reflect(conn, self.scope).await?;
        let mut drift = diff(replayed, &live);
        if !drift.is_empty() {
            // Another major may print the same in other words.
            let live = self.printed_by_scratch(scratch, start, replayed, live).await?;
            let (replayed, live) = scratch.same_words(bench, replayed, &live, self.scope).await?;
            drift = diff(&replayed, &live);
        }
        drift.retain(|it| self.is_managed(it));
        let words = Words::new(&self.config.default_namespace);
        Ok(Live { drift: Line::of(&drift, &words, &Places::new()), ..found })
    }

    /// What scratch cannot make of the live database (for want of an extension) keeps the words of that.
    async fn printed_by_scratch(
        &self,
        scratch: &Scratch,
        start: &Database,
        replayed: &Schema,
        live: Schema,
    ) -> Result<Schema> {
        if replayed.definitions == live.definitions {
            return Ok(live);
        }
        let stage = scratch.copy(start).await?;
        match scratch.define(stage, replayed, &live, self.scope).await {
            Ok(defined) => Ok(defined.desired),
            Err(Unprintable::Refused { .. }) => Ok(live),
            Err(Unprintable::Failed(error)) => Err(error),
        }
    }
}
