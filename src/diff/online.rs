//! What can be done while others read and write, and where it stands then: behind everything else. Each such operation
//! ends the transaction before it, and what was put aside in one (a view, its owner) is given back in it.

use std::collections::BTreeSet;

use crate::operation::{Change, Operation};
use crate::schema::{ConstraintKind, QualifiedName, Schema};

/// Tables that stay, and so may hold rows that others work on. Indexes of partitioned tables are built under a lock.
#[must_use]
pub fn tables_that_stay(renamed: &Schema, desired: &Schema) -> BTreeSet<QualifiedName> {
    let stays = |name: &QualifiedName| desired.table(name).is_some_and(|it| it.partition_by.is_none());
    renamed.tables.iter().map(|it| &it.name).filter(|name| stays(name)).cloned().collect()
}

/// The same operations, those last that let others work on these tables.
#[must_use]
pub fn online_last(operations: Vec<Operation>, tables: &BTreeSet<QualifiedName>) -> Vec<Operation> {
    let (online, others): (Vec<_>, Vec<_>) = operations.into_iter().partition(|it| lets_others_work(it, tables));
    others.into_iter().chain(online).collect()
}

/// Whether the operation adds an index or constraint to one of these tables that can come in steps without long locks: all
/// but primary keys and exclusion constraints.
#[must_use]
pub fn lets_others_work(operation: &Operation, tables: &BTreeSet<QualifiedName>) -> bool {
    match operation {
        Operation::Index(table, Change::Add(_)) => tables.contains(table),
        Operation::Constraint(table, Change::Add(constraint)) => {
            let can = match constraint.kind {
                ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::Unique { .. } => true,
                ConstraintKind::PrimaryKey { .. } | ConstraintKind::Exclusion { .. } => false,
            };
            can && constraint.validated && tables.contains(table)
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
