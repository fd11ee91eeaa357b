//! The verbs: what is done to a schema, and how each is undone.

mod describe;

pub use describe::{Description, Sign, constraint_kind, display_object};

use serde::Serialize;

use crate::schema::{Column, Constraint, Definition, EnumType, Index, Namespace, Object, QualifiedName, Rename, Table};

/// What happens to one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Change<T> {
    /// It comes.
    Add(T),
    /// It goes.
    Drop(T),
    /// It stays under its name and becomes another.
    Alter {
        /// Before.
        from: T,
        /// After.
        to: T,
    },
}

impl<T> Change<T> {
    /// The change that takes this one back.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::Add(thing) => Self::Drop(thing),
            Self::Drop(thing) => Self::Add(thing),
            Self::Alter { from, to } => Self::Alter { from: to, to: from },
        }
    }

    /// The thing as it is after the change, or was before it went.
    pub fn subject(&self) -> &T {
        match self {
            Self::Add(thing) | Self::Drop(thing) | Self::Alter { to: thing, .. } => thing,
        }
    }
}

/// One step from one schema to another, complete in itself: it can be rendered and reversed without either schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::large_enum_variant, reason = "a plan has tens of operations; a box would stand in every match")]
pub enum Operation {
    /// A name changes.
    Rename(Rename),
    /// A namespace.
    Namespace(Change<Namespace>),
    /// An enum type.
    EnumType(Change<EnumType>, EnumUsers),
    /// A table. `Add` and `Drop` hold everything but its foreign keys, which are operations of their own, so that
    /// cycles need no special case; `Alter` changes the comment.
    Table(Change<Table>),
    /// A column of an existing table.
    Column(QualifiedName, Change<Column>),
    /// A constraint of an existing table, and every foreign key.
    Constraint(QualifiedName, Change<Constraint>),
    /// An index of an existing table.
    Index(QualifiedName, Change<Index>),
    /// A view, a function, a trigger, .. `Alter` is for what can take the other's place in both directions; all else
    /// is dropped and made again.
    Definition(Change<Definition>, Layer),
}

/// Whether tables stand on a definition (a domain, the function of a default), or it on them (a view, a trigger).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Layer {
    /// Tables stand on it.
    Below,
    /// It stands on tables, or nothing stands on it.
    Above,
}

/// What uses an enum type while it is altered. A label can only be taken away by exchanging the type, and that takes
/// everything off the type and puts it back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EnumUsers {
    /// Columns of the type or of an array of it.
    pub columns: Vec<(QualifiedName, Column)>,
    /// Checks, exclusions and foreign keys that mention one of these columns.
    pub constraints: Vec<(QualifiedName, Constraint)>,
    /// Indexes whose predicate or expressions mention one of these columns.
    pub indexes: Vec<(QualifiedName, Index)>,
    /// Columns that are made from one of these columns.
    pub generated: Vec<(QualifiedName, Column)>,
    /// Domains, functions and whatever else stands on the type or on these columns, each behind what it needs.
    pub definitions: Vec<Definition>,
}

impl Operation {
    /// The operation that takes this one back.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::Rename(rename) => Self::Rename(rename.reverse()),
            Self::Namespace(change) => Self::Namespace(change.reverse()),
            Self::EnumType(change, users) => Self::EnumType(change.reverse(), users),
            Self::Table(change) => Self::Table(change.reverse()),
            Self::Column(table, change) => Self::Column(table, change.reverse()),
            Self::Constraint(table, change) => Self::Constraint(table, change.reverse()),
            Self::Index(table, change) => Self::Index(table, change.reverse()),
            Self::Definition(change, layer) => Self::Definition(change.reverse(), layer),
        }
    }

    /// What it is about, by its name after the operation.
    #[must_use]
    pub fn object(&self) -> Object {
        match self {
            Self::Rename(rename) => match rename.clone() {
                Rename::Table { to, .. } => Object::Table(to),
                Rename::Column { table, to, .. } => Object::Column(table, to),
                Rename::EnumType { to, .. } => Object::EnumType(to),
                Rename::EnumLabel { enum_type, to, .. } => Object::EnumLabel(enum_type, to),
                Rename::Constraint { table, to, .. } => Object::Constraint(table, to),
                Rename::Index { table, to, .. } => Object::Index(table, to),
            },
            Self::Namespace(change) => Object::Namespace(change.subject().name.clone()),
            Self::EnumType(change, _) => Object::EnumType(change.subject().name.clone()),
            Self::Table(change) => Object::Table(change.subject().name.clone()),
            Self::Column(table, change) => Object::Column(table.clone(), change.subject().name.clone()),
            Self::Constraint(table, change) => Object::Constraint(table.clone(), change.subject().name.clone()),
            Self::Index(table, change) => Object::Index(table.clone(), change.subject().name.clone()),
            Self::Definition(change, _) => Object::Definition(change.subject().name.clone()),
        }
    }
}

/// The downgrade: the reversed list of reversed operations.
#[must_use]
pub fn reverse(operations: &[Operation]) -> Vec<Operation> {
    operations.iter().rev().cloned().map(Operation::reverse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reversing_twice_changes_nothing() {
        let namespace = |name: &str| Namespace { name: name.to_owned(), comment: None };
        let operations = vec![
            Operation::Namespace(Change::Add(namespace("billing"))),
            Operation::Rename(Rename::Column {
                table: QualifiedName::new("public", "users"),
                from: "name".to_owned(),
                to: "full_name".to_owned(),
            }),
        ];
        let down = reverse(&operations);
        assert_eq!(down[1], Operation::Namespace(Change::Drop(namespace("billing"))));
        assert_eq!(reverse(&down), operations);
    }
}
