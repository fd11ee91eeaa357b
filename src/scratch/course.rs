//! How names lead from one schema to another.

use crate::schema::{Column, DataType, EnumType, Object, QualifiedName, Rename, Schema, Table};

/// Two schemas and the renames between them.
#[derive(Debug, Clone)]
pub(super) struct Course<'a> {
    pub(super) from: &'a Schema,
    pub(super) to: &'a Schema,
    pub(super) renames: Vec<Rename>,
}

impl<'a> Course<'a> {
    pub(super) fn new(from: &'a Schema, to: &'a Schema, renames: &[Rename]) -> Self {
        Self { from, to, renames: renames.to_vec() }
    }

    /// The way back.
    pub(super) fn reverse(&self) -> Self {
        let renames = self.renames.iter().rev().map(Rename::reverse).collect();
        Self { from: self.to, to: self.from, renames }
    }

    /// The name of a table afterwards, whether it is still there or not.
    pub(super) fn table_name(&self, table: &QualifiedName) -> QualifiedName {
        match Object::Table(table.clone()).renamed(&self.renames) {
            Object::Table(name) => name,
            _ => table.clone(),
        }
    }

    /// The name of a column afterwards, whether it is still there or not.
    pub(super) fn column_name(&self, table: &QualifiedName, column: &str) -> String {
        match Object::Column(table.clone(), column.to_owned()).renamed(&self.renames) {
            Object::Column(_, name) => name,
            _ => column.to_owned(),
        }
    }

    /// A table as it is afterwards.
    pub(super) fn table(&self, table: &QualifiedName) -> Option<&'a Table> {
        self.to.table(&self.table_name(table))
    }

    /// A column as it is afterwards.
    pub(super) fn column(&self, table: &QualifiedName, column: &str) -> Option<&'a Column> {
        self.table(table)?.column(&self.column_name(table, column))
    }

    /// The name of an enum type afterwards.
    pub(super) fn enum_name(&self, name: &QualifiedName) -> QualifiedName {
        match Object::EnumType(name.clone()).renamed(&self.renames) {
            Object::EnumType(name) => name,
            _ => name.clone(),
        }
    }

    /// What a label is called afterwards; none where it is gone.
    pub(super) fn label(&self, name: &QualifiedName, label: &str) -> Option<String> {
        let after: &EnumType = self.to.enum_type(&self.enum_name(name))?;
        let object = Object::EnumLabel(name.clone(), label.to_owned()).renamed(&self.renames);
        let Object::EnumLabel(_, renamed) = object else { return None };
        after.labels.contains(&renamed).then_some(renamed)
    }

    /// Whether a label of the type gets another name.
    pub(super) fn relabels(&self, name: &QualifiedName) -> bool {
        let after = self.enum_name(name);
        self.renames
            .iter()
            .any(|it| matches!(it, Rename::EnumLabel { enum_type, .. } if enum_type == &after || enum_type == name))
    }

    /// Whether the type is another afterwards, its name aside.
    pub(super) fn changes_type(&self, from: &DataType, to: &DataType) -> bool {
        match from.enum_name() {
            Some(name) if to.enum_name().is_some() => {
                to.enum_name() != Some(&self.enum_name(name)) || from.array != to.array
            }
            Some(_) | None => from != to,
        }
    }
}
