use serde::{Deserialize, Serialize};

use super::{Column, Constraint, ConstraintKind, Index, Object, QualifiedName};

/// A table with everything that hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Qualified, unquoted name.
    pub name: QualifiedName,
    /// Columns in the table's order.
    pub columns: Vec<Column>,
    /// Constraints, sorted by name.
    pub constraints: Vec<Constraint>,
    /// Indexes that no constraint owns, sorted by name.
    pub indexes: Vec<Index>,
    /// `COMMENT ON TABLE`.
    pub comment: Option<String>,
    /// UNLOGGED.
    pub unlogged: bool,
    /// `PARTITION BY`: what `pg_get_partkeydef` prints.
    pub partition_by: Option<String>,
}

impl Table {
    /// A table with nothing in it.
    #[must_use]
    pub fn new(name: QualifiedName) -> Self {
        Self {
            name,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            unlogged: false,
            partition_by: None,
        }
    }

    /// The column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The constraint of this name.
    #[must_use]
    pub fn constraint(&self, name: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| constraint.name == name)
    }

    /// The index of this name.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The table and everything of it that has a name.
    pub fn objects(&self) -> impl Iterator<Item = Object> {
        let columns = self.columns.iter().map(|it| Object::Column(self.name.clone(), it.name.clone()));
        let constraints = self.constraints.iter().map(|it| Object::Constraint(self.name.clone(), it.name.clone()));
        let indexes = self.indexes.iter().map(|it| Object::Index(self.name.clone(), it.name.clone()));
        [Object::Table(self.name.clone())].into_iter().chain(columns).chain(constraints).chain(indexes)
    }

    /// The primary key.
    #[must_use]
    pub fn primary_key(&self) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }))
    }
}
