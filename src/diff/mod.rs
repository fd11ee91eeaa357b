//! Two complete schemas → the operations from one to the other, in order.
//!
//! Exact: whatever differs becomes an operation, except the order of columns in a table that exists (Postgres
//! appends). It knows no policy; what is to be left alone stands in both schemas (see [`crate::overlay`]).

mod definition;
mod enum_type;
mod key;
mod online;
mod phase;
mod reading;
mod table;

pub use online::{lets_others_work, online_last, tables_that_stay};
pub use reading::read_before_dropped;

use crate::operation::{Change, Operation};
use crate::schema::{Namespace, Schema};

/// The operations that turn `renamed` into `desired`, in execution order.
#[must_use]
pub fn diff(renamed: &Schema, desired: &Schema) -> Vec<Operation> {
    let mut operations = Vec::new();
    operations.extend(namespaces(renamed, desired));
    operations.extend(enum_type::operations(renamed, desired));
    operations.extend(table::by_logging(table::operations(renamed, desired)));
    let foreign_keys = key::remade(renamed, desired, &operations);
    operations.extend(foreign_keys);
    enum_type::leave_out_remade(&mut operations);
    enum_type::complete(renamed, desired, &mut operations);
    let definitions = definition::operations(renamed, desired, &operations);
    operations.extend(definitions);
    enum_type::complete_growth(renamed, desired, &mut operations);
    in_order(operations)
}

/// Operations in execution order. Stable: within a phase things stay sorted by name, a table's columns in its
/// order, and definitions behind what they need.
#[must_use]
pub fn in_order(mut operations: Vec<Operation>) -> Vec<Operation> {
    operations.sort_by_key(phase::phase);
    operations
}

fn namespaces(renamed: &Schema, desired: &Schema) -> Vec<Operation> {
    changes(&renamed.namespaces, &desired.namespaces, |it: &Namespace| &it.name)
        .into_iter()
        .map(Operation::Namespace)
        .collect()
}

/// What happens to each thing of a list, matched by name: drops in the order of `from`, the rest in that of `to`.
fn changes<T: Clone + PartialEq, N: PartialEq>(from: &[T], to: &[T], name: impl Fn(&T) -> &N) -> Vec<Change<T>> {
    let find = |list: &[T], wanted: &T| list.iter().find(|it| name(it) == name(wanted)).cloned();
    let drops = from.iter().filter(|it| find(to, it).is_none()).cloned().map(Change::Drop);
    let others = to.iter().filter_map(|thing| match find(from, thing) {
        None => Some(Change::Add(thing.clone())),
        Some(before) if &before != thing => Some(Change::Alter { from: before, to: thing.clone() }),
        Some(_) => None,
    });
    drops.chain(others).collect()
}

#[cfg(test)]
mod tests;
