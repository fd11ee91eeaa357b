use std::collections::BTreeMap;

use super::quote::identifiers;
use super::{Statement, Words};
use crate::operation::{Change, Operation};
use crate::schema::{QualifiedName, Rename};

/// Columns of a table whose statistics Postgres threw away, and the statement that gathers them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analyze {
    /// The table.
    pub table: QualifiedName,
    /// Its columns.
    pub columns: Vec<String>,
    /// A step of its own: the locks of the change are gone then.
    pub statement: Statement,
}

/// With a column's type Postgres throws away what it knew of the values, even where no row is written again (measured
/// on 13 to 18); until autovacuum comes by, plans are guesses.
#[must_use]
pub fn analyze(operations: &[Operation], words: &Words) -> Vec<Analyze> {
    let mut retyped: BTreeMap<QualifiedName, Vec<String>> = BTreeMap::new();
    for (position, operation) in operations.iter().enumerate() {
        let mut note = |table: &QualifiedName, column: &str| {
            if let Some((table, column)) = named_at_the_end(table, column, &operations[position..]) {
                retyped.entry(table).or_default().push(column);
            }
        };
        match operation {
            Operation::Column(table, Change::Alter { from, to }) if from.is_retyped_as(to) => note(table, &to.name),
            Operation::EnumType(Change::Alter { from, to }, users) if !from.grows_into(to) => {
                for (table, column) in &users.columns {
                    note(table, &column.name);
                }
            }
            Operation::Column(..)
            | Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => {}
        }
    }
    let is_new = |table: &QualifiedName| {
        operations.iter().any(|it| matches!(it, Operation::Table(Change::Add(new)) if &new.name == table))
    };
    let there = retyped.into_iter().filter(|(table, _)| !is_new(table));
    there
        .map(|(table, mut columns)| {
            columns.sort();
            columns.dedup();
            let sql = format!("ANALYZE {} ({})", words.name(&table), identifiers(&columns));
            Analyze { table, columns, statement: Statement { sql, autocommit: true } }
        })
        .collect()
}

/// A column by the name that it has when all is done: in a downgrade, renames come last. `None` if it goes before that,
/// as what the upgrade made.
fn named_at_the_end(table: &QualifiedName, column: &str, later: &[Operation]) -> Option<(QualifiedName, String)> {
    later.iter().try_fold((table.clone(), column.to_owned()), |(table, column), operation| match operation {
        Operation::Table(Change::Drop(it)) if it.name == table => None,
        Operation::Column(owner, Change::Drop(it)) if *owner == table && it.name == column => None,
        Operation::Rename(Rename::Table { from, to }) if *from == table => Some((to.clone(), column)),
        Operation::Rename(Rename::Column { table: owner, from, to }) if *owner == table && *from == column => {
            Some((table, to.clone()))
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => Some((table, column)),
    })
}
