//! Rows → [`Definition`]s, and what stands on what.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{list, unknown};
use crate::schema::{
    Definition, DefinitionKind, DefinitionName, Kept, Need, Object, Part, QualifiedName, Schema, Setting,
};

/// The definitions of the scope, by catalog and number.
pub(super) type Definitions = BTreeMap<(String, i64), Definition>;

/// Reads one definition with its place in the catalogs.
pub(super) fn read(row: &PgRow) -> sqlx::Result<((String, i64), Definition)> {
    let kind: &str = row.try_get("kind")?;
    let kind = DefinitionKind::of_words(kind).ok_or_else(|| unknown("kind", kind))?;
    let name = QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?);
    let name = DefinitionName { kind, name, part: row.try_get("part")? };
    let parts = list::<(String, String)>(row, "parts")?.into_iter().map(|(make, undo)| Part { make, undo }).collect();
    let text = |column: &str| row.try_get::<&str, _>(column).map(|text| text.trim().to_owned());
    let shape = row.try_get::<Option<String>, _>("shape")?.into_iter().collect();
    let kept = Kept { settings: list::<String>(row, "kept")?.into_iter().map(Setting::Definition).collect() };
    let definition = Definition { name, create: text("create")?, drop: text("drop")?, parts, shape, kept };
    Ok(((row.try_get("class")?, row.try_get("oid")?), definition))
}

/// Reads that one thing stands on another, if both have a name here and one of them is a definition.
pub(super) fn need(row: &PgRow, definitions: &Definitions, schema: &Schema) -> sqlx::Result<Option<Need>> {
    let definition = |class: &str, oid: &str| -> sqlx::Result<Option<Object>> {
        let key = (row.try_get(class)?, row.try_get(oid)?);
        Ok(definitions.get(&key).map(|it| Object::Definition(it.name.clone())))
    };
    let (of, needs) = (definition("class", "oid")?, definition("needs_class", "needs_oid")?);
    if of.is_none() && needs.is_none() {
        return Ok(None);
    }
    let named = |kind: &str, names: &str| -> sqlx::Result<Option<Object>> {
        Ok(object(row.try_get(kind)?, &list::<String>(row, names)?, schema))
    };
    let of = if of.is_some() { of } else { named("of_type", "of_names")? };
    let needs = if needs.is_some() { needs } else { named("needs_type", "needs_names")? };
    let needs = match needs {
        None if row.try_get("needs_row")? => view_of_rows(&list::<String>(row, "needs_names")?, definitions),
        needs => needs,
    };
    Ok(of.zip(needs).map(|(of, needs)| Need { of, needs }))
}

/// A row of a view is a type of the view's name.
fn view_of_rows(names: &[String], definitions: &Definitions) -> Option<Object> {
    let [namespace, name] = names else { return None };
    let name = QualifiedName::new(namespace, name);
    [DefinitionKind::View, DefinitionKind::MaterializedView]
        .map(|kind| DefinitionName { kind, name: name.clone(), part: None })
        .into_iter()
        .find(|name| definitions.values().any(|it| &it.name == name))
        .map(Object::Definition)
}

/// The object that `pg_identify_object_as_address` names so.
fn object(kind: &str, names: &[String], schema: &Schema) -> Option<Object> {
    let [namespace, name, rest @ ..] = names else { return None };
    let name = QualifiedName::new(namespace, name);
    match (kind, rest) {
        ("table" | "view" | "materialized view", []) => Some(Object::Table(name)),
        ("table column" | "default value", [column]) => Some(Object::Column(name, column.clone())),
        ("table constraint", [constraint]) => Some(Object::Constraint(name, constraint.clone())),
        ("index", []) => {
            let table = schema.tables.iter().find(|table| {
                table.name.namespace == name.namespace
                    && (table.index(&name.name).is_some() || table.constraint(&name.name).is_some())
            })?;
            Some(match table.index(&name.name) {
                Some(_) => Object::Index(table.name.clone(), name.name),
                None => Object::Constraint(table.name.clone(), name.name),
            })
        }
        // A row of a table is a type of the table's name.
        ("type", []) => match schema.enum_type(&name) {
            Some(_) => Some(Object::EnumType(name)),
            None => schema.table(&name).map(|_| Object::Table(name)),
        },
        _ => None,
    }
}
