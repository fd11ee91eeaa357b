use super::changes;
use crate::operation::{Change, Operation};
use crate::schema::{Column, ColumnDefault, Constraint, ConstraintKind, Index, Rename, Schema, Table};

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

/// A logged table cannot refer to an unlogged one: those that refer to others become unlogged before these.
pub(super) fn by_logging(mut operations: Vec<Operation>) -> Vec<Operation> {
    let refers = |from: &Table, to: &Table| {
        from.constraints
            .iter()
            .any(|it| matches!(&it.kind, ConstraintKind::ForeignKey(key) if key.references == to.name))
    };
    let changed = |it: &Operation| match it {
        Operation::Table(Change::Alter { from, to }) if from.unlogged != to.unlogged => Some(to.clone()),
        _ => None,
    };
    let positions: Vec<usize> = (0..operations.len()).filter(|it| changed(&operations[*it]).is_some()).collect();
    let mut waiting: Vec<Operation> = positions.iter().map(|it| operations[*it].clone()).collect();
    for position in positions {
        let is_next = |it: &Operation| {
            let Some(table) = changed(it) else { return true };
            waiting
                .iter()
                .filter_map(changed)
                .filter(|other| other.name != table.name)
                .all(|other| if table.unlogged { !refers(&other, &table) } else { !refers(&table, &other) })
        };
        let next = waiting.iter().position(is_next).unwrap_or(0);
        operations[position] = waiting.remove(next);
    }
    operations
}

/// The table without its foreign keys, and each of these as an operation of its own.
fn with_foreign_keys(
    table: Table,
    table_change: impl Fn(Table) -> Change<Table>,
    key_change: impl Fn(Constraint) -> Change<Constraint>,
) -> Vec<Operation> {
    let (keys, rest): (Vec<Constraint>, Vec<Constraint>) =
        table.constraints.iter().cloned().partition(Constraint::is_foreign_key);
    let name = table.name.clone();
    let keys = keys.into_iter().map(|key| Operation::Constraint(name.clone(), key_change(key)));
    [Operation::Table(table_change(Table { constraints: rest, ..table }))].into_iter().chain(keys).collect()
}

fn alter(from: &Table, to: &Table) -> Vec<Operation> {
    let columns = making_way(changes(&from.columns, &to.columns, |it: &Column| &it.name), from, to);
    let remade: Vec<&str> = remade_columns(&columns);
    let mut operations = Vec::new();
    if (&from.comment, from.unlogged, &from.partition_by) != (&to.comment, to.unlogged, &to.partition_by) {
        operations.push(Operation::Table(Change::Alter { from: from.clone(), to: to.clone() }));
    }
    operations.extend(constraints(from, to, &remade));
    operations.extend(indexes(from, to, &remade));
    let columns = columns.into_iter().flat_map(|change| in_parts(change, to));
    operations.extend(columns.map(|change| Operation::Column(to.name.clone(), change)));
    operations
}

/// A generated column has to go and come back where a column that it is made from becomes another type. Its values
/// follow from the row, so that nothing is lost.
fn making_way(mut columns: Vec<Change<Column>>, from: &Table, to: &Table) -> Vec<Change<Column>> {
    let retyped: Vec<String> = columns
        .iter()
        .filter_map(|change| match change {
            Change::Alter { from, to } if from.data_type != to.data_type => Some(to.name.clone()),
            Change::Add(_) | Change::Drop(_) | Change::Alter { .. } => None,
        })
        .collect();
    let is_in_the_way = |column: &Column| column.made_from().iter().any(|name| retyped.contains(name));
    for (before, after) in from.columns.iter().filter_map(|it| to.column(&it.name).map(|after| (it, after))) {
        if is_in_the_way(before) && is_in_the_way(after) {
            columns.retain(|change| change.subject().name != after.name);
            columns.extend([Change::Drop(before.clone()), Change::Add(after.clone())]);
        }
    }
    columns
}

/// A generated column with another expression goes before the columns that it no longer mentions and comes after those
/// that it does. One that is no longer generated lets go of the columns that go before it becomes what it is to be.
fn in_parts(change: Change<Column>, table: &Table) -> Vec<Change<Column>> {
    match change {
        Change::Alter { from, to } if from.is_generated() && !to.is_generated() => {
            let free = Column { default: ColumnDefault::None, ..from.clone() };
            // On the way back the values are made again: whatever happened to them before is for nothing, and a type
            // may not even let itself be cast back.
            if free == to || from.data_type != to.data_type && !is_made_from_what_goes(&from, table) {
                return vec![Change::Alter { from, to }];
            }
            vec![Change::Alter { from, to: free.clone() }, Change::Alter { from: free, to }]
        }
        Change::Alter { from, to } if from.is_generated() && to.is_generated() && from.regenerates_as(&to) => {
            vec![Change::Drop(from), Change::Add(to)]
        }
        other => vec![other],
    }
}

/// Whether it is made from a column that the table does not have.
fn is_made_from_what_goes(column: &Column, table: &Table) -> bool {
    column.made_from().iter().any(|name| table.column(name).is_none())
}

/// Columns that are dropped and made again in one direction or the other, with everything that hangs on them.
fn remade_columns(columns: &[Change<Column>]) -> Vec<&str> {
    let dropped: Vec<&str> = columns
        .iter()
        .filter_map(|change| match change {
            Change::Drop(column) => Some(column.name.as_str()),
            Change::Add(_) | Change::Alter { .. } => None,
        })
        .collect();
    columns
        .iter()
        .filter_map(|change| match change {
            Change::Alter { from, to } if from.regenerates_as(to) || to.regenerates_as(from) => Some(to.name.as_str()),
            // Dropped here and added elsewhere in the list.
            Change::Add(column) if dropped.contains(&column.name.as_str()) => Some(column.name.as_str()),
            Change::Add(_) | Change::Drop(_) | Change::Alter { .. } => None,
        })
        .collect()
}

fn constraints(from: &Table, to: &Table, remade: &[&str]) -> Vec<Operation> {
    let differs = Hanging {
        name: |it: &Constraint| &it.name,
        in_place: |from, to| {
            // Of foreign keys alone Postgres can change when they are checked.
            let deferrability = match to.kind {
                ConstraintKind::ForeignKey(_) => to.deferrability,
                ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::Check { .. }
                | ConstraintKind::Exclusion { .. } => from.deferrability,
            };
            let (comment, validated) = (to.comment.clone(), to.validated);
            let same = Constraint { comment, validated, deferrability, ..from.clone() } == *to;
            same && (from.validated == to.validated || to.validated)
        },
        only_name: |from, to| Constraint { name: to.name.clone(), ..from.clone() } == *to,
        columns: Constraint::columns,
    };
    let table = &to.name;
    let rename = |from, to| Rename::Constraint { table: table.clone(), from, to };
    let change = |change| Operation::Constraint(table.clone(), change);
    differs.operations(&from.constraints, &to.constraints, remade, change, rename)
}

fn indexes(from: &Table, to: &Table, remade: &[&str]) -> Vec<Operation> {
    let differs = Hanging {
        name: |it: &Index| &it.name,
        in_place: |from, to| Index { comment: to.comment.clone(), ..from.clone() } == *to,
        only_name: |from, to| Index { name: to.name.clone(), ..from.clone() } == *to,
        columns: Index::columns,
    };
    let table = &to.name;
    let rename = |from, to| Rename::Index { table: table.clone(), from, to };
    let change = |change| Operation::Index(table.clone(), change);
    differs.operations(&from.indexes, &to.indexes, remade, change, rename)
}

/// How things that hang on a table (constraints, indexes) are compared.
struct Hanging<T> {
    name: fn(&T) -> &String,
    /// Whether the one becomes the other without being made again.
    in_place: fn(&T, &T) -> bool,
    only_name: fn(&T, &T) -> bool,
    columns: fn(&T) -> Vec<&str>,
}

impl<T: Clone + PartialEq> Hanging<T> {
    /// Most things cannot be changed, only made again: an alteration that is not in place is a drop and an add, so that
    /// what happens to the columns can stand between. A drop and an add that differ in nothing but the name are a
    /// rename. What hangs on a column that is made again is made again with it.
    fn operations(
        &self,
        from: &[T],
        to: &[T],
        remade: &[&str],
        operation: impl Fn(Change<T>) -> Operation,
        rename: impl Fn(String, String) -> Rename,
    ) -> Vec<Operation> {
        let (mut drops, mut adds, mut operations) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes(from, to, self.name) {
            match change {
                Change::Drop(thing) => drops.push(thing),
                Change::Add(thing) => adds.push(thing),
                Change::Alter { from, to } if (self.in_place)(&from, &to) => {
                    operations.push(operation(Change::Alter { from, to }));
                }
                Change::Alter { from, to } => operations.extend([Change::Drop(from), Change::Add(to)].map(&operation)),
            }
        }
        for dropped in drops {
            match adds.iter().position(|added| (self.only_name)(&dropped, added)) {
                Some(position) => {
                    let added = adds.remove(position);
                    let rename = rename((self.name)(&dropped).clone(), (self.name)(&added).clone());
                    operations.push(Operation::Rename(rename));
                }
                None => operations.push(operation(Change::Drop(dropped))),
            }
        }
        operations.extend(adds.into_iter().map(|it| operation(Change::Add(it))));
        let hangs_on_remade = |it: &&T| (self.columns)(it).iter().any(|column| remade.contains(column));
        let again = to.iter().filter(|it| from.contains(it)).filter(hangs_on_remade);
        operations.extend(again.flat_map(|it| [Change::Drop(it.clone()), Change::Add(it.clone())]).map(operation));
        operations
    }
}
