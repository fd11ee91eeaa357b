use super::changes;
use crate::operation::{Change, EnumUsers, Operation};
use crate::schema::{Column, Constraint, ConstraintKind, EnumType, Index, QualifiedName, Schema, Table};

/// Enum types that come, go or change.
///
/// Labels that come are added before the columns change, labels that go are taken away after: a new default may name
/// one of the first, an old default one of the second. So an alteration that does both is two operations.
pub(super) fn operations(renamed: &Schema, desired: &Schema) -> Vec<Operation> {
    changes(&renamed.enum_types, &desired.enum_types, |it: &EnumType| &it.name)
        .into_iter()
        .flat_map(|change| match change {
            Change::Add(_) | Change::Drop(_) => vec![Operation::EnumType(change, EnumUsers::default())],
            Change::Alter { from, to } => alter(from, to, renamed, desired),
        })
        .collect()
}

fn alter(from: EnumType, to: EnumType, renamed: &Schema, desired: &Schema) -> Vec<Operation> {
    let name = from.name.clone();
    let grown = EnumType { labels: grown(&from.labels, &to.labels), ..to.clone() };
    let early = users_before(&name, renamed, desired);
    let late = users_after(&name, renamed, desired);
    match (grown.labels == from.labels, grown.labels == to.labels) {
        (_, true) => vec![Operation::EnumType(Change::Alter { from, to }, early)],
        (true, false) => vec![Operation::EnumType(Change::Alter { from, to }, late)],
        (false, false) => vec![
            Operation::EnumType(Change::Alter { from, to: grown.clone() }, early),
            Operation::EnumType(Change::Alter { from: grown, to }, late),
        ],
    }
}

/// `from` with the labels that only `to` has, each behind the one that stands before it in `to`.
fn grown(from: &[String], to: &[String]) -> Vec<String> {
    let mut labels = from.to_vec();
    for (position, label) in to.iter().enumerate().filter(|(_, label)| !from.contains(label)) {
        let before = position.checked_sub(1).and_then(|before| labels.iter().position(|it| it == &to[before]));
        labels.insert(before.map_or(0, |before| before + 1), label.clone());
    }
    labels
}

/// What uses the type before the columns change: what both schemas have, as `renamed` has it.
fn users_before(name: &QualifiedName, renamed: &Schema, desired: &Schema) -> EnumUsers {
    let mut users = EnumUsers::default();
    for table in &renamed.tables {
        let Some(after) = desired.table(&table.name) else { continue };
        let columns = table.columns.iter().filter(|it| after.column(&it.name).is_some());
        collect(&mut users, name, table, columns, |it| after.constraints.contains(it), |it| after.indexes.contains(it));
    }
    users
}

/// What uses the type after the columns changed: every column of `desired`. Constraints and indexes of tables that
/// were there stand only if they stay; new ones are not made yet, except those of new tables.
fn users_after(name: &QualifiedName, renamed: &Schema, desired: &Schema) -> EnumUsers {
    let mut users = EnumUsers::default();
    for table in &desired.tables {
        let before = renamed.table(&table.name);
        let constraint = |it: &Constraint| before.is_none_or(|before| before.constraints.contains(it));
        let index = |it: &Index| before.is_none_or(|before| before.indexes.contains(it));
        collect(&mut users, name, table, table.columns.iter(), constraint, index);
    }
    users
}

fn collect<'a>(
    users: &mut EnumUsers,
    name: &QualifiedName,
    table: &'a Table,
    columns: impl Iterator<Item = &'a Column>,
    has_constraint: impl Fn(&Constraint) -> bool,
    has_index: impl Fn(&Index) -> bool,
) {
    let columns: Vec<&Column> = columns.filter(|it| it.data_type.enum_name() == Some(name)).collect();
    let mentions = |list: &[&str]| columns.iter().any(|column| list.contains(&column.name.as_str()));
    let constraints = table.constraints.iter().filter(|it| has_constraint(it)).filter(|it| match it.kind {
        ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => mentions(&it.columns()),
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey(_) => false,
    });
    let indexes = table.indexes.iter().filter(|it| has_index(it)).filter(|it| {
        let computed = it.column_keys().is_none() || it.predicate.is_some();
        computed && mentions(&it.columns())
    });
    users.constraints.extend(constraints.map(|it| (table.name.clone(), it.clone())));
    users.indexes.extend(indexes.map(|it| (table.name.clone(), it.clone())));
    users.columns.extend(columns.into_iter().map(|it| (table.name.clone(), it.clone())));
}
