//! Operations → what may go wrong when they run on a database with rows. Data beside the statements: a kind for
//! machines, a sentence for people. Pure; one small function a rule. Where a rule comes from Postgres' behaviour, the
//! chapter of its manual is named.

mod type_change;

use serde::Serialize;

use type_change::type_change;

use crate::operation::{Change, Layer, Operation};
use crate::schema::{
    Column, ColumnDefault, Constraint, ConstraintKind, Definition, DefinitionKind, EnumType, Index, Object,
    QualifiedName,
};

/// One thing that may go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hazard {
    /// What kind of thing.
    pub kind: HazardKind,
    /// One sentence about the rows or the statement at hand.
    pub message: String,
}

/// What may go wrong, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HazardKind {
    /// Values that are there before are not there after.
    LosesData,
    /// The statement fails if the rows are not as it needs them.
    MayFail,
    /// Every row is written again while nobody else can read or write the table.
    Rewrites,
    /// What was computed before stays as it was.
    Stale,
    /// Others wait while it reads the whole table.
    Blocks,
}

impl std::fmt::Display for HazardKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::LosesData => "loses-data",
            Self::MayFail => "may-fail",
            Self::Rewrites => "rewrites",
            Self::Stale => "stale",
            Self::Blocks => "blocks",
        })
    }
}

impl std::fmt::Display for Hazard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

/// What is known of the rows that an operation meets.
pub struct Rows<'a> {
    /// Whether an answer fills this column where it becomes NOT NULL.
    pub filled: &'a dyn Fn(&Object) -> bool,
    /// Whether this column holds nothing but NULL.
    pub empty: &'a dyn Fn(&Object) -> bool,
}

/// What may go wrong with this operation.
#[must_use]
pub fn hazards(operation: &Operation, rows: &Rows<'_>, default_namespace: &str) -> Vec<Hazard> {
    let filled = rows.filled;
    let on = |table: &QualifiedName| table.display(default_namespace);
    let mut hazards = match operation {
        Operation::Table(Change::Drop(table)) => vec![drops_table(&on(&table.name))],
        Operation::Column(table, Change::Drop(column)) => drops_column(&on(table), column, filled(&operation.object())),
        Operation::Column(table, Change::Add(column)) => adds_column(&on(table), column, filled(&operation.object())),
        Operation::Column(table, Change::Alter { from, to }) => {
            alters_column(&on(table), from, to, filled(&operation.object()))
        }
        Operation::Constraint(table, Change::Add(constraint)) => {
            adds_constraint(&on(table), constraint, default_namespace)
        }
        Operation::Index(table, Change::Add(index)) => adds_index(&on(table), index),
        Operation::EnumType(Change::Alter { from, to }, users) => {
            let columns = users.columns.iter().map(|(table, column)| format!("{}.{}", on(table), column.name));
            exchanges_enum(from, to, &columns.collect::<Vec<_>>())
        }
        Operation::Definition(Change::Alter { from, to }, Layer::Below) if from.create != to.create => {
            changes_what_tables_use(to, default_namespace)
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => Vec::new(),
    };
    if passes_over_nulls(operation, rows.empty) {
        hazards.retain(|hazard| hazard.kind != HazardKind::MayFail);
    }
    hazards.sort_by_key(|hazard| hazard.kind);
    hazards
}

/// Whether it demands something of a column that holds only NULL: unique and foreign keys let those pass.
fn passes_over_nulls(operation: &Operation, empty: &dyn Fn(&Object) -> bool) -> bool {
    let (table, columns) = match operation {
        Operation::Constraint(table, Change::Add(constraint)) => match &constraint.kind {
            ConstraintKind::Unique { columns, nulls_not_distinct: false, .. } => (table, columns.clone()),
            ConstraintKind::ForeignKey(key) if !key.match_full => (table, key.columns.clone()),
            ConstraintKind::Unique { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => return false,
        },
        Operation::Index(table, Change::Add(index)) if !index.nulls_not_distinct => {
            (table, index.column_keys().unwrap_or_default().into_iter().map(str::to_owned).collect())
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => return false,
    };
    columns.into_iter().any(|column| empty(&Object::Column(table.clone(), column)))
}

fn hazard(kind: HazardKind, message: String) -> Hazard {
    Hazard { kind, message }
}

fn drops_table(table: &str) -> Hazard {
    hazard(HazardKind::LosesData, format!("the rows of {table} are gone."))
}

/// Values of a generated column follow from the row, so nothing is lost with it.
fn drops_column(table: &str, column: &Column, filled: bool) -> Vec<Hazard> {
    let name = &column.name;
    match column.default {
        ColumnDefault::Generated(_) => Vec::new(),
        ColumnDefault::None if !column.nullable && !filled => vec![
            hazard(HazardKind::LosesData, format!("the values of {table}.{name} are gone.")),
            hazard(
                HazardKind::MayFail,
                format!("its downgrade fails if {table} has rows: --fill {table}.{name}=.. says what they get then."),
            ),
        ],
        ColumnDefault::None | ColumnDefault::Expression(_) | ColumnDefault::Identity(_) | ColumnDefault::Serial(_) => {
            vec![hazard(HazardKind::LosesData, format!("the values of {table}.{} are gone.", column.name))]
        }
    }
}

/// ALTER TABLE, notes: a column with a constant or no default is added without touching rows.
fn adds_column(table: &str, column: &Column, filled: bool) -> Vec<Hazard> {
    let name = &column.name;
    match &column.default {
        ColumnDefault::None if !column.nullable && !filled => vec![hazard(
            HazardKind::MayFail,
            format!("{table}.{name} is NOT NULL and has no default: this fails if {table} has rows."),
        )],
        ColumnDefault::None => Vec::new(),
        ColumnDefault::Expression(expression) if is_volatile(&expression.sql) => vec![hazard(
            HazardKind::Rewrites,
            format!("the default of {name} is computed for each row: {table} is rewritten and locked meanwhile."),
        )],
        ColumnDefault::Expression(_) => Vec::new(),
        // Computed when it is read.
        ColumnDefault::Generated(generated) if !generated.stored => Vec::new(),
        ColumnDefault::Identity(_) | ColumnDefault::Serial(_) | ColumnDefault::Generated(_) => vec![hazard(
            HazardKind::Rewrites,
            format!("{name} gets a value in each row: {table} is rewritten and locked meanwhile."),
        )],
    }
}

/// Volatile functions that people use as defaults (`pg_proc.provolatile = 'v'`).
fn is_volatile(sql: &str) -> bool {
    const VOLATILE: [&str; 8] = [
        "clock_timestamp(",
        "random(",
        "gen_random_uuid(",
        "uuid_generate_v",
        "nextval(",
        "timeofday(",
        "uuidv4(",
        "uuidv7(",
    ];
    VOLATILE.iter().any(|function| sql.contains(function))
}

fn alters_column(table: &str, from: &Column, to: &Column, filled: bool) -> Vec<Hazard> {
    if from.regenerates_as(to) {
        let lost = (!matches!(from.default, ColumnDefault::Generated(_))).then(|| drops_column(table, from, true));
        return lost.into_iter().flatten().chain(adds_column(table, to, filled)).collect();
    }
    let mut hazards = type_change(table, &to.name, &from.data_type, &to.data_type);
    if from.nullable && !to.nullable {
        if !filled {
            hazards.push(hazard(HazardKind::MayFail, format!("this fails if {table}.{} holds a NULL.", to.name)));
        }
        hazards.push(hazard(HazardKind::Blocks, format!("{table} is read whole and locked meanwhile.")));
    }
    hazards
}

fn adds_constraint(table: &str, constraint: &Constraint, default_namespace: &str) -> Vec<Hazard> {
    let columns = constraint.columns().join(", ");
    match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => vec![
            hazard(HazardKind::MayFail, format!("this fails if ({columns}) holds a NULL or a duplicate in {table}.")),
            hazard(HazardKind::Blocks, format!("{table} is locked while its index is built.")),
        ],
        ConstraintKind::Unique { .. } => vec![
            hazard(HazardKind::MayFail, format!("this fails if ({columns}) holds a duplicate in {table}.")),
            hazard(HazardKind::Blocks, format!("{table} is locked while its index is built.")),
        ],
        ConstraintKind::ForeignKey(key) if constraint.validated => {
            let there = key.references.display(default_namespace);
            vec![
                hazard(HazardKind::MayFail, format!("this fails if a row of {table} has no counterpart in {there}.")),
                hazard(HazardKind::Blocks, format!("writes to {table} and {there} wait while {table} is read whole.")),
            ]
        }
        ConstraintKind::Check { .. } if constraint.validated => vec![
            hazard(HazardKind::MayFail, format!("this fails if a row of {table} violates it.")),
            hazard(HazardKind::Blocks, format!("{table} is read whole and locked meanwhile.")),
        ],
        ConstraintKind::Exclusion { .. } => vec![
            hazard(HazardKind::MayFail, format!("this fails if two rows of {table} violate it.")),
            hazard(HazardKind::Blocks, format!("{table} is locked while its index is built.")),
        ],
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } => Vec::new(),
    }
}

/// CREATE FUNCTION, notes: indexes and stored values are not computed anew.
fn changes_what_tables_use(definition: &Definition, default_namespace: &str) -> Vec<Hazard> {
    let name = definition.name.display(default_namespace);
    match definition.name.kind {
        DefinitionKind::Function | DefinitionKind::Procedure => vec![hazard(
            HazardKind::Stale,
            format!(
                "indexes, stored columns and checks keep what the old {name} gave them: REINDEX, and write the rows anew."
            ),
        )],
        DefinitionKind::Extension
        | DefinitionKind::Sequence
        | DefinitionKind::Domain
        | DefinitionKind::CompositeType
        | DefinitionKind::View
        | DefinitionKind::MaterializedView
        | DefinitionKind::ViewIndex
        | DefinitionKind::Statistics
        | DefinitionKind::Rule
        | DefinitionKind::Trigger
        | DefinitionKind::Policy
        | DefinitionKind::RowSecurity => Vec::new(),
    }
}

fn adds_index(table: &str, index: &Index) -> Vec<Hazard> {
    let fails = index.unique.then(|| {
        let columns = index.columns().join(", ");
        hazard(HazardKind::MayFail, format!("this fails if ({columns}) holds a duplicate in {table}."))
    });
    let blocks = hazard(HazardKind::Blocks, format!("writes to {table} wait while the index is built."));
    fails.into_iter().chain([blocks]).collect()
}

/// A label can only be taken away by exchanging the type.
fn exchanges_enum(from: &EnumType, to: &EnumType, columns: &[String]) -> Vec<Hazard> {
    if columns.is_empty() || from.grows_into(to) {
        return Vec::new();
    }
    let gone: Vec<String> =
        from.labels.iter().filter(|it| !to.labels.contains(it)).map(|it| format!("'{it}'")).collect();
    let columns = columns.join(", ");
    let fails = (!gone.is_empty())
        .then(|| hazard(HazardKind::MayFail, format!("this fails if {columns} holds {}.", gone.join(" or "))));
    let rewrites = hazard(HazardKind::Rewrites, format!("the tables of {columns} are rewritten and locked meanwhile."));
    fails.into_iter().chain([rewrites]).collect()
}
