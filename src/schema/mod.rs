//! The nouns: what a PostgreSQL schema is made of, as plain owned values.
//!
//! Four schemas walk through `create`: `current` (what is there), `renamed` (after the answered renames), `wanted`
//! (what the models state laid over it) and `desired` (the same in Postgres' words). All four are a [`Schema`].
//! Everything is found by name; there are no ids and no back-pointers.

mod column;
mod constraint;
mod data_type;
mod definition;
mod ignored;
mod index;
mod kept;
mod ledger;
mod models;
mod name;
mod object;
mod pattern;
mod rename;
mod table;
mod unmanaged;
mod widened;

pub use column::{Column, ColumnDefault, Expression, Generated, Identity, Sequence, SequenceOptions};
pub use constraint::{Action, Constraint, ConstraintKind, Deferrability, ForeignKey};
pub use data_type::{BaseType, DataType};
pub use definition::{Definition, DefinitionKind, DefinitionName, Need, Part};
pub use ignored::IGNORED_TABLES;
pub use index::{Index, IndexKey, KeyTarget};
pub use kept::{Kept, Setting};
pub use ledger::{Entry, Ledger};
pub use models::{Models, Place, Places, Stated};
pub use name::QualifiedName;
pub use object::{Fact, Object};
pub use pattern::Pattern;
pub use rename::Rename;
pub use table::Table;
pub use unmanaged::{Rule, RuleOf, Unmanaged};
pub use widened::Widened;

use serde::{Deserialize, Serialize};

/// A whole schema: everything autogen compares. Lists are sorted by name; a table's columns keep their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Postgres' schemas, here called namespaces.
    pub namespaces: Vec<Namespace>,
    /// Enum types, sorted by name.
    pub enum_types: Vec<EnumType>,
    /// Tables, sorted by name.
    pub tables: Vec<Table>,
    /// Views, functions, triggers and whatever else Postgres prints whole, sorted by name.
    #[serde(default)]
    pub definitions: Vec<Definition>,
    /// What the definitions stand on, and what stands on them, sorted. It follows from the rest and is never compared.
    #[serde(default)]
    pub needs: Vec<Need>,
}

impl Schema {
    /// The table of this name.
    #[must_use]
    pub fn table(&self, name: &QualifiedName) -> Option<&Table> {
        self.tables.iter().find(|table| &table.name == name)
    }

    /// The table of this name, to be changed.
    pub fn table_mut(&mut self, name: &QualifiedName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| &table.name == name)
    }

    /// The enum type of this name.
    #[must_use]
    pub fn enum_type(&self, name: &QualifiedName) -> Option<&EnumType> {
        self.enum_types.iter().find(|enum_type| &enum_type.name == name)
    }

    /// The definition of this name.
    #[must_use]
    pub fn definition(&self, name: &DefinitionName) -> Option<&Definition> {
        self.definitions.iter().find(|definition| &definition.name == name)
    }

    /// The namespace of this name.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&Namespace> {
        self.namespaces.iter().find(|namespace| namespace.name == name)
    }

    /// Everything that has a name, in no order that means anything.
    pub fn objects(&self) -> impl Iterator<Item = Object> {
        let namespaces = self.namespaces.iter().map(|it| Object::Namespace(it.name.clone()));
        let enum_types = self.enum_types.iter().flat_map(|it| {
            let labels = it.labels.iter().map(|label| Object::EnumLabel(it.name.clone(), label.clone()));
            labels.chain([Object::EnumType(it.name.clone())])
        });
        let tables = self.tables.iter().flat_map(Table::objects);
        let definitions = self.definitions.iter().map(|it| Object::Definition(it.name.clone()));
        namespaces.chain(enum_types).chain(tables).chain(definitions)
    }

    /// Without owners and privileges, which are a database's own affair.
    #[must_use]
    pub fn without_privileges(mut self) -> Self {
        let sequences = self.tables.iter_mut().flat_map(|table| &mut table.columns).filter_map(|column| {
            if let ColumnDefault::Serial(sequence) = &mut column.default { Some(&mut sequence.kept) } else { None }
        });
        sequences.for_each(Kept::drop_privileges);
        self.tables.iter_mut().for_each(|it| it.kept.drop_privileges());
        self.definitions.iter_mut().for_each(|it| it.kept.drop_privileges());
        self
    }

    /// Every list sorted by name, so that two schemas with the same content are equal. Columns keep their order.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.namespaces.sort_by(|a, b| a.name.cmp(&b.name));
        self.enum_types.sort_by(|a, b| a.name.cmp(&b.name));
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        self.definitions.sort_by(|a, b| a.name.cmp(&b.name));
        self.needs.sort();
        self.needs.dedup();
        for table in &mut self.tables {
            table.constraints.sort_by(|a, b| a.name.cmp(&b.name));
            table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        }
        self
    }
}

/// A namespace (`CREATE SCHEMA`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// Unquoted name.
    pub name: String,
    /// `COMMENT ON SCHEMA`.
    pub comment: Option<String>,
}

/// An enum type (`CREATE TYPE .. AS ENUM`), labels in Postgres' sort order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumType {
    /// Qualified, unquoted name.
    pub name: QualifiedName,
    /// Labels in `pg_enum.enumsortorder`.
    pub labels: Vec<String>,
    /// `COMMENT ON TYPE`.
    pub comment: Option<String>,
}

impl EnumType {
    /// Whether `other` has all of these labels in this order, with others between: what ADD VALUE can do.
    #[must_use]
    pub fn grows_into(&self, other: &Self) -> bool {
        other.labels.iter().filter(|label| self.labels.contains(label)).eq(self.labels.iter())
    }
}
