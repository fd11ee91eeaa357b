use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DefinitionName, QualifiedName};

/// The name of one thing in a schema, whatever its kind: the key of side maps (places, what is stated, the ledger).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Object {
    /// A namespace.
    Namespace(String),
    /// An enum type.
    EnumType(QualifiedName),
    /// A label of an enum type.
    EnumLabel(QualifiedName, String),
    /// A table.
    Table(QualifiedName),
    /// A column of a table.
    Column(QualifiedName, String),
    /// A constraint of a table (primary key, unique, foreign key, check, exclusion).
    Constraint(QualifiedName, String),
    /// An index of a table.
    Index(QualifiedName, String),
    /// A view, a function, a trigger, ..
    Definition(DefinitionName),
}

/// A fact of an object that a source may spell out or leave unsaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fact {
    /// A column's type, with its modifiers (`column_type = ".."` and every Rust type that is no family).
    Type,
    /// A column's default, identity included (`default_value`, `default_expr`, `auto_increment` written out).
    Default,
    /// A comment.
    Comment,
    /// A foreign key's ON UPDATE.
    OnUpdate,
    /// A foreign key's ON DELETE.
    OnDelete,
    /// A constraint's or index's name.
    Name,
    /// All of it: what it has not is stated not to be there.
    Whole,
}

impl Object {
    /// The table or type that it is, or stands in; of a namespace, nothing that could be found.
    #[must_use]
    pub fn host(&self) -> Option<&QualifiedName> {
        match self {
            Self::Namespace(_) => None,
            Self::EnumType(name)
            | Self::Table(name)
            | Self::EnumLabel(name, _)
            | Self::Column(name, _)
            | Self::Constraint(name, _)
            | Self::Index(name, _) => Some(name),
            Self::Definition(name) => Some(&name.name),
        }
    }

    /// The namespace that it is, or stands in.
    #[must_use]
    pub fn namespace(&self) -> &str {
        match self {
            Self::Namespace(name) => name,
            Self::EnumType(name)
            | Self::Table(name)
            | Self::EnumLabel(name, _)
            | Self::Column(name, _)
            | Self::Constraint(name, _)
            | Self::Index(name, _) => &name.namespace,
            Self::Definition(name) => &name.name.namespace,
        }
    }
}

/// For people and for the ledger: `table public.users`, `column public.users.bio`.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Namespace(name) => write!(f, "namespace {name}"),
            Self::EnumType(name) => write!(f, "enum {name}"),
            Self::EnumLabel(name, label) => write!(f, "label {name}.{label}"),
            Self::Table(name) => write!(f, "table {name}"),
            Self::Column(table, name) => write!(f, "column {table}.{name}"),
            Self::Constraint(table, name) => write!(f, "constraint {table}.{name}"),
            Self::Index(table, name) => write!(f, "index {table}.{name}"),
            Self::Definition(name) => name.fmt(f),
        }
    }
}
