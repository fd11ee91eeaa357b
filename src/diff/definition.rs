use std::collections::BTreeSet;

use super::changes;
use crate::operation::{Change, Layer, Operation};
use crate::schema::{Definition, DefinitionKind, DefinitionName, Need, Object, Schema};

/// Definitions that come, go or change, and those that only have to make way: what stands on a column while its type
/// changes is dropped before and made again afterwards. `operations` are those on everything else.
pub(super) fn operations(renamed: &Schema, desired: &Schema, operations: &[Operation]) -> Vec<Operation> {
    let in_the_way = in_the_way(renamed, desired, operations);
    let (mut drops, mut adds, mut alterations) = (Vec::new(), Vec::new(), Vec::new());
    for change in changes(&renamed.definitions, &desired.definitions, |it: &Definition| &it.name) {
        match change {
            Change::Add(definition) => adds.push(definition),
            Change::Drop(definition) => drops.push(definition),
            Change::Alter { from, .. } if in_the_way.contains(&from.name) => {}
            Change::Alter { from, to } => alterations.push((from, to)),
        }
    }
    drops.extend(in_the_way.iter().filter_map(|name| renamed.definition(name).cloned()));
    adds.extend(in_the_way.iter().filter_map(|name| desired.definition(name).cloned()));
    let below = below(renamed, desired);
    let operation = |change: Change<Definition>| {
        let name = &change.subject().name;
        // What is made again under its name has to go before it comes; tables that stood on it would not let it.
        let again = in_the_way.contains(name);
        let layer = if below.contains(name) && !again { Layer::Below } else { Layer::Above };
        Operation::Definition(change, layer)
    };
    let drops = by_need(drops, &renamed.needs).into_iter().rev().map(Change::Drop);
    let alterations = alterations.into_iter().map(|(from, to)| Change::Alter { from, to });
    drops.chain(alterations).chain(by_need(adds, &desired.needs).into_iter().map(Change::Add)).map(operation).collect()
}

/// What is in both schemas and cannot stay where it is, because it changes its shape or because what it stands on goes
/// or becomes another; with everything that stands on it in turn.
fn in_the_way(renamed: &Schema, desired: &Schema, operations: &[Operation]) -> BTreeSet<DefinitionName> {
    let in_both = || renamed.definitions.iter().filter_map(|it| desired.definition(&it.name).map(|after| (it, after)));
    let mut names: BTreeSet<DefinitionName> =
        in_both().filter(|(before, after)| !before.gives_way_to(after)).map(|(it, _)| it.name.clone()).collect();
    // What an exchanged enum type takes along by itself.
    let exchanged: Vec<&DefinitionName> = operations
        .iter()
        .flat_map(|it| match it {
            Operation::EnumType(Change::Alter { from, to }, users) if !from.grows_into(to) => {
                users.definitions.as_slice()
            }
            _ => &[],
        })
        .map(|it| &it.name)
        .collect();
    names.retain(|name| !exchanged.contains(&name));
    loop {
        let goes = |object: &Object| match object {
            Object::Definition(name) => {
                names.contains(name) || exchanged.contains(&name) || desired.definition(name).is_none()
            }
            Object::Namespace(_)
            | Object::EnumType(_)
            | Object::EnumLabel(..)
            | Object::Table(_)
            | Object::Column(..)
            | Object::Constraint(..)
            | Object::Index(..) => operations.iter().any(|it| disturbs(it, object)),
        };
        let stands_on_it = |name: &DefinitionName| {
            renamed.needs.iter().any(|need| need.of == Object::Definition(name.clone()) && goes(&need.needs))
        };
        let more: Vec<DefinitionName> = in_both()
            .map(|(it, _)| &it.name)
            .filter(|name| !names.contains(*name) && !exchanged.contains(name))
            .filter(|name| stands_on_it(name) || goes_with_host(name, &names))
            .cloned()
            .collect();
        if more.is_empty() {
            return names;
        }
        names.extend(more);
    }
}

/// Those of `there` that stand on one of these things, or on another that does.
pub(super) fn standing_on(on: &[Object], there: &[Definition], needs: &[Need]) -> BTreeSet<DefinitionName> {
    let mut names = BTreeSet::new();
    loop {
        let stood_on = |object: &Object| match object {
            Object::Definition(name) => names.contains(name),
            other => on.contains(other),
        };
        let stands = |name: &DefinitionName| {
            let of = Object::Definition(name.clone());
            needs.iter().any(|need| need.of == of && stood_on(&need.needs)) || goes_with_host(name, &names)
        };
        let new = there.iter().map(|it| &it.name).filter(|name| !names.contains(*name));
        let more: Vec<DefinitionName> = new.filter(|name| stands(name)).cloned().collect();
        if more.is_empty() {
            return names;
        }
        names.extend(more);
    }
}

/// A trigger or an index goes with its view.
fn goes_with_host(name: &DefinitionName, gone: &BTreeSet<DefinitionName>) -> bool {
    gone.iter().any(|host| {
        matches!(host.kind, DefinitionKind::View | DefinitionKind::MaterializedView) && name.is_on(&host.name)
    })
}

/// Whether nothing may stand on the object while this happens.
fn disturbs(operation: &Operation, object: &Object) -> bool {
    match operation {
        Operation::Table(Change::Drop(table)) => match object {
            Object::Table(name) | Object::Column(name, _) | Object::Constraint(name, _) => name == &table.name,
            Object::Namespace(_)
            | Object::EnumType(_)
            | Object::EnumLabel(..)
            | Object::Index(..)
            | Object::Definition(_) => false,
        },
        Operation::Column(table, Change::Drop(column)) => *object == Object::Column(table.clone(), column.name.clone()),
        Operation::Column(table, Change::Alter { from, to }) => {
            let retyped = (&from.data_type, &from.collation) != (&to.data_type, &to.collation);
            (retyped || from.regenerates_as(to)) && *object == Object::Column(table.clone(), to.name.clone())
        }
        Operation::Constraint(table, Change::Drop(constraint)) => {
            *object == Object::Constraint(table.clone(), constraint.name.clone())
        }
        Operation::EnumType(Change::Drop(enum_type), _) => *object == Object::EnumType(enum_type.name.clone()),
        Operation::EnumType(Change::Alter { from, to }, users) if !from.grows_into(to) => {
            let is_column = |(table, column): &(_, crate::schema::Column)| {
                *object == Object::Column(Clone::clone(table), column.name.clone())
            };
            *object == Object::EnumType(from.name.clone()) || users.columns.iter().any(is_column)
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

/// What tables stand on, directly or by way of another: types, sequences, and the functions of their defaults, checks
/// and indexes.
pub(super) fn below(renamed: &Schema, desired: &Schema) -> BTreeSet<DefinitionName> {
    let needs = || renamed.needs.iter().chain(&desired.needs);
    let is_below = |name: &DefinitionName| match name.kind {
        DefinitionKind::Extension
        | DefinitionKind::Sequence
        | DefinitionKind::Domain
        | DefinitionKind::CompositeType => true,
        DefinitionKind::Function | DefinitionKind::Procedure => needs()
            .any(|need| need.needs == Object::Definition(name.clone()) && !matches!(need.of, Object::Definition(_))),
        DefinitionKind::View
        | DefinitionKind::MaterializedView
        | DefinitionKind::ViewIndex
        | DefinitionKind::Statistics
        | DefinitionKind::Rule
        | DefinitionKind::Trigger
        | DefinitionKind::Policy
        | DefinitionKind::RowSecurity => false,
    };
    let all = renamed.definitions.iter().chain(&desired.definitions).map(|it| &it.name);
    let mut names: BTreeSet<DefinitionName> = all.filter(|name| is_below(name)).cloned().collect();
    loop {
        let more: Vec<DefinitionName> = needs()
            .filter_map(|need| match (&need.of, &need.needs) {
                (Object::Definition(of), Object::Definition(it)) if names.contains(of) => Some(it),
                _ => None,
            })
            .filter(|name| !names.contains(*name))
            .cloned()
            .collect();
        if more.is_empty() {
            return names;
        }
        names.extend(more);
    }
}

/// Each behind what it needs; else by kind and name.
pub(super) fn by_need(mut definitions: Vec<Definition>, needs: &[Need]) -> Vec<Definition> {
    definitions.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sorted: Vec<Definition> = Vec::new();
    while !definitions.is_empty() {
        let waits = |it: &Definition| {
            definitions.iter().any(|other| {
                let on = Object::Definition(other.name.clone());
                let needed =
                    needs.iter().any(|need| need.of == Object::Definition(it.name.clone()) && need.needs == on);
                other.name != it.name && (needed || it.name.is_on(&other.name.name) && !other.name.kind.has_host())
            })
        };
        // Two functions that call each other have no order; Postgres looks into bodies only when they run.
        let next = definitions.iter().position(|it| !waits(it)).unwrap_or(0);
        sorted.push(definitions.remove(next));
    }
    sorted
}
