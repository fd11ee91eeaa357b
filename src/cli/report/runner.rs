//! What the commands around the runner say, in the words of Alembic where it has them.

use serde_json::json;

use super::history::or_base;
use super::out::println;
use super::{Progress, json as print_json, notices, success, talk};
use crate::cli::found::{EntityPlace, Found};
use crate::cli::global::Global;
use crate::execute::{self, Direction, Unfinished};
use crate::migration::{Migration, Migrator};
use crate::revision::{Id, Revision};
use crate::runner::{Applied, EditedSince, Event, Initialised};

/// A run over revisions while it goes.
pub(crate) struct Walk {
    progress: Progress,
    quiet: bool,
    verbose: bool,
    json: bool,
}

impl Walk {
    pub(crate) fn new(global: &Global) -> Self {
        let progress = Progress::new(global.quiet);
        notices::show(&progress, global.verbose > 0);
        Self { progress, quiet: global.quiet, verbose: global.verbose > 0, json: global.json }
    }

    /// Whether anybody sees how far a statement is: a terminal.
    pub(crate) fn watches(&self) -> bool {
        self.progress.is_seen()
    }

    fn say(&self, text: &str) {
        if !self.quiet {
            self.progress.clear();
            talk(text);
        }
    }

    /// Tells what goes on.
    pub(crate) fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::WaitingForLock { holder } => {
                let who = holder.as_deref().map(|holder| format!(": {holder}")).unwrap_or_default();
                self.say(&format!("Waiting for another runner{who}"));
            }
            Event::Edited { revision, applied, file } => {
                self.say(&format!("warning: {} was edited after it was applied here", revision.title()));
                self.say(difference(*applied, file).trim_end());
            }
            Event::FromDatabase(revision) => {
                self.say(&format!("{} is taken back by the text that the database has kept", revision.title()));
            }
            Event::Progress(progress) => {
                self.progress.of(&progress.what, &progress.phase, progress.done, progress.total)
            }
            Event::Upgrade(revision) => {
                let Revision { id, message, .. } = revision;
                self.say(&format!("Running upgrade {} -> {id}, {message}", revision.parents.join(", ")));
            }
            Event::Downgrade(revision) => {
                let Revision { id, message, .. } = revision;
                self.say(&format!("Running downgrade {id} -> {}, {message}", revision.parents.join(", ")));
            }
            Event::Stamp { from, to } => {
                self.say(&format!("Running stamp_revision {} -> {}", from.join(", "), to.join(", ")));
            }
            Event::Step(event) => self.step(event),
        }
    }

    fn step(&mut self, event: &execute::Event<'_>) {
        match event {
            execute::Event::Step { number, of, step } => {
                if self.verbose {
                    for statement in &step.statements {
                        self.say(&format!("{};", statement.sql));
                    }
                }
                let first = step.statements.first().map_or("", |statement| statement.sql.as_str());
                let first: String = first.lines().next().unwrap_or_default().chars().take(60).collect();
                self.progress.step(&format!("step {number} of {of}: {first}"));
            }
            execute::Event::Resumed { done, of } => self.say(&format!("  going on behind {done} of {of} steps")),
            execute::Event::Waiting { attempt, blockers } => {
                self.say(&format!("  a lock is not to be had (attempt {attempt}); trying again"));
                for blocker in blockers {
                    self.say(&format!("    blocked by {blocker}"));
                }
            }
        }
    }

    /// The end of it.
    pub(crate) fn finished(&self, direction: Direction, revisions: &[Id]) {
        self.progress.clear();
        let (word, at) = match direction {
            Direction::Upgrade => ("applied", "is there already"),
            Direction::Downgrade => ("taken back", "is gone already"),
        };
        if self.json {
            print_json(&json!({ "direction": direction.to_string(), "revisions": revisions }));
        } else if !self.quiet {
            match revisions.len() {
                0 => success(&format!("nothing to do: the target {at}")),
                1 => success(&format!("1 revision {word}")),
                many => success(&format!("{many} revisions {word}")),
            }
        }
    }
}

/// The statements of a revision that a dry run is about to try, as SQL.
pub(crate) fn rehearsed(migration: &Migration) {
    let Revision { id, message, parents, .. } = &migration.revision;
    println!("-- Running upgrade {} -> {id}, {message}\n", or_base(parents));
    for statement in &migration.upgrade {
        let marker = if statement.autocommit { "-- autogen: autocommit\n" } else { "" };
        println!("{marker}{};\n", statement.sql);
    }
}

/// Applied revisions whose files were edited since, with what was changed.
pub(crate) fn edited_since(edited: &[EditedSince]) {
    for EditedSince { revision, applied, file } in edited {
        let warning = super::paint(anstyle::AnsiColor::Yellow.on_default().bold(), "warning:");
        talk(&format!("{warning} {} was edited after it was applied to the database", revision.title()));
        talk(difference(applied.as_deref(), file).trim_end());
    }
}

/// What was changed in a file after it was applied.
pub(crate) fn difference(applied: Option<&str>, file: &str) -> String {
    let Some(applied) = applied else {
        return "  what was applied was not kept: an early version of autogen applied it".to_owned();
    };
    let diff = similar::TextDiff::from_lines(applied, file);
    let text = diff.unified_diff().context_radius(2).header("applied", "file").to_string();
    text.lines().map(|line| format!("  {}\n", super::layout::Piece::new(line).text())).collect()
}

/// One line of `current`.
pub(crate) struct AppliedLine<'a> {
    pub(crate) applied: &'a Applied,
    pub(crate) head: bool,
    /// None where the folder has no file of it.
    pub(crate) path: Option<String>,
    /// Labels of the branches that it is of.
    pub(crate) branches: Vec<&'a str>,
}

/// Where the database is. `of_rust`: a Migrator lists the revisions.
pub(crate) fn current(
    global: &Global,
    shown: &str,
    lines: &[AppliedLine<'_>],
    unfinished: &[Unfinished],
    of_rust: bool,
) {
    if global.json {
        let revisions = lines.iter().map(|AppliedLine { applied, head, path, branches }| {
            json!({
                "revision": applied.revision, "parents": applied.parents, "message": applied.message, "head": head,
                "path": path, "branches": branches, "applied_at": applied.applied_at, "applied_by": applied.applied_by,
            })
        });
        let unfinished = unfinished.iter().map(|it| {
            json!({ "revision": it.revision, "direction": it.direction.to_string(), "done": it.done, "of": it.of })
        });
        print_json(&json!({
            "revisions": revisions.collect::<Vec<_>>(),
            "unfinished": unfinished.collect::<Vec<_>>(),
        }));
        return;
    }
    if global.verbose > 0 {
        println!("Current revision(s) for {shown}:");
    }
    for AppliedLine { applied, head, path, branches } in lines {
        let mark = match (head, path) {
            (_, None) if of_rust => " (the Migrator's text does not list it)",
            (_, None) => " (not in the folder)",
            (true, Some(_)) => " (head)",
            (false, Some(_)) => "",
        };
        if global.verbose == 0 {
            println!("{}{mark}", applied.revision);
            continue;
        }
        println!("Rev: {}{mark}", applied.revision);
        println!("Parent: {}", or_base(&applied.parents));
        if !branches.is_empty() {
            println!("Branch names: {}", branches.join(", "));
        }
        println!("Path: {}", path.as_deref().unwrap_or("none"));
        println!("Applied: {} by {}", applied.applied_at, applied.applied_by);
        println!("\n    {}\n", applied.message);
    }
    if lines.is_empty() && !global.quiet {
        talk("no revision is applied");
    }
    for Unfinished { revision, direction, done, of } in unfinished {
        talk(&format!("the {direction} of {revision} stopped after {done} of {of} steps"));
    }
}

/// What `db init` did.
pub(crate) fn initialised(global: &Global, shown: &str, namespace: &str, done: &Initialised) {
    if global.json {
        let extensions = done.extensions.iter().map(|it| json!({ "name": it.name, "installed": it.installed }));
        print_json(&json!({
            "database": done.database, "created": done.created, "namespace_created": done.namespace_created,
            "extensions": extensions.collect::<Vec<_>>(), "version": done.version.text,
        }));
        return;
    }
    if global.quiet {
        return;
    }
    let did = |done: bool, did: &'static str| if done { did } else { "is there already" };
    success(&format!("database {} {}", done.database, did(done.created, "created")));
    if done.namespace_created {
        success(&format!("namespace {namespace} created"));
    }
    for extension in &done.extensions {
        success(&format!("extension {} {}", extension.name, did(extension.installed, "installed")));
    }
    success(&format!("connected to {shown}, PostgreSQL {}", done.version));
    if let Some(warning) = done.version.warning() {
        talk(&warning);
    }
}

/// Whether `init` wrote a file.
pub(crate) fn written(global: &Global, name: &str, written: bool) {
    if written {
        success(&format!("wrote {name}"));
    } else if !global.quiet {
        talk(&format!("{name} is there already and was left as it is"));
    }
}

/// What `init` found in a project that has migrations.
/// `own`: where the entities of this Migrator's tables are.
pub(crate) fn found(
    global: &Global,
    found: &Found,
    own: &[&EntityPlace],
    migrator: &Migrator,
    root: &std::path::Path,
    runs: &str,
) {
    if global.quiet {
        return;
    }
    let shown = |path: &std::path::Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let version = found.version.as_ref().map(|it| format!(" with SeaORM {}", it.text)).unwrap_or_default();
    talk(&format!("{}{version}", found.layout));
    if own.is_empty() {
        talk("  entities    none were found: write their crate or module into [entities] path");
    }
    for (position, place) in own.iter().enumerate() {
        let word = if position == 0 { "entities" } else { "and" };
        talk(&format!("  {word:<11} {}, {}", place.path, counted(place.files, "file")));
    }
    for other in found.entities.iter().filter(|it| !own.contains(it)) {
        talk(&format!(
            "              also {}, {}: if it is on the same database, add it to [entities] path",
            other.path,
            counted(other.files, "file")
        ));
    }
    let count = counted(migrator.listed.len(), "migration");
    talk(&format!("  migrations  {}:{}, {}, {count}", shown(&migrator.file), migrator.line, migrator.name));
    for other in found.migrators.iter().filter(|it| *it != migrator) {
        let count = counted(other.listed.len(), "migration");
        talk(&format!("              also {}:{}, {}, {count}", shown(&other.file), other.line, other.name));
    }
    if let Some(why) = &migrator.unusual {
        talk(&format!("              {why}: autogen will print the lines to put in"));
    }
    let table = migrator.table.as_deref().unwrap_or("its text does not tell: [seaorm] table");
    talk(&format!("  table       {table}"));
    talk(&format!("  run by      {runs}"));
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// What to do after `init` in a project that has migrations.
pub(crate) fn begun_beside(global: &Global) {
    if !global.quiet {
        talk("next: set DATABASE_URL in .env, where the migrations are applied, then run: autogen baseline");
    }
}

/// What to do after `init`.
pub(crate) fn begun(global: &Global, found: &[String], path: &str, is_empty: bool) {
    if global.quiet {
        return;
    }
    if is_empty {
        talk(&format!(
            "{path} has no entity yet; for a database that is there: autogen baseline && autogen pull --all"
        ));
    }
    match found {
        [_] if is_empty => {}
        [] => talk(&format!("no entities were found: write their crate or module into [entities] path (now {path})")),
        [_] => talk(&format!("entities: {path}")),
        several => {
            let several = several.join(", ");
            talk(&format!(
                "entities in several places: {several}; write one of them into [entities] path (now {path})"
            ));
        }
    }
    talk("next: set DATABASE_URL in .env, then run: autogen db init && autogen create \"create everything\"");
}
