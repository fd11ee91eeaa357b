use serde::{Deserialize, Serialize};

use super::{Object, QualifiedName, Schema, Table};

/// A rename that the user answered, by attribute, flag or prompt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rename {
    /// `ALTER TABLE .. RENAME TO`, and `SET SCHEMA` where the namespaces differ.
    Table {
        /// Name before.
        from: QualifiedName,
        /// Name after.
        to: QualifiedName,
    },
    /// `ALTER TABLE .. RENAME COLUMN`.
    Column {
        /// The table, by its name after table renames.
        table: QualifiedName,
        /// Name before.
        from: String,
        /// Name after.
        to: String,
    },
    /// `ALTER TYPE .. RENAME TO`.
    EnumType {
        /// Name before.
        from: QualifiedName,
        /// Name after.
        to: QualifiedName,
    },
    /// `ALTER TYPE .. RENAME VALUE`.
    EnumLabel {
        /// The type.
        enum_type: QualifiedName,
        /// Label before.
        from: String,
        /// Label after.
        to: String,
    },
    /// `ALTER TABLE .. RENAME CONSTRAINT`.
    Constraint {
        /// The table.
        table: QualifiedName,
        /// Name before.
        from: String,
        /// Name after.
        to: String,
    },
    /// `ALTER INDEX .. RENAME TO`.
    Index {
        /// The table that the index belongs to.
        table: QualifiedName,
        /// Name before.
        from: String,
        /// Name after.
        to: String,
    },
}

impl Rename {
    /// The rename that takes this one back.
    #[must_use]
    pub fn reverse(&self) -> Self {
        let mut reversed = self.clone();
        match &mut reversed {
            Self::Table { from, to } | Self::EnumType { from, to } => std::mem::swap(from, to),
            Self::Column { from, to, .. }
            | Self::EnumLabel { from, to, .. }
            | Self::Constraint { from, to, .. }
            | Self::Index { from, to, .. } => std::mem::swap(from, to),
        }
        reversed
    }

    /// What is renamed, by its new name, and the own name that it had.
    #[must_use]
    pub fn ends(&self) -> (Object, &str) {
        match self {
            Self::Table { from, to } => (Object::Table(to.clone()), &from.name),
            Self::EnumType { from, to } => (Object::EnumType(to.clone()), &from.name),
            Self::Column { table, from, to } => (Object::Column(table.clone(), to.clone()), from),
            Self::EnumLabel { enum_type, from, to } => (Object::EnumLabel(enum_type.clone(), to.clone()), from),
            Self::Constraint { table, from, to } => (Object::Constraint(table.clone(), to.clone()), from),
            Self::Index { table, from, to } => (Object::Index(table.clone(), to.clone()), from),
        }
    }

    /// Follows the rename in the names of a schema; false where there is nothing to rename, or the new name is taken.
    /// Only what other renames may speak of is changed, names of tables, columns and enum types, and what is kept.
    pub fn follow(&self, schema: &mut Schema) -> bool {
        match self {
            Self::Table { from, to } => {
                let free = schema.table(to).is_none();
                let found = schema.table_mut(from).filter(|_| free);
                found.map(|table| table.name = to.clone()).is_some()
            }
            Self::Column { table, from, to } => {
                let found = schema.table_mut(table).filter(|table| table.column(to).is_none());
                let Some(table) = found else { return false };
                let Some(column) = table.columns.iter_mut().find(|column| &column.name == from) else { return false };
                column.name.clone_from(to);
                table.kept.rename_column(from, to);
                true
            }
            Self::EnumType { from, to } => {
                let free = schema.enum_type(to).is_none();
                let found = schema.enum_types.iter_mut().find(|it| &it.name == from).filter(|_| free);
                found.map(|enum_type| enum_type.name = to.clone()).is_some()
            }
            Self::EnumLabel { enum_type, from, to } => {
                let found = schema.enum_type(enum_type);
                found.is_some_and(|it| it.labels.contains(from) && !it.labels.contains(to))
            }
            Self::Constraint { table, from, to } => {
                let free = |it: &&mut Table| it.constraint(from).is_some() && it.constraint(to).is_none();
                schema.table_mut(table).filter(free).map(|it| it.kept.rename_index(from, to)).is_some()
            }
            Self::Index { table, from, to } => {
                let free = |it: &&mut Table| it.index(from).is_some() && it.index(to).is_none();
                schema.table_mut(table).filter(free).map(|it| it.kept.rename_index(from, to)).is_some()
            }
        }
    }

    /// The same rename after another: inside of a table or type that has a new name then.
    #[must_use]
    pub fn after(self, other: &Self) -> Self {
        let (Self::Table { from: before, to: name } | Self::EnumType { from: before, to: name }) = other else {
            return self;
        };
        let mut moved = self;
        match &mut moved {
            Self::Column { table: owner, .. }
            | Self::Constraint { table: owner, .. }
            | Self::Index { table: owner, .. }
            | Self::EnumLabel { enum_type: owner, .. } => {
                if owner == before {
                    owner.clone_from(name);
                }
            }
            Self::Table { .. } | Self::EnumType { .. } => {}
        }
        moved
    }
}
