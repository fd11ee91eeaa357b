//! What can be done while others read and write, and where it stands then: behind everything else. Each such operation
//! ends the transaction before it, and what was put aside in one (a view, its owner) is given back in it.

use std::collections::BTreeSet;

use super::quote::identifier;
use super::{Statement, Words};
use crate::operation::{Change, Operation};
use crate::schema::{Column, ConstraintKind, QualifiedName, Schema};

/// Tables that stay, and so may hold rows that others work on. Indexes of partitioned tables are built under a lock.
#[must_use]
pub fn tables_that_stay(renamed: &Schema, desired: &Schema) -> BTreeSet<QualifiedName> {
    let stays = |name: &QualifiedName| desired.table(name).is_some_and(|it| it.partition_by.is_none());
    renamed.tables.iter().map(|it| &it.name).filter(|name| stays(name)).cloned().collect()
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
