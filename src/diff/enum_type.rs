use super::changes;
use super::definition::{below, by_need, standing_on};
use crate::operation::{Change, EnumUsers, Operation};
use crate::schema::{
    Column, Constraint, ConstraintKind, Definition, DefinitionKind, EnumType, Index, Object, QualifiedName, Schema,
    Table,
};

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
    let types = types_over(name, renamed);
    for table in &renamed.tables {
        let Some(after) = desired.table(&table.name) else { continue };
        let there = Standing {
            columns: table.columns.iter().filter(|it| after.column(&it.name).is_some()).collect(),
            constraint: &|it| after.constraints.contains(it),
            index: &|it| after.indexes.contains(it),
        };
        collect(&mut users, name, &types, table, &there);
    }
    users
}

/// What uses the type after the columns changed: every column of `desired`. Constraints and indexes of tables that
/// were there stand only if they stay; new ones are not made yet, except those of new tables, whose foreign keys come
/// last.
fn users_after(name: &QualifiedName, renamed: &Schema, desired: &Schema) -> EnumUsers {
    let mut users = EnumUsers::default();
    let types = types_over(name, desired);
    for table in &desired.tables {
        let before = renamed.table(&table.name);
        let there = Standing {
            columns: table.columns.iter().collect(),
            constraint: &|it| before.map_or(!it.is_foreign_key(), |before| before.constraints.contains(it)),
            index: &|it| before.is_none_or(|before| before.indexes.contains(it)),
        };
        collect(&mut users, name, &types, table, &there);
    }
    users
}

/// What of a table is there when the type is altered.
struct Standing<'a> {
    columns: Vec<&'a Column>,
    constraint: &'a dyn Fn(&Constraint) -> bool,
    index: &'a dyn Fn(&Index) -> bool,
}

fn collect(users: &mut EnumUsers, name: &QualifiedName, types: &[Definition], table: &Table, there: &Standing<'_>) {
    let is_of = |it: &&&Column| it.data_type.enum_name() == Some(name) || types.iter().any(|of| it.data_type.is(of));
    let columns: Vec<&Column> = there.columns.iter().filter(is_of).copied().collect();
    let names = |list: &[&Column]| list.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let of_type = names(&columns);
    let generated: Vec<&Column> = there.columns.iter().filter(|it| is_made_from(it, &of_type)).copied().collect();
    let made = names(&generated);
    let mentions = |names: &[String], list: &[&str]| names.iter().any(|name| list.contains(&name.as_str()));
    let constraints = table.constraints.iter().filter(|it| (there.constraint)(it)).filter(|it| match it.kind {
        // Of a foreign key both sides are of the type, and one of them changes first.
        ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } | ConstraintKind::ForeignKey(_) => {
            mentions(&of_type, &it.columns()) || mentions(&made, &it.columns())
        }
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } => mentions(&made, &it.columns()),
    });
    let indexes = table.indexes.iter().filter(|it| (there.index)(it)).filter(|it| {
        let computed = it.column_keys().is_none() || it.predicate.is_some();
        computed && mentions(&of_type, &it.columns()) || mentions(&made, &it.columns())
    });
    let named = |it: &Column| (table.name.clone(), it.clone());
    users.constraints.extend(constraints.map(|it| (table.name.clone(), it.clone())));
    users.indexes.extend(indexes.map(|it| (table.name.clone(), it.clone())));
    users.generated.extend(generated.into_iter().map(named));
    users.columns.extend(columns.into_iter().filter(|it| !made.contains(&it.name)).map(named));
}

fn is_made_from(column: &Column, names: &[String]) -> bool {
    column.made_from().iter().any(|name| names.contains(name))
}

/// Domains and composite types that are made from the type, directly or by way of another.
fn types_over(name: &QualifiedName, schema: &Schema) -> Vec<Definition> {
    let types = schema.definitions.iter().filter(|it| is_type(it)).cloned().collect::<Vec<_>>();
    let names = standing_on(&[Object::EnumType(name.clone())], &types, &schema.needs);
    types.into_iter().filter(|it| names.contains(&it.name)).collect()
}

fn is_type(definition: &Definition) -> bool {
    matches!(definition.name.kind, DefinitionKind::Domain | DefinitionKind::CompositeType)
}

/// What goes and comes back for a reason of its own is not there when the type is exchanged, in either direction.
pub(super) fn leave_out_remade(operations: &mut [Operation]) {
    let dropped: Vec<Object> = operations
        .iter()
        .filter(|it| matches!(it, Operation::Constraint(_, Change::Drop(_)) | Operation::Index(_, Change::Drop(_))))
        .map(Operation::object)
        .collect();
    for operation in operations {
        let Operation::EnumType(Change::Alter { .. }, users) = operation else { continue };
        let stays = |object: Object| !dropped.contains(&object);
        users.constraints.retain(|(table, it)| stays(Object::Constraint(table.clone(), it.name.clone())));
        users.indexes.retain(|(table, it)| stays(Object::Index(table.clone(), it.name.clone())));
    }
}

/// What tables stand on and stands on a type that is exchanged goes and comes back with it: types made from it, the
/// functions of defaults and indexes. Nothing else could be done in between.
pub(super) fn complete(renamed: &Schema, desired: &Schema, operations: &mut [Operation]) {
    let below = below(renamed, desired);
    for operation in operations {
        let Operation::EnumType(Change::Alter { from, to }, users) = operation else { continue };
        if from.grows_into(to) {
            continue;
        }
        let in_both = desired.definitions.iter().filter(|it| renamed.definition(&it.name).is_some());
        let there: Vec<Definition> = in_both.filter(|it| below.contains(&it.name)).cloned().collect();
        let names = standing_on(&[Object::EnumType(from.name.clone())], &there, &desired.needs);
        let definitions = there.into_iter().filter(|it| names.contains(&it.name)).collect();
        users.definitions = by_need(definitions, &desired.needs);
    }
}

/// A label that comes needs nothing to make way; when it goes again, everything has to that is there then.
pub(super) fn complete_growth(renamed: &Schema, desired: &Schema, operations: &mut [Operation]) {
    let goes: Vec<Object> = operations
        .iter()
        .filter(|it| match it {
            Operation::Definition(Change::Drop(_), _) | Operation::Column(_, Change::Drop(_)) => true,
            Operation::Column(_, Change::Alter { from, to }) => from.regenerates_as(to),
            Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Column(..)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => false,
        })
        .map(Operation::object)
        .collect();
    for operation in operations {
        let Operation::EnumType(Change::Alter { from, to }, users) = operation else { continue };
        if !from.grows_into(to) || from.labels == to.labels {
            continue;
        }
        users.generated.retain(|(table, it)| !goes.contains(&Object::Column(table.clone(), it.name.clone())));
        let column = |(table, it): &(QualifiedName, Column)| Object::Column(table.clone(), it.name.clone());
        let stood_on: Vec<Object> = [Object::EnumType(from.name.clone())]
            .into_iter()
            .chain(users.columns.iter().chain(&users.generated).map(column))
            .collect();
        let in_both = renamed.definitions.iter().filter(|it| desired.definition(&it.name).is_some());
        let there: Vec<Definition> =
            in_both.filter(|it| !goes.contains(&Object::Definition(it.name.clone()))).cloned().collect();
        let names = standing_on(&stood_on, &there, &renamed.needs);
        let definitions = there.into_iter().filter(|it| names.contains(&it.name)).collect();
        users.definitions = by_need(definitions, &renamed.needs);
    }
}
