//! Columns that every insert must fill and that the entity does not know: inserts through the entity fail.

use super::comparison::Comparison;
use crate::operation::display_object;
use crate::schema::{BaseType, Column, ColumnDefault, DefinitionKind, Models, Object, Part, Place, Schema, Table};

/// One such column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// `column users.tenant`.
    pub(crate) object: String,
    /// `integer not null`.
    pub(crate) detail: String,
    /// Where the entity is declared.
    pub(crate) place: Option<Place>,
    /// A trigger that may fill it before the row is written: then nobody can say.
    pub(crate) trigger: Option<String>,
}

/// The columns of declared tables that stay as they are though nobody declares them, are NOT NULL, and get no value by
/// themselves. What autogen.toml leaves alone is somebody's on purpose.
pub(super) fn unknown_columns(comparison: &Comparison, models: &Models) -> Vec<Unknown> {
    let namespace = &comparison.up.default_namespace;
    let known = models.schema.tables.iter().filter(|it| !models.borrowed.contains(&it.name));
    let pairs = known.filter_map(|declared| Some((declared, comparison.desired.table(&declared.name)?)));
    pairs
        .flat_map(|(declared, table)| table.columns.iter().map(move |column| (declared, table, column)))
        .filter(|(declared, _, column)| declared.column(&column.name).is_none() && must_be_named(comparison, column))
        .map(|(_, table, column)| (table, column, Object::Column(table.name.clone(), column.name.clone())))
        .filter(|(_, _, object)| models.unmanaged.rule(object).is_none())
        .map(|(table, column, object)| Unknown {
            object: display_object(&object, namespace),
            detail: format!("{} not null", comparison.up.data_type(&column.data_type)),
            place: models.places.get(&Object::Table(table.name.clone())).cloned(),
            trigger: filling_trigger(table, &comparison.desired),
        })
        .collect()
}

/// Whether an INSERT that does not name it fails.
fn must_be_named(comparison: &Comparison, column: &Column) -> bool {
    let has_value = match &column.default {
        ColumnDefault::None => has_default_by_type(column, &comparison.desired),
        ColumnDefault::Expression(_)
        | ColumnDefault::Identity(_)
        | ColumnDefault::Serial(_)
        | ColumnDefault::Generated(_) => true,
    };
    !column.nullable && !has_value
}

/// A domain may bring a default of its own.
fn has_default_by_type(column: &Column, schema: &Schema) -> bool {
    let name = match &column.data_type.base {
        BaseType::Other(name) => name,
        BaseType::Builtin(_) | BaseType::Enum(_) => return false,
    };
    let own = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
    let mut domains = schema.definitions.iter().filter(|it| it.name.kind == DefinitionKind::Domain);
    let sets_default = |it: &Part| it.make.starts_with("ALTER DOMAIN ") && it.make.contains(" SET DEFAULT ");
    domains.any(|it| it.name.name.name == own && it.parts.iter().any(sets_default))
}

/// `BEFORE INSERT`, as Postgres prints triggers.
fn filling_trigger(table: &Table, schema: &Schema) -> Option<String> {
    let is_before_insert = |create: &str| {
        create
            .split_once(" BEFORE ")
            .is_some_and(|(_, rest)| rest.split(" ON ").next().is_some_and(|it| it.contains("INSERT")))
    };
    let mut triggers =
        schema.definitions.iter().filter(|it| it.name.kind == DefinitionKind::Trigger && it.name.is_on(&table.name));
    triggers
        .find(|it| is_before_insert(&it.create) && it.create.contains("FOR EACH ROW"))
        .and_then(|it| it.name.part.clone())
}
