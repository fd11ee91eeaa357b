//! Operations → what must hold of the rows that are there, for the operations to succeed.
//!
//! Each expectation is a sentence, and where possible the query that finds the rows in the way, over the tables as they
//! are *before* the first operation: under the names that they have then, without what the plan only makes. The
//! may-fail hazards of [`crate::hazard`], the guards of the file and the counts on a live database all come from here.
//! Pure.

mod before;
mod column;
mod enum_type;
mod guard;
mod key;
mod sentence;
mod type_change;

pub use guard::{GUARD_SECONDS, guard, is_guard};
pub(crate) use key::is_volatile;

use serde::Serialize;

use crate::operation::{Change, Operation};
use crate::render::Words;
use crate::schema::ConstraintKind;
use before::Before;
use sentence::Sentences;

/// Something that must hold of the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expectation {
    /// What must hold: `users.name holds no NULL`. Names are those before the first operation.
    pub holds: String,
    /// What is so where it does not hold: `users.name holds a NULL`.
    pub violated: String,
    /// The same as a hazard of the operation, with the operation's names: `this fails if users.name holds a NULL.`
    #[serde(skip)]
    pub hazard: String,
    /// What is counted where it does not hold, one and many: `row holds NULL`, `rows hold NULL`.
    #[serde(skip)]
    pub counted: (String, String),
    /// How to find out.
    pub probe: Probe,
    /// Whether the file asks before it does anything. Where Postgres itself names the rows at the statement in
    /// question (keys, foreign keys), it does not.
    pub guarded: bool,
}

/// How to find out whether an expectation holds, before anything is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// A query finds what is in the way.
    Rows(Query),
    /// An expression has to be computed for every row.
    Values(Values),
    /// Not at all: what it speaks of is only made by the operations.
    Later,
}

/// A query that finds what is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Query {
    /// A SELECT without a semicolon, to be pasted; a row for each thing in the way.
    pub find: String,
    /// Columns of its result that are the key in question, as SQL; empty where examples say nothing.
    pub examples: Vec<String>,
}

/// An expression that has to have a value of a type, for every row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Values {
    /// The table as SQL.
    pub table: String,
    /// What stands behind FROM so that the expression finds the names that it speaks of.
    pub source: String,
    /// A condition on the rows that are meant, as SQL.
    pub condition: Option<String>,
    /// The expression.
    pub expression: String,
    /// The type that its value is assigned to, as SQL.
    pub data_type: String,
    /// Whether it must not be NULL.
    pub not_null: bool,
}

/// What must hold of the rows for each operation, in the order of `operations`.
#[must_use]
pub fn expectations(operations: &[Operation], words: &Words) -> Vec<Vec<Expectation>> {
    let of = |(position, operation): (usize, &Operation)| {
        let before = Before::new(&operations[..position], words);
        match operation {
            Operation::Column(table, change) => column::expectations(&before, table, change),
            Operation::Constraint(table, Change::Add(constraint)) => key::of_constraint(&before, table, constraint),
            Operation::Constraint(table, Change::Alter { from, to }) if to.validated && !from.validated => {
                match to.kind {
                    ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } => {
                        key::of_constraint(&before, table, to)
                    }
                    ConstraintKind::PrimaryKey { .. }
                    | ConstraintKind::Unique { .. }
                    | ConstraintKind::Exclusion { .. } => Vec::new(),
                }
            }
            Operation::Index(table, Change::Add(index)) => key::of_index(&before, table, index),
            Operation::EnumType(Change::Alter { from, to }, users) => enum_type::expectations(&before, from, to, users),
            Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => Vec::new(),
        }
    };
    operations.iter().enumerate().map(of).collect()
}

impl Expectation {
    /// An expectation in the words before and at the operation.
    fn new(before: Sentences, at: &Sentences, probe: Probe) -> Self {
        Self {
            hazard: at.hazard.clone(),
            holds: before.holds,
            violated: before.violated,
            counted: (before.one, before.many),
            probe,
            guarded: false,
        }
    }

    /// The same, to be asked in the file where a query can ask it.
    fn guarded(self) -> Self {
        Self { guarded: matches!(self.probe, Probe::Rows(_)), ..self }
    }
}

impl Probe {
    fn rows(find: impl Into<String>) -> Self {
        Self::Rows(Query { find: find.into(), examples: Vec::new() })
    }
}
