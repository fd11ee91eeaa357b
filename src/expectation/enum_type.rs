use super::before::{Before, Origin};
use super::{Expectation, Probe, sentence};
use crate::operation::EnumUsers;
use crate::render::{identifier, literal};
use crate::schema::{BaseType, Column, DefinitionKind, EnumType, QualifiedName};

/// No row may hold a label that goes.
pub(super) fn expectations(before: &Before<'_>, from: &EnumType, to: &EnumType, users: &EnumUsers) -> Vec<Expectation> {
    let gone: Vec<&String> = from.labels.iter().filter(|label| !to.labels.contains(label)).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let is_composite = |column: &Column| {
        let mut definitions = users.definitions.iter();
        definitions.any(|it| it.name.kind == DefinitionKind::CompositeType && column.data_type.is(it))
    };
    users
        .columns
        .iter()
        .filter_map(|(table, column)| {
            let expectation = of_column(before, from, &gone, table, column)?;
            // Where in the value the label stands is not looked into.
            Some(if is_composite(column) {
                Expectation { probe: Probe::Later, guarded: false, ..expectation }
            } else {
                expectation
            })
        })
        .collect()
}

/// `None` for a column that the operations make: it holds what they put there.
fn of_column(
    before: &Before<'_>,
    from: &EnumType,
    gone: &[&String],
    table: &QualifiedName,
    column: &Column,
) -> Option<Expectation> {
    let there = before.table(table)?;
    let Origin::There { name, retyped } = before.column(table, &column.name) else { return None };
    let is_cast = retyped.is_some_and(|(before, _)| before.enum_name() != Some(&from.name));
    let label = |label: &&String| if is_cast { (*label).clone() } else { before.label(&from.name, label) };
    let held: Vec<String> = gone.iter().map(label).collect();
    let list = held.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
    let name = identifier(&name);
    // A domain over the type is not comparable with its labels.
    let is_plain = !is_cast && matches!(column.data_type.base, BaseType::Enum(_));
    let condition = match (column.data_type.array, is_plain) {
        (true, _) => format!("{name}::text[] && ARRAY[{list}]"),
        (false, false) => format!("{name}::text IN ({list})"),
        (false, true) => format!("{name} IN ({list})"),
    };
    let find = format!("SELECT * FROM {} WHERE {condition}", there.sql(before.words));
    let columns = [&column.name];
    let said = sentence::no_label(&before.names(table, &columns), &held);
    let at = sentence::no_label(&before.names_at(table, &columns), gone);
    Some(Expectation::new(said, &at, Probe::rows(find)).guarded())
}
