use super::changes;
use crate::operation::{Change, Operation};
use crate::schema::{Column, Constraint, ConstraintKind, Index, Rename, Schema, Table};

/// Tables that come, go or change.
pub(super) fn operations(renamed: &Schema, desired: &Schema) -> Vec<Operation> {
    changes(&renamed.tables, &desired.tables, |it: &Table| &it.name)
        .into_iter()
        .flat_map(|change| match change {
            Change::Add(table) => with_foreign_keys(table, Change::Add, Change::Add),
            Change::Drop(table) => with_foreign_keys(table, Change::Drop, Change::Drop),
            Change::Alter { from, to } => alter(&from, &to),
        })
        .collect()
}

/// The table without its foreign keys, and each of these as an operation of its own.
fn with_foreign_keys(
    table: Table,
    table_change: impl Fn(Table) -> Change<Table>,
    key_change: impl Fn(Constraint) -> Change<Constraint>,
) -> Vec<Operation> {
    let (keys, rest): (Vec<Constraint>, Vec<Constraint>) =
        table.constraints.iter().cloned().partition(|it| matches!(it.kind, ConstraintKind::ForeignKey(_)));
    let name = table.name.clone();
    let keys = keys.into_iter().map(|key| Operation::Constraint(name.clone(), key_change(key)));
    [Operation::Table(table_change(Table { constraints: rest, ..table }))].into_iter().chain(keys).collect()
}

fn alter(from: &Table, to: &Table) -> Vec<Operation> {
    let columns = changes(&from.columns, &to.columns, |it: &Column| &it.name);
    let remade: Vec<&str> = remade_columns(&columns);
    let mut operations = Vec::new();
    if (&from.comment, from.unlogged, &from.partition_by) != (&to.comment, to.unlogged, &to.partition_by) {
        operations.push(Operation::Table(Change::Alter { from: from.clone(), to: to.clone() }));
    }
    operations.extend(constraints(from, to, &remade));
    operations.extend(indexes(from, to, &remade));
    operations.extend(columns.into_iter().map(|change| Operation::Column(to.name.clone(), change)));
    operations
}

/// Columns that are dropped and made again in one direction or the other, with everything that hangs on them.
fn remade_columns(columns: &[Change<Column>]) -> Vec<&str> {
    columns
        .iter()
        .filter_map(|change| match change {
            Change::Alter { from, to } if from.regenerates_as(to) || to.regenerates_as(from) => Some(to.name.as_str()),
            Change::Add(_) | Change::Drop(_) | Change::Alter { .. } => None,
        })
        .collect()
}

fn constraints(from: &Table, to: &Table, remade: &[&str]) -> Vec<Operation> {
    let in_place = |from: &Constraint, to: &Constraint| {
        let same = Constraint { comment: to.comment.clone(), validated: to.validated, ..from.clone() } == *to;
        same && (from.validated == to.validated || to.validated)
    };
    let only_name = |from: &Constraint, to: &Constraint| Constraint { name: to.name.clone(), ..from.clone() } == *to;
    let changed = hanging(&from.constraints, &to.constraints, |it: &Constraint| &it.name, in_place, only_name);
    let kept = to
        .constraints
        .iter()
        .filter(|it| from.constraints.contains(it) && it.columns().iter().any(|column| remade.contains(column)));
    let remade =
        kept.flat_map(|it| [Hanging::Change(Change::Drop(it.clone())), Hanging::Change(Change::Add(it.clone()))]);
    changed
        .into_iter()
        .chain(remade)
        .map(|it| match it {
            Hanging::Change(change) => Operation::Constraint(to.name.clone(), change),
            Hanging::Rename(before, after) => {
                Operation::Rename(Rename::Constraint { table: to.name.clone(), from: before, to: after })
            }
        })
        .collect()
}

fn indexes(from: &Table, to: &Table, remade: &[&str]) -> Vec<Operation> {
    let in_place = |from: &Index, to: &Index| Index { comment: to.comment.clone(), ..from.clone() } == *to;
    let only_name = |from: &Index, to: &Index| Index { name: to.name.clone(), ..from.clone() } == *to;
    let changed = hanging(&from.indexes, &to.indexes, |it: &Index| &it.name, in_place, only_name);
    let kept = to
        .indexes
        .iter()
        .filter(|it| from.indexes.contains(it) && it.columns().iter().any(|column| remade.contains(column)));
    let remade =
        kept.flat_map(|it| [Hanging::Change(Change::Drop(it.clone())), Hanging::Change(Change::Add(it.clone()))]);
    changed
        .into_iter()
        .chain(remade)
        .map(|it| match it {
            Hanging::Change(change) => Operation::Index(to.name.clone(), change),
            Hanging::Rename(before, after) => {
                Operation::Rename(Rename::Index { table: to.name.clone(), from: before, to: after })
            }
        })
        .collect()
}

/// What happens to a thing that hangs on a table.
enum Hanging<T> {
    Change(Change<T>),
    Rename(String, String),
}

/// Constraints and indexes cannot be changed, only made again: an alteration that is not `in_place` is a drop and an
/// add, so that what happens to the columns can stand between. A drop and an add that differ in nothing but the name
/// are a rename.
fn hanging<T: Clone + PartialEq>(
    from: &[T],
    to: &[T],
    name: impl Fn(&T) -> &String,
    in_place: impl Fn(&T, &T) -> bool,
    only_name: impl Fn(&T, &T) -> bool,
) -> Vec<Hanging<T>> {
    let mut drops = Vec::new();
    let mut adds = Vec::new();
    let mut result = Vec::new();
    for change in changes(from, to, &name) {
        match change {
            Change::Drop(thing) => drops.push(thing),
            Change::Add(thing) => adds.push(thing),
            Change::Alter { from, to } if in_place(&from, &to) => {
                result.push(Hanging::Change(Change::Alter { from, to }));
            }
            Change::Alter { from, to } => {
                result.push(Hanging::Change(Change::Drop(from)));
                result.push(Hanging::Change(Change::Add(to)));
            }
        }
    }
    for dropped in drops {
        match adds.iter().position(|added| only_name(&dropped, added)) {
            Some(position) => {
                let added = adds.remove(position);
                result.push(Hanging::Rename(name(&dropped).clone(), name(&added).clone()));
            }
            None => result.push(Hanging::Change(Change::Drop(dropped))),
        }
    }
    result.extend(adds.into_iter().map(|it| Hanging::Change(Change::Add(it))));
    result
}
