//! The lines that would declare what is there and nobody declares: an attribute, a field or SQL.

use heck::ToUpperCamelCase as _;

use crate::introspect::field_name;
use crate::operation::{Change, EnumUsers, Layer, Operation};
use crate::render::{Words, render};
use crate::schema::{
    BaseType, Column, ColumnDefault, Constraint, ConstraintKind, DataType, Index, Models, Object, Place, QualifiedName,
    Schema, Table,
};

/// Lines to write, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) whereabouts: Whereabouts,
    pub(super) lines: Vec<String>,
}

/// Where lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// Above the field that stands here.
    Above(Place),
    /// Among the fields of the entity, or the variants of the enum, that stands here.
    Into(Place),
    /// Into the SQL beside the entities.
    Extras,
}

/// How `object`, which `schema` has, would be declared beside what `models` declare.
pub(super) fn declaration(object: &Object, schema: &Schema, models: &Models, words: &Words) -> Declaration {
    in_entities(object, schema, models).unwrap_or_else(|| Declaration {
        whereabouts: Whereabouts::Extras,
        lines: render(&additions(object, schema), words)
            .into_iter()
            .flatten()
            .map(|it| format!("{};", it.sql))
            .collect(),
    })
}

/// What an entity can say of an object, where there is an entity to say it.
fn in_entities(object: &Object, schema: &Schema, models: &Models) -> Option<Declaration> {
    let place = |object: &Object| models.places.get(object).cloned();
    match object {
        Object::Column(owner, name) => {
            let column = schema.table(owner)?.column(name)?;
            let whereabouts = Whereabouts::Into(place(&Object::Table(owner.clone()))?);
            Some(Declaration { whereabouts, lines: field(column)? })
        }
        Object::Constraint(owner, name) => {
            let column = unique_column(schema.table(owner)?.constraint(name)?)?;
            attribute("unique", place(&Object::Column(owner.clone(), column))?)
        }
        Object::Index(owner, name) => {
            let index = schema.table(owner)?.index(name)?;
            let column = plain_column(index)?;
            let word = if index.unique { "unique" } else { "indexed" };
            attribute(word, place(&Object::Column(owner.clone(), column))?)
        }
        Object::EnumLabel(owner, label) => {
            let whereabouts = Whereabouts::Into(place(&Object::EnumType(owner.clone()))?);
            let variant = label.to_upper_camel_case();
            let lines = vec![format!("#[sea_orm(string_value = {label:?})]"), format!("{variant},")];
            (!variant.is_empty()).then_some(Declaration { whereabouts, lines })
        }
        Object::Namespace(_) | Object::EnumType(_) | Object::Table(_) | Object::Definition(_) => None,
    }
}

fn attribute(word: &str, place: Place) -> Option<Declaration> {
    Some(Declaration { whereabouts: Whereabouts::Above(place), lines: vec![format!("#[sea_orm({word})]")] })
}

/// The only column of a unique constraint.
fn unique_column(constraint: &Constraint) -> Option<String> {
    match &constraint.kind {
        ConstraintKind::Unique { columns, .. } if columns.len() == 1 => columns.first().cloned(),
        ConstraintKind::Unique { .. }
        | ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => None,
    }
}

/// The only column of an index that has nothing which an attribute could not say.
fn plain_column(index: &Index) -> Option<String> {
    match index.column_keys()?.as_slice() {
        [column] if index.is_full() && index.method == "btree" && index.include.is_empty() => {
            Some((*column).to_owned())
        }
        _ => None,
    }
}

/// `pub bio: Option<String>,` with the attributes that it needs.
fn field(column: &Column) -> Option<Vec<String>> {
    if column.is_generated() {
        return None;
    }
    let rust = rust_type(&column.data_type)?;
    let rust = if column.nullable { format!("Option<{rust}>") } else { rust };
    let name = field_name(&column.name);
    let mut lines = Vec::new();
    if name.trim_start_matches("r#") != column.name {
        lines.push(format!("#[sea_orm(column_name = {:?})]", column.name));
    }
    lines.push(format!("pub {name}: {rust},"));
    Some(lines)
}

/// The Rust type of a column's type, by the names of SeaORM's prelude.
fn rust_type(data_type: &DataType) -> Option<String> {
    let BaseType::Builtin(name) = &data_type.base else { return None };
    let rust = match name.as_str() {
        "smallint" => "i16",
        "integer" => "i32",
        "bigint" => "i64",
        "real" => "f32",
        "double precision" => "f64",
        "boolean" => "bool",
        "text" | "character varying" => "String",
        "uuid" => "Uuid",
        "numeric" => "Decimal",
        "json" | "jsonb" => "Json",
        "bytea" => "Vec<u8>",
        "date" => "Date",
        "time without time zone" => "Time",
        "timestamp without time zone" => "DateTime",
        "timestamp with time zone" => "DateTimeWithTimeZone",
        _ => return None,
    };
    Some(if data_type.array { format!("Vec<{rust}>") } else { rust.to_owned() })
}

/// What makes the object where all else is there.
fn additions(object: &Object, schema: &Schema) -> Vec<Operation> {
    let table = |name: &QualifiedName| schema.table(name);
    let addition = match object {
        Object::Namespace(name) => schema.namespace(name).map(|it| Operation::Namespace(Change::Add(it.clone()))),
        Object::EnumType(name) | Object::EnumLabel(name, _) => {
            let enum_type = schema.enum_type(name);
            enum_type.map(|it| Operation::EnumType(Change::Add(it.clone()), EnumUsers::default()))
        }
        Object::Table(name) => return table(name).map(whole).unwrap_or_default(),
        Object::Column(owner, name) => {
            let column = table(owner).and_then(|it| it.column(name));
            column.map(|it| Operation::Column(owner.clone(), Change::Add(with_serial(it))))
        }
        Object::Constraint(owner, name) => {
            let constraint = table(owner).and_then(|it| it.constraint(name));
            constraint.map(|it| Operation::Constraint(owner.clone(), Change::Add(it.clone())))
        }
        Object::Index(owner, name) => {
            let index = table(owner).and_then(|it| it.index(name));
            index.map(|it| Operation::Index(owner.clone(), Change::Add(it.clone())))
        }
        Object::Definition(name) => {
            let definition = schema.definition(name);
            definition.map(|it| Operation::Definition(Change::Add(it.clone()), Layer::Above))
        }
    };
    addition.into_iter().collect()
}

/// A table, and its foreign keys behind it.
fn whole(table: &Table) -> Vec<Operation> {
    let is_key = |it: &&Constraint| matches!(it.kind, ConstraintKind::ForeignKey(_));
    let keys = table.constraints.iter().filter(is_key).cloned();
    let keys = keys.map(|key| Operation::Constraint(table.name.clone(), Change::Add(key)));
    let mut alone = table.clone();
    alone.constraints.retain(|it| !is_key(&it));
    alone.columns = alone.columns.iter().map(with_serial).collect();
    [Operation::Table(Change::Add(alone))].into_iter().chain(keys).collect()
}

/// `serial` instead of a sequence that two further statements make and bind.
fn with_serial(column: &Column) -> Column {
    let ColumnDefault::Serial(_) = &column.default else { return column.clone() };
    let word = match &column.data_type.base {
        BaseType::Builtin(name) if name == "bigint" => "bigserial",
        BaseType::Builtin(name) if name == "smallint" => "smallserial",
        BaseType::Builtin(_) | BaseType::Enum(_) | BaseType::Other(_) => "serial",
    };
    let data_type = DataType { base: BaseType::Other(word.to_owned()), modifiers: None, array: false };
    Column { data_type, default: ColumnDefault::None, ..column.clone() }
}
