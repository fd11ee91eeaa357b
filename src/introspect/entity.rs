//! An entity as SeaORM sees it, before it becomes a table.

use std::rc::Rc;

use super::extra::Extra;
use super::item::{Item, ItemKey};
use super::types::Declared;
use crate::schema::{Action, Place, QualifiedName};

/// An entity.
pub(super) struct Entity {
    /// Its model; for the expanded form its `Entity` struct.
    pub(super) item: Rc<Item>,
    pub(super) place: Place,
    /// Path of its module: `crate::user`.
    pub(super) module: String,
    pub(super) table: QualifiedName,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
    pub(super) columns: Vec<EntityColumn>,
    /// Variants of `Column`, in key order.
    pub(super) primary_key: Vec<String>,
    pub(super) key_place: Place,
    pub(super) auto_increment: AutoIncrement,
    pub(super) relations: Vec<Relation>,
}

/// Whether the key counts up by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AutoIncrement {
    pub(super) on: bool,
    /// `auto_increment` is written out.
    pub(super) stated: bool,
}

/// A column of an entity.
pub(super) struct EntityColumn {
    /// Its variant of `Column`.
    pub(super) variant: String,
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) declared: Declared,
    pub(super) nullable: bool,
    pub(super) unique: bool,
    pub(super) indexed: bool,
    pub(super) unique_key: Option<String>,
    /// As SQL.
    pub(super) default: Option<String>,
    pub(super) extra: Extra,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// A relation that is a foreign key of the entity.
pub(super) struct Relation {
    pub(super) place: Place,
    /// Variants of the own `Column`.
    pub(super) from: Vec<String>,
    /// The model or `Entity` struct referred to.
    pub(super) target: Rc<Item>,
    /// Variants of its `Column`.
    pub(super) to: Vec<String>,
    pub(super) on_update: Option<Action>,
    pub(super) on_delete: Option<Action>,
    pub(super) name: Option<String>,
}

impl Entity {
    /// The same for what refers to it and nothing else.
    pub(super) fn without_relations(self) -> Self {
        Self { relations: Vec::new(), ..self }
    }

    /// What a relation to this entity leads to: its model or its `Entity` struct.
    pub(super) fn key(&self) -> ItemKey {
        self.item.key()
    }

    pub(super) fn column_name(&self, variant: &str) -> Option<&str> {
        self.columns.iter().find(|column| column.variant == variant).map(|column| column.name.as_str())
    }
}
