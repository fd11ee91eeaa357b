//! What SeaORM says about an entity, in its own words: no judgement, nothing repaired. Asked by [`ask`](crate::ask) of
//! SeaORM 2 and by `before_2.rs` of older ones, which stand in workspaces of their own and answer as JSON.

use serde::{Deserialize, Serialize};

/// Everything that one version of SeaORM says about one crate.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Whether it is older than 2.
    pub before_2: bool,
    /// What it writes for an `integer` that counts up by itself.
    pub counting: String,
    /// The entities, in the order in which they were asked for.
    pub tables: Vec<Table>,
}

/// One entity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// The Rust path of its module.
    pub module: String,
    /// `schema_name`.
    pub schema: Option<String>,
    /// `table_name`.
    pub name: String,
    /// `comment`.
    pub comment: Option<String>,
    /// In the table's order.
    pub columns: Vec<Column>,
    /// The key of several columns: its name and columns.
    pub key: Option<(String, Vec<String>)>,
    /// In the order of the relations.
    pub foreign_keys: Vec<ForeignKey>,
    /// As `create_index_from_entity` has them.
    pub indexes: Vec<Index>,
    /// The statements of `create_enum_from_entity`.
    pub enums: Vec<String>,
}

/// A column of the table that SeaORM would create.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Column {
    /// Unquoted.
    pub name: String,
    /// What `ColumnTrait::def` declares.
    pub declared: Type,
    /// What the statement says.
    pub written: String,
    /// Without NOT NULL.
    pub nullable: bool,
    /// The key by itself.
    pub primary_key: bool,
    /// UNIQUE.
    pub unique: bool,
    /// Counts up by itself.
    pub auto_increment: bool,
    /// DEFAULT, as SQL.
    pub default: Option<String>,
    /// SQL behind the column.
    pub extra: Option<String>,
    /// COMMENT.
    pub comment: Option<String>,
}

/// A declared column type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Type {
    /// A native enum: its name and labels.
    Enum(String, Vec<String>),
    /// An array of it.
    Array(Box<Type>),
    /// Anything else; `Column::written` says it.
    Plain,
}

/// A foreign key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// Referencing columns.
    pub columns: Vec<String>,
    /// Schema, if it has one, and name of the referenced table.
    pub references: (Option<String>, String),
    /// Referenced columns.
    pub referenced_columns: Vec<String>,
    /// The Rust name of the action.
    pub on_update: Option<String>,
    /// The Rust name of the action.
    pub on_delete: Option<String>,
}

/// An index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// UNIQUE.
    pub unique: bool,
    /// Columns, in order.
    pub columns: Vec<String>,
    /// The whole statement: which table it is on stands nowhere else.
    pub sql: String,
}
