//! The format itself. The comments here are the descriptions in the published JSON Schema.

use serde::{Deserialize, Deserializer, Serialize};

/// A declared PostgreSQL schema. What is absent is unsaid: a database keeps what it has.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// The address of a JSON Schema, for editors; autogen does not look at it.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    /// The version of this format.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    pub(super) version: u64,
    /// Schemas to create, in Postgres' sense. Those that tables and enums name need not be listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) schemas: Vec<Namespace>,
    /// Enum types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) enums: Vec<EnumType>,
    /// Tables.
    #[serde(default)]
    pub(super) tables: Vec<Table>,
}

/// A schema in Postgres' sense.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Namespace {
    /// Its name, unquoted.
    pub(super) name: String,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// An enum type.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct EnumType {
    /// The schema that it is in; absent for the default one (`schema` in autogen.toml).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    /// Its name, unquoted.
    pub(super) name: String,
    /// The name that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) renamed_from: Option<String>,
    /// Its labels in order.
    pub(super) labels: Vec<Label>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// A label of an enum type.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    /// The label.
    pub(super) name: String,
    /// What it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) renamed_from: Option<String>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// A table.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// The schema that it is in; absent for the default one (`schema` in autogen.toml).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    /// Its name, unquoted.
    pub(super) name: String,
    /// The name that it had before, in the same schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) renamed_from: Option<String>,
    /// Its comment; null says that there is none, absent says nothing.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) comment: Option<Option<String>>,
    /// Its columns in order.
    pub(super) columns: Vec<Column>,
    /// Its primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) primary_key: Option<Key>,
    /// Its unique constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) uniques: Vec<Key>,
    /// Its foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) foreign_keys: Vec<ForeignKey>,
    /// Its checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) checks: Vec<Check>,
    /// Its indexes, over columns; those of constraints are not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) indexes: Vec<Index>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// A column.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    /// Its name, unquoted.
    pub(super) name: String,
    /// The name that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) renamed_from: Option<String>,
    /// Its type as SQL: "varchar(20)", "timestamptz", "numeric(10,2)", "text[]"; an enum by its name, quoted where SQL
    /// quotes it.
    #[serde(rename = "type")]
    pub(super) data_type: String,
    /// Whether it accepts NULL. A column of the primary key never does.
    pub(super) nullable: bool,
    /// Where its value comes from when an INSERT names none; null says that there is no default, absent says nothing.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<ColumnDefault>"))]
    pub(super) default: Option<Option<ColumnDefault>>,
    /// Its collation as SQL, quoted: "\"C\"".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) collation: Option<String>,
    /// Its comment; null says that there is none, absent says nothing.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) comment: Option<Option<String>>,
    /// What of the above is no statement about a column that is there: only a new one gets it. With "type", a column
    /// that is there may be any text type instead of a text type, json instead of jsonb, of any length or precision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unsaid: Vec<ColumnFact>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// A fact of a column that can be left unsaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum ColumnFact {
    /// Its type.
    Type,
    /// Its default.
    Default,
}

/// Where a column's value comes from when an INSERT names none.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(super) enum ColumnDefault {
    /// DEFAULT with this SQL expression.
    Expression(String),
    /// GENERATED .. AS IDENTITY.
    Identity(Identity),
    /// A sequence of its own, as serial and bigserial have it.
    Serial,
    /// GENERATED ALWAYS AS (this SQL expression) STORED.
    Generated(String),
    /// GENERATED ALWAYS AS (this SQL expression) VIRTUAL.
    Virtual(String),
}

/// Whether an INSERT may give the value.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(super) enum Identity {
    /// GENERATED ALWAYS.
    Always,
    /// GENERATED BY DEFAULT.
    ByDefault,
}

/// A primary key or a unique constraint.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    /// Its name; absent for the one that Postgres gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// Its columns in order.
    pub(super) columns: Vec<String>,
    /// With "name": one that is there keeps its name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unsaid: Vec<NameFact>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// A foreign key.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ForeignKey {
    /// Its name; absent for the one that Postgres gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// Its columns in order.
    pub(super) columns: Vec<String>,
    /// What they refer to.
    pub(super) references: References,
    /// ON UPDATE; a new key without it has no action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) on_update: Option<Action>,
    /// ON DELETE; a new key without it has no action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) on_delete: Option<Action>,
    /// With "name": one that is there keeps its name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unsaid: Vec<NameFact>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// What a foreign key refers to. The table need not be declared in this document.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct References {
    /// The schema of the table; absent for the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    /// The table.
    pub(super) table: String,
    /// Its columns, in the order of the key's.
    pub(super) columns: Vec<String>,
}

/// What happens to referring rows.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "SQL calls it NO ACTION")]
pub(super) enum Action {
    /// NO ACTION.
    NoAction,
    /// RESTRICT.
    Restrict,
    /// CASCADE.
    Cascade,
    /// SET NULL.
    SetNull,
    /// SET DEFAULT.
    SetDefault,
}

/// A check.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    /// Its name: checks are recognised by it.
    pub(super) name: String,
    /// The condition as SQL.
    pub(super) expression: String,
    /// With "name": nobody wrote the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unsaid: Vec<NameFact>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// An index: a btree over columns.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    /// Its name; absent for the one that Postgres gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// Its columns in order.
    pub(super) columns: Vec<String>,
    /// Whether it is unique.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unique: bool,
    /// With "name": one that is there keeps its name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unsaid: Vec<NameFact>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
}

/// The fact of a constraint or index that can be left unsaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum NameFact {
    /// Its name.
    Name,
}

/// A place in a source file.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// Relative to the folder of autogen.toml, with "/" between its parts.
    pub(super) file: String,
    /// Counted from 1.
    pub(super) line: usize,
    /// In characters, counted from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub(super) column: usize,
}

/// Tells null, which says that there is none, from what is absent.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn first() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_first(column: &usize) -> bool {
    *column == 1
}
