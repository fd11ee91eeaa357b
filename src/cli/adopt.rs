//! `autogen adopt`: own what entities declare and the database has.

use std::collections::BTreeSet;

use clap::Args;

use super::answers::configured;
use super::comparison::{Answers, Comparison, compare, start_scratch};
use super::declaration::{Declaration, declaration};
use super::declared::{Declared, read_declared, scope};
use super::global::Global;
use super::interruptible;
use super::migrator::replay;
use super::report::{self, Progress};
use super::selection::picked;
use super::unmanaged::known_strangers;
use crate::config::{Config, connect};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, LEDGER_FILE, LedgerChanges};
use crate::reflect::{Scope, reflect};
use crate::runner;
use crate::schema::{ConstraintKind, DefinitionKind, Entry, Object, QualifiedName, Schema};
use crate::scratch::Scratch;

/// Own what the entities declare and the database has, and list what nobody declares
///
/// What is owned is dropped once the entities cease to declare it. So nothing undeclared is ever taken: for each of
/// these the lines are printed that would declare it, an attribute, a field or SQL. Compares with the database, which
/// must be at head, or without one with the history; writes into migrations/autogen.lock and nowhere else.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// What to look at: `users` and all of it, `billing.*`, `users.idx-*`; without a name everything
    names: Vec<String>,
    /// Write nothing
    #[arg(long)]
    dry_run: bool,
    /// Compare with the history replayed on scratch, whatever database is configured
    #[arg(long)]
    from_history: bool,
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
}

/// Runs the command.
pub(crate) async fn run(args: Adopt, global: &Global) -> Result<()> {
    let looked = look(global, args.from_history, args.scratch_on_target, false).await?;
    let found = Found::new(&looked, &args.names)?;
    if !args.dry_run && !found.added.is_empty() {
        looked.folder.record_baseline(&LedgerChanges { added: found.added.clone(), removed: Vec::new() })?;
    }
    found.report(&args, global, &looked.config, &looked.comparison);
    Ok(())
}

/// What is there and what is declared.
pub(super) struct Looked {
    pub(super) config: Config,
    pub(super) folder: Folder,
    pub(super) declared: Declared,
    pub(super) current: Schema,
    pub(super) comparison: Comparison,
}

/// Compares the entities with the database, which must be at head, or with the history. `may_be_empty`: entities may be
/// to come.
pub(super) async fn look(
    global: &Global,
    from_history: bool,
    scratch_on_target: bool,
    may_be_empty: bool,
) -> Result<Looked> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    // What is written down hangs on the one head.
    folder.graph().parents_of_next()?;
    let declared = read_declared(&config, global, may_be_empty)?.beside(&folder);
    let scope = scope(&config, &declared, &folder.ledger());
    let mut live = match config.target()?.filter(|_| !from_history) {
        Some(target) => Some(interruptible(connect(&target)).await?),
        None => None,
    };
    let progress = Progress::new(global.quiet);
    let scope = known_strangers(scope, live.as_mut()).await?;
    let scratch = interruptible(start_scratch(&config, live.as_mut(), scratch_on_target, &progress)).await?;
    let current = match &mut live {
        Some(conn) => {
            runner::require_head(conn, &folder, &config.default_namespace).await?;
            Some(reflect(conn, &scope).await?)
        }
        None => None,
    };
    progress.step("comparing");
    let adopting = Adopting { folder: &folder, declared: &declared, scope: &scope, quiet: global.quiet };
    let found = interruptible(adopting.compared(&scratch, current)).await;
    progress.clear();
    let stopped = scratch.stop().await;
    let (current, comparison) = found?;
    stopped?;
    Ok(Looked { config, folder, declared, current, comparison })
}

/// One run of the command.
struct Adopting<'a> {
    folder: &'a Folder,
    declared: &'a Declared,
    scope: &'a Scope,
    quiet: bool,
}

impl Adopting<'_> {
    /// What is there, and how the models differ from it.
    async fn compared(&self, scratch: &Scratch, live: Option<Schema>) -> Result<(Schema, Comparison)> {
        let (start, replayed) = replay(scratch, self.folder, self.scope, live.as_ref(), self.quiet).await?;
        let current = match live {
            Some(live) => {
                scratch.lift(&start, &diff(&replayed, &live), &live, self.scope).await?;
                live
            }
            None => replayed,
        };
        if self.folder.migrator().is_none() && self.folder.migrations().is_empty() && !current.tables.is_empty() {
            return Err(Error::new(Kind::Refused, "the database has tables and there is no history")
                .hint("take over what is there as the first revision: autogen baseline"));
        }
        let renames = configured(self.folder, &current)?;
        let (ledger, answers) = (self.folder.ledger(), Answers { renames, ..Answers::default() });
        let comparison = compare(scratch, &start, &current, self.declared, &ledger, self.scope, &answers).await?;
        Ok((current, comparison))
    }
}

/// What was found.
pub(super) struct Found {
    /// What becomes owned.
    pub(super) added: Vec<Entry>,
    /// What nobody declares, with the lines that would.
    pub(super) undeclared: Vec<(Object, Declaration)>,
}

impl Found {
    /// What these names pick; all of it where there is none.
    ///
    /// # Errors
    /// [`Kind::Usage`] when a name picks nothing.
    pub(super) fn new(looked: &Looked, names: &[String]) -> Result<Self> {
        let Looked { folder, current, comparison, declared, .. } = looked;
        let there: BTreeSet<Object> = current.objects().collect();
        let changing: BTreeSet<Object> = comparison.operations.iter().map(|it| it.object()).collect();
        let left_alone = &comparison.overlay.left_alone;
        let all = there.iter().filter(|it| comparison.declares(it)).chain(left_alone);
        let picked = picked(names, all)?;
        let ledger = folder.ledger();
        let is_new = |entry: &&Entry| !ledger.iter().any(|owned| owned == *entry);
        // A fact that the next revision changes is owned by that.
        let agreed = |entry: &&Entry| {
            there.contains(&entry.object) && (entry.fact.is_none() || !changing.contains(&entry.object))
        };
        let declares = comparison.overlay.declared.iter();
        let added = declares.filter(is_new).filter(agreed).filter(|it| picked.contains(&it.object)).cloned().collect();
        // What others may need comes first, so that the lines can stand in this order.
        let mut undeclared: Vec<&Object> = left_alone.iter().filter(|it| picked.contains(it)).collect();
        undeclared.sort_by_key(|it| rank(it, &comparison.renamed));
        let undeclared = undeclared
            .into_iter()
            .map(|it| (it.clone(), declaration(it, &comparison.renamed, &declared.models, &comparison.up)))
            .collect();
        Ok(Self { added, undeclared })
    }

    fn report(&self, args: &Adopt, global: &Global, config: &Config, comparison: &Comparison) {
        let (schema, namespace) = (&comparison.renamed, &config.default_namespace);
        if global.json {
            report::json(&serde_json::json!({
                "adopted": self.added.iter().map(|it| report::json_entry(it, schema, namespace)).collect::<Vec<_>>(),
                "written": !args.dry_run && !self.added.is_empty(),
                "undeclared": self.undeclared.iter().map(|(it, lines)| report::json_undeclared(it, schema, lines, namespace))
                    .collect::<Vec<_>>(),
            }));
            return;
        }
        report::adopted(&self.added, schema, &comparison.places, global.verbose > 0, namespace);
        let file = config.shown_path(&config.script_location.join(LEDGER_FILE));
        match (self.added.len(), args.dry_run) {
            (0, _) => report::success("everything that is declared and there is owned already"),
            (count, true) => report::talk(&format!("{count} would be owned from now on; nothing was written")),
            (count, false) => report::success(&format!("{count} owned from now on, in {file}")),
        }
        report::undeclared(&self.undeclared, schema, config.entities.extras.as_deref(), namespace);
    }
}

/// Types and functions, tables, what hangs on these, and what stands on all of it; foreign keys behind other keys.
fn rank(object: &Object, schema: &Schema) -> (u8, usize, Option<DefinitionKind>) {
    let is_foreign_key = |table: &QualifiedName, name: &str| {
        let found = schema.table(table).and_then(|table| table.constraint(name));
        found.is_some_and(|it| matches!(it.kind, ConstraintKind::ForeignKey(_)))
    };
    match object {
        Object::Namespace(_) => (0, 0, None),
        Object::EnumType(_) | Object::EnumLabel(..) => (1, 0, None),
        Object::Definition(name) if name.kind <= DefinitionKind::Procedure => (2, 0, Some(name.kind)),
        Object::Table(name) => (3, depth(name, schema, schema.tables.len()), None),
        Object::Column(..) => (4, 0, None),
        Object::Constraint(table, name) if is_foreign_key(table, name) => (6, 0, None),
        Object::Constraint(..) | Object::Index(..) => (5, 0, None),
        Object::Definition(name) => (7, 0, Some(name.kind)),
    }
}

/// How many tables stand below one by foreign keys; in a circle, at most so many.
fn depth(table: &QualifiedName, schema: &Schema, most: usize) -> usize {
    let keys = schema.table(table).into_iter().flat_map(|it| &it.constraints);
    let below = keys.filter_map(|it| match &it.kind {
        ConstraintKind::ForeignKey(key) if &key.references != table && most > 0 => {
            Some(1 + depth(&key.references, schema, most.min(8) - 1))
        }
        ConstraintKind::ForeignKey(_)
        | ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => None,
    });
    below.max().unwrap_or(0)
}
