//! What `create` and `check` have in common: a scratch server, the state to compare with, and the comparison.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::agreed::Agreed;
use super::declared::Declared;
use super::report;
use crate::config::{Config, Format};
use crate::diff::{diff, in_order, read_before_dropped};
use crate::error::{Error, Kind, Result};
use crate::operation::{Operation, display_object};
use crate::overlay::{self, Ordered, Overlay};
use crate::reflect::Scope;
use crate::render::{Words, online_last, online_tables};
use crate::schema::{
    ConstraintKind, Deferrability, Definition, DefinitionKind, KeyTarget, Ledger, Models, Object, Places,
    QualifiedName, Rename, Schema, Table,
};
use crate::scratch::{self, Database, Defined, Ground, Scratch, Unprintable};

/// Starts a throwaway server, of the target's major where that can be had.
pub(super) async fn start_scratch(
    config: &Config,
    live: Option<&mut PgConnection>,
    on_target: bool,
    progress: &report::Progress,
) -> Result<Scratch> {
    let options = scratch_options(config, live, on_target).await?;
    start(config, options, progress).await
}

/// What kind of throwaway server is wanted.
pub(super) async fn scratch_options(
    config: &Config,
    live: Option<&mut PgConnection>,
    on_target: bool,
) -> Result<scratch::Options> {
    let mut extensions = config.extensions.clone();
    let major = match live {
        Some(conn) => {
            if config.format == Format::SeaOrm {
                // Their migrations bring their own, and what is there needs them.
                extensions.extend(crate::reflect::extensions(conn).await?);
                extensions.sort();
                extensions.dedup();
            }
            Some(crate::reflect::server_version(conn).await?.major())
        }
        None => config.postgres,
    };
    Ok(scratch::Options {
        given: config.scratch_target()?.map(|target| target.options),
        major,
        extensions,
        setup: setup(config)?,
        default_namespace: config.default_namespace.clone(),
        on_target: if on_target { config.target()?.map(|target| target.options) } else { None },
        cache: scratch::Options::user_cache(),
        offline: false,
    })
}

/// Starts it, and says so where that takes long.
pub(super) async fn start(config: &Config, options: scratch::Options, progress: &report::Progress) -> Result<Scratch> {
    let source = config.scratch_target()?.map(|target| target.source);
    progress.step("starting a scratch server");
    Scratch::start(options, &|step| match step {
        scratch::Progress::Downloading { version, bytes, total } => {
            progress.bytes(&format!("fetching PostgreSQL {version}"), bytes, total);
        }
        scratch::Progress::Unpacking => progress.step("unpacking PostgreSQL"),
        scratch::Progress::Initializing { version } => {
            progress.step(&format!("preparing PostgreSQL {version}, once"));
        }
        scratch::Progress::Starting => progress.step("starting a scratch server"),
    })
    .await
    .map_err(|error| match source {
        Some(source) => error.hint(format!("{source} names this server; without it a private one is started")),
        None => error,
    })
}

/// The text of `[scratch] setup`.
fn setup(config: &Config) -> Result<Option<String>> {
    let Some(path) = &config.scratch.setup else { return Ok(None) };
    let path = config.root.join(path);
    std::fs::read_to_string(&path).map(Some).map_err(|cause| {
        Error::new(Kind::Usage, format!("cannot read {}: [scratch] setup in autogen.toml", path.display()))
            .caused_by(cause)
    })
}

/// What the user answered, and what was asked for.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) renames: Vec<Rename>,
    /// No drop and add is a rename.
    pub(super) no_rename: bool,
    /// What goes and was not renamed.
    pub(super) gone: BTreeSet<Object>,
    pub(super) fills: BTreeMap<Object, String>,
    pub(super) using: BTreeMap<Object, String>,
    pub(super) using_down: BTreeMap<Object, String>,
    pub(super) allow_drops: bool,
    pub(super) strict: bool,
    /// What was answered at a prompt, as flags would have said it.
    pub(super) flags: Vec<String>,
}

impl Answers {
    /// The SQL that makes values, by the column whose values it makes.
    fn expressions(&self) -> impl Iterator<Item = (&Object, &str)> {
        let all = self.fills.iter().chain(&self.using).chain(&self.using_down);
        all.map(|(column, sql)| (column, sql.as_str()))
    }
}

/// How the models differ from `current`.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) operations: Vec<Operation>,
    pub(super) overlay: Overlay,
    /// The renames that somebody answered and that are done.
    pub(super) answered: Vec<Rename>,
    /// What is declared, in entities and in SQL.
    pub(super) declared: Schema,
    /// Where everything of it is declared.
    pub(super) places: Places,
    pub(super) renamed: Schema,
    pub(super) desired: Schema,
    /// What must be there after the migration ran on scratch.
    pub(super) desired_on_scratch: Schema,
    pub(super) up: Words,
    pub(super) down: Words,
}

impl Comparison {
    /// That of models and a history that agreed.
    pub(super) fn agreed(agreed: Agreed, default_namespace: &str) -> Self {
        let Agreed { schema, left_alone, widened } = agreed;
        let words = Words::new(default_namespace);
        Self {
            operations: Vec::new(),
            overlay: Overlay { left_alone, widened, ..Overlay::default() },
            answered: Vec::new(),
            declared: Schema::default(),
            places: Places::new(),
            renamed: schema.clone(),
            desired_on_scratch: schema.clone(),
            desired: schema,
            up: words.clone(),
            down: words,
        }
    }

    /// The same with what lets others work meanwhile behind the rest, and in words that do. On the way back it is
    /// only dropped.
    pub(super) fn online(mut self) -> Self {
        self.up.online = online_tables(&self.renamed, &self.desired, &self.operations);
        self.operations = online_last(self.operations, &self.up);
        self
    }

    /// Whether the models declare the object.
    pub(super) fn declares(&self, object: &Object) -> bool {
        self.overlay.declared.iter().any(|entry| &entry.object == object)
    }
}

/// Compares. `bench` is a scratch database in the state of `current`; renames and all else are tried on it.
pub(super) async fn compare(
    scratch: &Scratch,
    bench: &Database,
    current: &Schema,
    declared: &Declared,
    ledger: &Ledger,
    scope: &Scope,
    answers: &Answers,
) -> Result<Comparison> {
    let Declared { models, extras, .. } = declared;
    let given = [answers.renames.as_slice(), &models.renames].concat();
    let Ordered { renames, answered, .. } = overlay::applicable(&given, current);
    let following = overlay::following(&renames, current, models);
    let renames = [renames, following].concat();
    let renamed = scratch.rename(bench, current, &renames, scope).await?;
    let ledger = ledger.renamed(&renames);
    let place = |unprintable, models: &Models| with_place(unprintable, models, scope);

    // What is printed on the bench changes it: definitions are made on a copy of what it is now.
    let stage = match (extras.is_empty(), renamed.definitions.as_slice()) {
        (true, []) => None,
        _ => Some(scratch.copy(bench).await?),
    };
    let models = match &stage {
        Some(stage) if !extras.is_empty() => {
            let entities = overlay::overlay(&renamed, models, &ledger, answers.strict);
            scratch.prepare_for(bench, extras).await?;
            let wanted = scratch.canonical(bench, &renamed, &entities.wanted, scope).await;
            let wanted = wanted.map_err(|refused| place(refused, models))?;
            let ground = Ground { bench: stage, renamed: &renamed, wanted: &wanted, declared: &entities.declared };
            scratch.declare(&ground, extras, models, scope).await?
        }
        Some(_) | None => models.clone(),
    };
    let mut overlay = overlay::overlay(&renamed, &models, &ledger, answers.strict);
    overlay::follow_sequences(&mut overlay.wanted, &renames, current);
    let desired = scratch.canonical(bench, &renamed, &overlay.wanted, scope).await;
    let desired = desired.map_err(|refused| place(refused, &models))?;
    refuse_partitioning(&renamed, &desired, scope)?;
    refuse_stranded(&renamed, &desired, &models, scope)?;
    let Defined { desired, on_scratch } = match stage {
        Some(stage) => {
            let defined = scratch.define(stage, &renamed, &desired, scope).await;
            defined.map_err(|refused| place(refused, &models))?
        }
        None => Defined { on_scratch: desired.clone(), desired },
    };
    let mut operations: Vec<Operation> = renames.into_iter().map(Operation::Rename).collect();
    operations.extend(diff(&renamed, &desired));
    let operations = read_before_dropped(in_order(operations), answers.expressions());
    let words = scratch.words(bench, &desired, &operations, &answers.fills, scope).await?;
    let kept = renamed.tables.iter().map(|it| (it.name.clone(), it.kept.clone())).collect();
    let computed_with = computed_with(&renamed, &desired);
    let words = Words { kept, deferred: deferred(&renamed), computed_with, ..words };
    let up = Words { using: answers.using.clone(), ..words.clone() };
    let down = Words { using: answers.using_down.clone(), ..words };
    let Models { schema: declared, places, .. } = models;
    Ok(Comparison {
        operations,
        overlay,
        answered,
        declared,
        places,
        renamed,
        desired,
        desired_on_scratch: on_scratch,
        up,
        down,
    })
}

/// Columns of validated checks, of expressions in indexes and of their predicates, where those stay.
fn computed_with(renamed: &Schema, desired: &Schema) -> BTreeSet<Object> {
    let both = renamed.tables.iter().filter_map(|before| Some((before, desired.table(&before.name)?)));
    let of_table = |(before, after): (&Table, &Table)| {
        let checks = before.constraints.iter().filter(|it| it.validated && after.constraint(&it.name).is_some());
        let checks = checks.filter_map(|it| match &it.kind {
            ConstraintKind::Check { expression, .. } => Some(expression),
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclusion { .. } => None,
        });
        let indexes = before.indexes.iter().filter(|it| after.index(&it.name).is_some());
        let computed = indexes.flat_map(|index| {
            let keys = index.keys.iter().filter_map(|key| match &key.target {
                KeyTarget::Expression(expression) => Some(expression),
                KeyTarget::Column(_) => None,
            });
            keys.chain(&index.predicate)
        });
        let columns = checks.chain(computed).flat_map(|it| it.columns.clone());
        columns.map(|column| Object::Column(before.name.clone(), column)).collect::<Vec<_>>()
    };
    both.flat_map(of_table).collect()
}

/// Tables with constraints, or triggers that are such, which look at changed rows when the transaction ends.
fn deferred(schema: &Schema) -> BTreeSet<QualifiedName> {
    let by_constraint = schema
        .tables
        .iter()
        .filter(|table| table.constraints.iter().any(|it| it.deferrability == Deferrability::InitiallyDeferred));
    let is_deferred = |it: &&Definition| {
        it.name.kind == DefinitionKind::Trigger && it.create.contains(" DEFERRABLE INITIALLY DEFERRED ")
    };
    let by_trigger = schema.definitions.iter().filter(is_deferred).map(|it| it.name.name.clone());
    by_constraint.map(|it| it.name.clone()).chain(by_trigger).collect()
}

/// Postgres has no way from a table to a partitioned one: it is another table, and the rows move.
fn refuse_partitioning(renamed: &Schema, desired: &Schema, scope: &Scope) -> Result<()> {
    let both = renamed.tables.iter().filter_map(|it| desired.table(&it.name).map(|after| (it, after)));
    match both.into_iter().find(|(before, after)| before.partition_by != after.partition_by) {
        None => Ok(()),
        Some((before, after)) => {
            let name = before.name.display(&scope.default_namespace);
            let key = |by: &Option<String>| {
                by.as_ref().map_or("not partitioned".to_owned(), |by| format!("partitioned by {by}"))
            };
            let (from, to) = (key(&before.partition_by), key(&after.partition_by));
            Err(Error::new(
                Kind::Refused,
                format!("table {name} is {from}, and is to be {to}: Postgres cannot change that"),
            )
            .hint("declare a new table beside it; move the rows by hand; let the old one go in a later revision"))
        }
    }
}

/// A view that nobody declares cannot stay when the column that it reads goes.
fn refuse_stranded(renamed: &Schema, desired: &Schema, models: &Models, scope: &Scope) -> Result<()> {
    let goes = |object: &Object| match object {
        // What is in a namespace that is not looked at was never there to go.
        Object::Table(table) => renamed.table(table).is_some() && desired.table(table).is_none(),
        Object::Column(table, column) => {
            renamed.table(table).is_some() && desired.table(table).is_none_or(|table| table.column(column).is_none())
        }
        Object::EnumType(name) => desired.enum_type(name).is_none(),
        Object::Definition(name) => desired.definition(name).is_none(),
        Object::Namespace(_) | Object::EnumLabel(..) | Object::Constraint(..) | Object::Index(..) => false,
    };
    let stranded = renamed.needs.iter().find(|need| {
        let Object::Definition(name) = &need.of else { return false };
        desired.definition(name).is_some() && models.schema.definition(name).is_none() && goes(&need.needs)
    });
    let Some(need) = stranded else { return Ok(()) };
    let name = |object: &Object| display_object(object, &scope.default_namespace);
    Err(Error::new(
        Kind::Refused,
        format!("{} is to go, and {} stands on it, which nobody declares", name(&need.needs), name(&need.of)),
    )
    .hint("declare it as it is to be then: `[entities] extras = \"extras.sql\"` in autogen.toml")
    .hint("or drop it first, in a revision of its own: autogen create MESSAGE --no-autogenerate"))
}

/// What Postgres refuses of the models, with the place that declares it.
fn with_place(unprintable: Unprintable, models: &Models, scope: &Scope) -> Error {
    let Unprintable::Refused { object, statement, message } = unprintable else { return unprintable.into() };
    let name = display_object(&object, &scope.default_namespace);
    let place = models.places.get(&object).map(|place| format!(" ({place})")).unwrap_or_default();
    // ATPrepAlterColumnType and its like: "cannot alter type of a column used by a view or rule", ".. by a policy".
    let in_the_way = message.starts_with("cannot alter type of a column used ");
    let kind = if in_the_way { Kind::Refused } else { Kind::Usage };
    let error = Error::new(kind, format!("Postgres refuses what is declared for {name}{place}: {message}"))
        .caused_by(anyhow::anyhow!("the statement was: {statement}"));
    if in_the_way {
        return error
            .hint(
                "what stands on it is not looked at: name its namespace in autogen.toml (namespaces = [..]), or take it \
                 out of [unmanaged]",
            )
            .hint("or drop it first, in a revision of its own: autogen create MESSAGE --no-autogenerate");
    }
    match object {
        // What a generated column is made from goes, or changes: nothing else of what is left alone is printed anew.
        Object::Column(table, column) if models.schema.table(&table).is_none_or(|it| it.column(&column).is_none()) => {
            Error::new(
                Kind::Refused,
                format!("{name} is left alone, and cannot stay as it is made after this change: {message}"),
            )
            .caused_by(anyhow::anyhow!("the statement was: {statement}"))
            .hint(
                "declare it as it is to be then: #[sea_orm(extra = \"GENERATED ALWAYS AS (..) STORED\")] on its field",
            )
            .hint("or drop it first, in a revision of its own: autogen create MESSAGE --no-autogenerate")
        }
        Object::Definition(name) => match name.kind {
            DefinitionKind::Function | DefinitionKind::Procedure => error
                .hint("a default, check or index that calls it holds it fast: give the new one another name")
                .hint("then let what calls it follow, and take the old one away in the next revision"),
            DefinitionKind::Domain | DefinitionKind::CompositeType | DefinitionKind::Sequence => {
                error.hint("columns hold it fast: give the new one another name, and let the columns follow")
            }
            DefinitionKind::Extension
            | DefinitionKind::View
            | DefinitionKind::MaterializedView
            | DefinitionKind::ViewIndex
            | DefinitionKind::Statistics
            | DefinitionKind::Rule
            | DefinitionKind::Trigger
            | DefinitionKind::Policy
            | DefinitionKind::RowSecurity => error
                .hint("correct it in extras.sql: it is made over the tables as they are after the change")
                .hint("what nobody declares, declare: `[entities] extras = \"extras.sql\"` in autogen.toml"),
        },
        Object::Namespace(_)
        | Object::EnumType(_)
        | Object::EnumLabel(..)
        | Object::Table(_)
        | Object::Column(..)
        | Object::Constraint(..)
        | Object::Index(..) => {
            error.hint("correct the attribute, or name what it needs: `extensions = [..]` in autogen.toml")
        }
    }
}
