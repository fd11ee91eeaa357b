//! Operations → what may go wrong when they run on a database with rows. Data beside the statements: a kind for
//! machines, a sentence for people. What may fail because of the rows comes from [`crate::expectation`], so that both say
//! the same. Pure; one small function a rule. Where a rule comes from Postgres' behaviour, the
//! chapter of its manual is named.

mod type_change;

use std::collections::BTreeSet;

use serde::Serialize;

use type_change::type_change;

use crate::expectation::{Expectation, is_volatile};
use crate::operation::{Change, Layer, Operation};
use crate::render::{Fill, Words};
use crate::schema::{
    Column, ColumnDefault, Constraint, ConstraintKind, Definition, DefinitionKind, EnumType, Object, Part,
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

/// What may go wrong with this operation, which expects this of the rows. `words` hold the answers for this direction;
/// `locked` says which tables are closed to readers by what comes before it in the same transaction.
#[must_use]
pub fn hazards(
    operation: &Operation,
    expectations: &[Expectation],
    words: &Words,
    locked: &BTreeSet<QualifiedName>,
) -> Vec<Hazard> {
    let on = |table: &QualifiedName| table.display(&words.default_namespace);
    let fill = |table: &QualifiedName, column: &Column| words.fill(table, &column.name);
    let mut hazards = match operation {
        // In steps that let others work: what remains is that it takes its time.
        operation if words.lets_others_work(operation) => Vec::new(),
        Operation::Table(Change::Drop(table)) => vec![drops_table(&on(&table.name))],
        Operation::Table(Change::Alter { from, to }) if from.unlogged != to.unlogged => {
            changes_logging(&on(&to.name), to.unlogged)
        }
        Operation::Column(table, Change::Drop(column)) => {
            drops_column(&on(table), column, fill(table, column).is_some())
        }
        Operation::Column(table, Change::Add(column)) => adds_column(&on(table), column, fill(table, column)),
        Operation::Column(table, Change::Alter { from, to }) => {
            let is_computed_with = words.computed_with.contains(&Object::Column(table.clone(), to.name.clone()));
            alters_column(&on(table), from, to, fill(table, to), is_computed_with)
        }
        Operation::Constraint(table, Change::Add(constraint)) => {
            adds_constraint(&on(table), constraint, &words.default_namespace, locked.contains(table))
        }
        Operation::Index(table, Change::Add(_)) => {
            let who = if locked.contains(table) { "reads of and writes to" } else { "writes to" };
            vec![hazard(HazardKind::Blocks, format!("{who} {} wait while the index is built.", on(table)))]
        }
        Operation::EnumType(Change::Alter { from, to }, users) => {
            let mut tables: Vec<String> = users.columns.iter().map(|(table, _)| on(table)).collect();
            tables.dedup();
            exchanges_enum(from, to, &tables)
        }
        Operation::Definition(Change::Alter { from, to }, Layer::Below) if from.create != to.create => {
            changes_what_tables_use(to, &words.default_namespace)
        }
        Operation::Definition(Change::Alter { from, to }, _) if to.name.kind == DefinitionKind::Domain => {
            narrows_domain(from, to, &words.default_namespace)
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => Vec::new(),
    };
    hazards.extend(expectations.iter().map(|it| hazard(HazardKind::MayFail, it.hazard.clone())));
    hazards.sort_by_key(|hazard| hazard.kind);
    hazards
}

/// Tables that nobody else may read once this has run, until the transaction ends (ALTER TABLE: ACCESS EXCLUSIVE, but for
/// foreign keys, statistics and comments).
#[must_use]
pub fn closes(operation: &Operation) -> Vec<QualifiedName> {
    match operation {
        Operation::Table(Change::Alter { from, to }) => {
            let said = crate::schema::Table { comment: to.comment.clone(), ..from.clone() };
            if &said == to { Vec::new() } else { vec![to.name.clone()] }
        }
        Operation::Column(table, Change::Alter { from, to }) => {
            let said = Column { comment: to.comment.clone(), ..from.clone() };
            if &said == to { Vec::new() } else { vec![table.clone()] }
        }
        Operation::Column(table, Change::Add(_) | Change::Drop(_)) => vec![table.clone()],
        Operation::Constraint(table, Change::Add(constraint)) if !constraint.is_foreign_key() => vec![table.clone()],
        Operation::Constraint(table, Change::Drop(_) | Change::Alter { .. })
        | Operation::Index(table, Change::Drop(_)) => {
            vec![table.clone()]
        }
        Operation::EnumType(Change::Alter { from, to }, users) if !from.grows_into(to) => {
            users.columns.iter().map(|(table, _)| table.clone()).collect()
        }
        Operation::Definition(change, _) => {
            let name = &change.subject().name;
            let closes = match name.kind {
                DefinitionKind::Policy | DefinitionKind::RowSecurity | DefinitionKind::Rule => true,
                DefinitionKind::Trigger => matches!(change, Change::Drop(_)),
                DefinitionKind::Extension
                | DefinitionKind::Sequence
                | DefinitionKind::Domain
                | DefinitionKind::CompositeType
                | DefinitionKind::Function
                | DefinitionKind::Procedure
                | DefinitionKind::View
                | DefinitionKind::MaterializedView
                | DefinitionKind::ViewIndex
                | DefinitionKind::Statistics => false,
            };
            if closes { vec![name.name.clone()] } else { Vec::new() }
        }
        Operation::Rename(rename) => rename.ends().0.host().into_iter().cloned().collect(),
        Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Constraint(..)
        | Operation::Index(..) => Vec::new(),
    }
}

fn hazard(kind: HazardKind, message: String) -> Hazard {
    Hazard { kind, message }
}

fn drops_table(table: &str) -> Hazard {
    hazard(HazardKind::LosesData, format!("the rows of {table} are gone."))
}

/// ALTER TABLE, notes: every page is written anew. CREATE TABLE: an unlogged table is emptied after a crash.
fn changes_logging(table: &str, unlogged: bool) -> Vec<Hazard> {
    let rewrites = hazard(HazardKind::Rewrites, format!("{table} is rewritten and locked meanwhile."));
    let loses = format!("the rows of {table} are gone after a crash, and standbys do not have them.");
    let loses = unlogged.then(|| hazard(HazardKind::LosesData, loses));
    loses.into_iter().chain([rewrites]).collect()
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
fn adds_column(table: &str, column: &Column, fill: Option<&Fill>) -> Vec<Hazard> {
    let name = &column.name;
    let rewrites =
        |why: String| vec![hazard(HazardKind::Rewrites, format!("{why}: {table} is rewritten and locked meanwhile."))];
    match (&column.default, fill) {
        (ColumnDefault::None, Some(Fill { standalone: false, .. })) | (ColumnDefault::Expression(_), Some(_)) => {
            vec![hazard(
                HazardKind::Rewrites,
                format!("every row of {table} is written to fill {name}, and {table} is locked meanwhile."),
            )]
        }
        (ColumnDefault::None, Some(fill)) if is_volatile(&fill.sql) => {
            rewrites(format!("what fills {name} is computed for each row"))
        }
        (ColumnDefault::None, _) => Vec::new(),
        (ColumnDefault::Expression(expression), _) if is_volatile(&expression.sql) => {
            rewrites(format!("the default of {name} is computed for each row"))
        }
        (ColumnDefault::Expression(_), _) => Vec::new(),
        // Computed when it is read.
        (ColumnDefault::Generated(generated), _) if !generated.stored => Vec::new(),
        (ColumnDefault::Identity(_) | ColumnDefault::Serial(_) | ColumnDefault::Generated(_), _) => {
            rewrites(format!("{name} gets a value in each row"))
        }
    }
}

fn alters_column(table: &str, from: &Column, to: &Column, fill: Option<&Fill>, is_computed_with: bool) -> Vec<Hazard> {
    if from.regenerates_as(to) {
        let lost = (!from.is_generated()).then(|| drops_column(table, from, true));
        return lost.into_iter().flatten().chain(adds_column(table, to, fill)).collect();
    }
    let mut hazards = type_change(table, &to.name, &from.data_type, &to.data_type);
    let rewrites = hazards.iter().any(|it| it.kind == HazardKind::Rewrites);
    if is_computed_with && !rewrites && from.data_type != to.data_type {
        let message =
            format!("{table} is read whole and locked meanwhile: a check or an index computes with {}.", to.name);
        hazards.push(hazard(HazardKind::Blocks, message));
    }
    if from.nullable && !to.nullable {
        if fill.is_some() {
            let message = format!("the rows of {table} that hold NULL in {} are all written first.", to.name);
            hazards.push(hazard(HazardKind::Blocks, message));
        }
        hazards.push(hazard(HazardKind::Blocks, format!("{table} is read whole and locked meanwhile.")));
    }
    hazards
}

fn adds_constraint(table: &str, constraint: &Constraint, default_namespace: &str, is_locked: bool) -> Vec<Hazard> {
    let who = if is_locked { "reads of and writes to" } else { "writes to" };
    let message = match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion { .. } => {
            format!("{table} is locked while its index is built.")
        }
        ConstraintKind::ForeignKey(key) if constraint.validated => {
            let there = key.references.display(default_namespace);
            if there == table {
                format!("{who} {table} wait while it is read whole.")
            } else if is_locked {
                format!("reads of and writes to {table}, and writes to {there} wait while {table} is read whole.")
            } else {
                format!("writes to {table} and {there} wait while {table} is read whole.")
            }
        }
        ConstraintKind::Check { .. } if constraint.validated => format!("{table} is read whole and locked meanwhile."),
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } => return Vec::new(),
    };
    vec![hazard(HazardKind::Blocks, message)]
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

/// ALTER DOMAIN: the values of all columns of the domain are looked at, under a lock that holds up writes.
fn narrows_domain(from: &Definition, to: &Definition, default_namespace: &str) -> Vec<Hazard> {
    let is_new = |part: &&Part| !from.parts.contains(part);
    let narrows = |part: &Part| part.make.ends_with(" SET NOT NULL") || part.undo.contains(" DROP CONSTRAINT ");
    if !to.parts.iter().filter(is_new).any(narrows) {
        return Vec::new();
    }
    let name = to.name.display(default_namespace);
    vec![
        hazard(HazardKind::MayFail, format!("this fails if a column of {name} holds a value that it no longer takes.")),
        hazard(HazardKind::Blocks, "writes to the tables of its columns wait while these are read whole.".to_owned()),
    ]
}

/// A label can only be taken away by exchanging the type.
fn exchanges_enum(from: &EnumType, to: &EnumType, tables: &[String]) -> Vec<Hazard> {
    if tables.is_empty() || from.grows_into(to) {
        return Vec::new();
    }
    let are = if tables.len() == 1 { "is" } else { "are" };
    vec![hazard(HazardKind::Rewrites, format!("{} {are} rewritten and locked meanwhile.", tables.join(", ")))]
}
