//! `autogen check`: whether entities, history and database agree.

use clap::Args;
use sqlx::PgConnection;

use super::answers::configured;
use super::comparison::{Answers, Comparison, compare, start_scratch};
use super::declared::{Declared, read_declared, scope};
use super::global::Global;
use super::interruptible;
use super::migrator::{live_schema, replay};
use super::report::{self, Line, Progress};
use super::unanswered::{open_candidates, shown_candidate};
use super::unmanaged::known_strangers;
use crate::config::{Config, connect};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::introspect::Diagnostics;
use crate::migration::{Edited, Folder};
use crate::overlay;
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
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
}

/// Runs the command.
pub(crate) async fn run(args: Check, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    // Neither `upgrade` nor `create` goes on from there.
    folder.graph().parents_of_next()?;
    let declared = read_declared(&config, global, false)?.beside(&folder);
    let scope = scope(&config, &declared, &folder.ledger());
    let progress = Progress::new(global.quiet);
    let mut live = match config.target()? {
        Some(target) => Some(interruptible(connect(&target)).await?),
        None => None,
    };
    let scope = known_strangers(scope, live.as_mut()).await?;
    let scratch = interruptible(start_scratch(&config, live.as_mut(), args.scratch_on_target, &progress)).await?;
    let checking = Checking {
        args: &args,
        config: &config,
        folder: &folder,
        declared: &declared,
        scope: &scope,
        quiet: global.quiet,
    };
    let findings = interruptible(checking.run(&scratch, &progress, live)).await;
    progress.clear();
    let stopped = scratch.stop().await;
    let findings = findings?;
    stopped?;
    findings.report(global, &config, &declared.warnings);
    findings.verdict()
}

/// One run of the command.
struct Checking<'a> {
    args: &'a Check,
    config: &'a Config,
    folder: &'a Folder,
    declared: &'a Declared,
    scope: &'a Scope,
    quiet: bool,
}

/// What was found.
struct Findings {
    /// What the next migration would hold.
    models: Vec<Line>,
    comparison: Comparison,
    database: Option<Live>,
    /// Files that are no longer what was written down.
    edited: Vec<Edited>,
}

/// What was found about the database.
struct Live {
    /// Why it is not at head; then it is not compared.
    behind: Option<Error>,
    /// How it differs from its history.
    drift: Vec<Line>,
    /// Applied revisions whose files were edited since.
    edited: Vec<runner::EditedSince>,
}

impl Checking<'_> {
    async fn run(&self, scratch: &Scratch, progress: &Progress, mut live: Option<PgConnection>) -> Result<Findings> {
        progress.step("replaying the history");
        let at_head = live_schema(self.folder, live.as_mut(), self.scope).await?;
        let (start, replayed) = replay(scratch, self.folder, self.scope, at_head.as_ref(), self.quiet).await?;
        progress.step("comparing");
        let renames = configured(self.folder, &replayed)?;
        let answers = Answers { renames, strict: self.args.strict, ..Answers::default() };
        let bench = scratch.copy(&start).await?;
        let ledger = self.folder.ledger();
        let comparison = compare(scratch, &bench, &replayed, self.declared, &ledger, self.scope, &answers).await?;
        let database = match live {
            None => None,
            Some(mut conn) => Some(self.live(scratch, (&start, &bench), &replayed, &mut conn).await?),
        };
        Ok(Findings {
            models: Line::of(&comparison.operations, &comparison.up, &comparison.places),
            comparison,
            database,
            edited: self.folder.edited(),
        })
    }

    async fn live(
        &self,
        scratch: &Scratch,
        (start, bench): (&Database, &Database),
        replayed: &Schema,
        conn: &mut PgConnection,
    ) -> Result<Live> {
        let edited = runner::edited_since(conn, self.folder, &self.config.default_namespace).await?;
        match runner::require_head(conn, self.folder, &self.config.default_namespace).await {
            Ok(()) => {}
            Err(error) if error.kind() == Kind::NotAtHead => {
                return Ok(Live { behind: Some(error), drift: Vec::new(), edited });
            }
            Err(error) => return Err(error),
        }
        let live = reflect(conn, self.scope).await?;
        let mut drift = diff(replayed, &live);
        if !drift.is_empty() {
            // Another major may print the same in other words.
            let live = self.printed_by_scratch(scratch, start, replayed, live).await?;
            let (replayed, live) = scratch.same_words(bench, replayed, &live, self.scope).await?;
            drift = diff(&replayed, &live);
        }
        drift.retain(|it| self.scope.unmanaged.rule(&it.object()).is_none());
        let words = Words::new(&self.config.default_namespace);
        Ok(Live { behind: None, drift: Line::of(&drift, &words, &Places::new()), edited })
    }
}

impl Checking<'_> {
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

impl Findings {
    fn report(&self, global: &Global, config: &Config, warnings: &Diagnostics) {
        if global.json {
            report::json(&serde_json::json!({
                "models": report::json_operations(&self.models),
                "database": self.database.as_ref().map(|live| serde_json::json!({
                    "at_head": live.behind.is_none(),
                    "drift": report::json_operations(&live.drift),
                    "edited_after_applied": live.edited.iter().map(|it| &it.revision.id).collect::<Vec<_>>(),
                })),
                "left_alone": report::json_left_alone(
                    &self.comparison.overlay.left_alone, &self.comparison.renamed, &config.default_namespace,
                ),
                "edited": self.edited.iter().map(|it| &it.revision).collect::<Vec<_>>(),
                "warnings": warnings,
            }));
            return;
        }
        if !self.models.is_empty() {
            report::heading("models and migrations differ; the next migration would be");
            report::operations(&self.models);
        } else {
            report::success("models and migrations agree");
        }
        match &self.database {
            None => {}
            Some(Live { behind: Some(error), .. }) if !self.models.is_empty() => report::talk(&error.to_string()),
            Some(Live { behind: Some(_), .. }) => {}
            Some(live) if live.drift.is_empty() => report::success("the database is at head and agrees"),
            Some(live) => {
                report::heading("database drift: beside its history, the database has these changes");
                report::operations(&live.drift);
            }
        }
        if !global.quiet {
            let (left_alone, renamed) = (&self.comparison.overlay.left_alone, &self.comparison.renamed);
            report::left_alone(left_alone, renamed, global.verbose > 0, &config.default_namespace);
            report::edited(&self.edited);
            self.database.iter().for_each(|live| report::edited_since(&live.edited));
        }
    }

    /// The exit code: differences before a database that is behind.
    fn verdict(self) -> Result<()> {
        if !self.models.is_empty() {
            let error = Error::new(Kind::Different, "the entities differ from what the migrations make");
            let error = match overlay::mass_drop(&self.comparison.renamed, &self.comparison.desired) {
                Some((dropped, all)) => error.hint(format!(
                    "{dropped} of {all} tables would be dropped: did the reader see all entities? look at \
                     `[entities] path` in autogen.toml"
                )),
                None => error,
            };
            let candidates = open_candidates(&self.comparison, &Answers::default());
            let error = candidates.iter().fold(error, |error, it| {
                let namespace = &self.comparison.up.default_namespace;
                error.hint(format!("this looks like a rename: {}", shown_candidate(it, namespace)))
            });
            return Err(error.hint("write the migration: autogen create \"what changes\""));
        }
        match self.database {
            Some(Live { behind: Some(error), .. }) => Err(error),
            Some(live) if !live.drift.is_empty() => {
                Err(Error::new(Kind::Different, "the database was changed beside its history")
                    .hint("bring it into the entities and write a migration, or take it back by hand"))
            }
            Some(_) | None => Ok(()),
        }
    }
}
