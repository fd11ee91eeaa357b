//! What can be done while others read and write, and where it stands then: behind everything else. Each such operation
//! ends the transaction before it, and what was put aside in one (a view, its owner) is given back in it.

use std::collections::BTreeSet;

use super::quote::identifier;
use super::{Statement, Words};
use crate::operation::{Change, Operation};
use crate::schema::{Column, ConstraintKind, ForeignKey, QualifiedName, Schema};

/// Tables that stay, and so may hold rows that others work on, and where nothing else needs what is new. Where a constraint
/// or index goes too, nothing is put off: what takes its place must come with it. Indexes of partitioned tables are built
/// under a lock.
#[must_use]
pub fn online_tables(renamed: &Schema, desired: &Schema, operations: &[Operation]) -> BTreeSet<QualifiedName> {
    let stays = |name: &QualifiedName| desired.table(name).is_some_and(|it| it.partition_by.is_none());
    let hold_up: BTreeSet<&QualifiedName> = operations.iter().filter_map(holds_up).collect();
    let names = renamed.tables.iter().map(|it| &it.name);
    let mut tables: BTreeSet<_> = names.filter(|name| stays(name) && !hold_up.contains(name)).cloned().collect();
    loop {
        // A key that comes with the rest needs what it refers to by then.
        let needed: BTreeSet<QualifiedName> = operations
            .iter()
            .filter_map(refers)
            .filter(|(table, is_validated, _)| !(*is_validated && tables.contains(*table)))
            .filter(|(_, _, key)| operations.iter().any(|it| brings(it, key)))
            .map(|(_, _, key)| key.references.clone())
            .collect();
        let before = tables.len();
        tables.retain(|it| !needed.contains(it));
        if tables.len() == before {
            return tables;
        }
    }
}

/// Whether the operation makes what a foreign key refers to.
fn brings(operation: &Operation, key: &ForeignKey) -> bool {
    let is_meant = |columns: &[String]| {
        columns.len() == key.referenced_columns.len() && columns.iter().all(|it| key.referenced_columns.contains(it))
    };
    match operation {
        Operation::Index(table, Change::Add(index)) => {
            let columns = index.column_keys().unwrap_or_default();
            let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
            table == &key.references && index.unique && is_meant(&columns)
        }
        Operation::Constraint(table, Change::Add(constraint)) => match &constraint.kind {
            ConstraintKind::Unique { columns, .. } => table == &key.references && is_meant(columns),
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => false,
        },
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    }
}

/// A new foreign key with its table, and whether it is to be validated.
fn refers(operation: &Operation) -> Option<(&QualifiedName, bool, &ForeignKey)> {
    match operation {
        Operation::Constraint(table, Change::Add(constraint)) => match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some((table, constraint.validated, key)),
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => None,
        },
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => None,
    }
}

/// The table on which nothing is put off because of this: an index or constraint goes, or a primary key comes, whose columns
/// must hold no NULL by then.
fn holds_up(operation: &Operation) -> Option<&QualifiedName> {
    match operation {
        Operation::Index(table, Change::Drop(_)) | Operation::Constraint(table, Change::Drop(_)) => Some(table),
        Operation::Constraint(table, Change::Add(it)) if matches!(it.kind, ConstraintKind::PrimaryKey { .. }) => {
            Some(table)
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => None,
    }
}

/// The same operations, those last that let others work.
#[must_use]
pub fn online_last(operations: Vec<Operation>, words: &Words) -> Vec<Operation> {
    let (online, others): (Vec<_>, Vec<_>) = operations.into_iter().partition(|it| words.lets_others_work(it));
    others.into_iter().chain(online).collect()
}

impl Words {
    /// Whether the operation comes in steps without long locks, on a table of [`Words::online`]: indexes, constraints but
    /// for primary keys and exclusion constraints, and NOT NULL where nothing has to be filled.
    #[must_use]
    pub fn lets_others_work(&self, operation: &Operation) -> bool {
        match operation {
            Operation::Index(table, Change::Add(_)) => self.online.contains(table),
            Operation::Constraint(table, Change::Add(constraint)) => {
                let can = match constraint.kind {
                    ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::Unique { .. } => {
                        true
                    }
                    ConstraintKind::PrimaryKey { .. } | ConstraintKind::Exclusion { .. } => false,
                };
                can && constraint.validated && self.online.contains(table)
            }
            Operation::Column(table, Change::Alter { from, to }) => {
                let no_more = from.nullable && &Column { nullable: false, ..from.clone() } == to;
                no_more && self.online.contains(table) && self.fill(table, &to.name).is_none()
            }
            Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Column(..)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => false,
        }
    }
}

/// NOT NULL is free where a valid check says the same (ALTER TABLE, SET NOT NULL), and a check is validated beside others.
pub(super) fn not_null(table: &QualifiedName, column: &str, words: &Words) -> Vec<Statement> {
    let (on, column) = (words.name(table), identifier(column));
    // It lives until the next statement but one.
    let check = identifier("autogen_not_null");
    vec![
        Statement::new(format!("ALTER TABLE {on} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID")),
        Statement { sql: format!("ALTER TABLE {on} VALIDATE CONSTRAINT {check}"), autocommit: true },
        Statement::new(format!("ALTER TABLE {on} ALTER COLUMN {column} SET NOT NULL")),
        Statement::new(format!("ALTER TABLE {on} DROP CONSTRAINT {check}")),
    ]
}
