//! What `extras.sql` adds to the models: the difference that a statement makes, stated in full.

use super::extras::Extras;
use crate::error::{Error, Kind, Result};
use crate::schema::{
    Column, Constraint, ConstraintKind, DefinitionKind, Fact, Models, Object, QualifiedName, Schema, Table,
};

/// The difference that extras.sql makes.
pub(super) struct Addition<'a> {
    pub(super) before: &'a Schema,
    pub(super) after: &'a Schema,
    pub(super) extras: &'a Extras,
}

impl Addition<'_> {
    /// The models with it.
    pub(super) fn add_to(&self, models: &Models) -> Result<Models> {
        let mut models = models.clone();
        let says = |object: &Object| self.extras.statements.iter().any(|it| it.is_about(object));
        for namespace in &self.after.namespaces {
            let is_new = self.before.namespace(&namespace.name).is_none();
            let object = Object::Namespace(namespace.name.clone());
            let is_said = is_new || says(&object);
            let comment = |schema: &Schema| schema.namespace(&namespace.name).and_then(|it| it.comment.clone());
            if comment(self.after) != comment(self.before) {
                models.stated.insert(object, Fact::Comment);
                models.schema.namespaces.retain(|it| it.name != namespace.name);
            }
            let is_said = is_said || comment(self.after) != comment(self.before);
            if is_said && models.schema.namespace(&namespace.name).is_none() {
                models.schema.namespaces.push(namespace.clone());
            }
        }
        for enum_type in &self.after.enum_types {
            if self.before.enum_type(&enum_type.name) != Some(enum_type) {
                models.schema.enum_types.retain(|it| it.name != enum_type.name);
                models.schema.enum_types.push(enum_type.clone());
                models.stated.insert(Object::EnumType(enum_type.name.clone()), Fact::Comment);
                self.place(&mut models, Object::EnumType(enum_type.name.clone()));
            }
        }
        for table in &self.after.tables {
            match self.before.table(&table.name) {
                None => self.add_table(&mut models, table),
                Some(before) if before != table => self.add_parts(&mut models, before, table)?,
                Some(_) => {}
            }
        }
        for definition in &self.after.definitions {
            let is_said =
                definition.name.kind == DefinitionKind::Extension && says(&Object::Definition(definition.name.clone()));
            if is_said || self.before.definition(&definition.name) != Some(definition) {
                models.schema.definitions.push(definition.clone());
                self.place(&mut models, Object::Definition(definition.name.clone()));
            }
        }
        models.schema.needs.clone_from(&self.after.needs);
        models.schema = models.schema.sorted();
        Ok(models)
    }

    fn add_table(&self, models: &mut Models, table: &Table) {
        let name = &table.name;
        models.schema.tables.push(table.clone());
        self.place(models, Object::Table(name.clone()));
        for fact in [Fact::Comment, Fact::Whole] {
            models.stated.insert(Object::Table(name.clone()), fact);
        }
        for column in &table.columns {
            self.state_column(models, name, column, None);
        }
        for constraint in &table.constraints {
            self.state_whole(models, Object::Constraint(name.clone(), constraint.name.clone()));
        }
        for index in &table.indexes {
            self.state_whole(models, Object::Index(name.clone(), index.name.clone()));
        }
    }

    /// Parts of a table that the entities declare, or that is there without anybody declaring it.
    fn add_parts(&self, models: &mut Models, before: &Table, after: &Table) -> Result<()> {
        let name = &after.name;
        if models.schema.table(name).is_none() {
            models.schema.tables.push(Table::new(name.clone()));
            models.borrowed.insert(name.clone());
        }
        if (before.unlogged, &before.partition_by) != (after.unlogged, &after.partition_by) {
            return Err(Error::new(Kind::Usage, format!("extras.sql changes how {name} is stored"))
                .hint("write it into a revision by hand: autogen create MESSAGE --no-autogenerate"));
        }
        if before.comment != after.comment {
            models.stated.insert(Object::Table(name.clone()), Fact::Comment);
            with_table(models, name, |table| table.comment.clone_from(&after.comment));
        }
        for column in after.columns.iter().filter(|it| before.column(&it.name) != Some(it)) {
            self.state_column(models, name, column, before.column(&column.name));
            with_table(models, name, |table| match table.columns.iter_mut().find(|it| it.name == column.name) {
                Some(declared) => *declared = merged(declared, before.column(&column.name), column),
                None => table.columns.push(column.clone()),
            });
        }
        for constraint in after.constraints.iter().filter(|it| before.constraint(&it.name) != Some(it)) {
            self.state_whole(models, Object::Constraint(name.clone(), constraint.name.clone()));
            with_table(models, name, |table| add_constraint(table, constraint));
        }
        for index in after.indexes.iter().filter(|it| before.index(&it.name) != Some(it)) {
            self.state_whole(models, Object::Index(name.clone(), index.name.clone()));
            with_table(models, name, |table| {
                table.indexes.retain(|it| it.name != index.name);
                table.indexes.push(index.clone());
            });
        }
        Ok(())
    }

    /// What extras.sql says of a column: all of a new one, else what differs.
    fn state_column(&self, models: &mut Models, table: &QualifiedName, column: &Column, before: Option<&Column>) {
        let object = Object::Column(table.clone(), column.name.clone());
        if before.is_none() {
            models.stated.insert(object.clone(), Fact::Whole);
        }
        let facts = [
            (Fact::Type, before.is_none_or(|it| it.data_type != column.data_type)),
            (Fact::Default, before.is_none_or(|it| it.default != column.default)),
            (Fact::Comment, before.is_none_or(|it| it.comment != column.comment)),
        ];
        for (fact, _) in facts.into_iter().filter(|(_, says)| *says) {
            models.stated.insert(object.clone(), fact);
        }
        self.place(models, object);
    }

    fn state_whole(&self, models: &mut Models, object: Object) {
        models.stated.insert(object.clone(), Fact::Whole);
        self.place(models, object);
    }

    /// The line that declares it, as far as the statements' first words tell.
    fn place(&self, models: &mut Models, object: Object) {
        if let Some(extra) = self.extras.statements.iter().rev().find(|it| it.is_about(&object)) {
            models.places.insert(object, extra.place.clone());
        }
    }
}

fn with_table(models: &mut Models, name: &QualifiedName, change: impl FnOnce(&mut Table)) {
    if let Some(table) = models.schema.table_mut(name) {
        change(table);
    }
}

/// A primary key takes the place of another; all else stands by its name.
fn add_constraint(table: &mut Table, constraint: &Constraint) {
    let is_key = |it: &Constraint| matches!(it.kind, ConstraintKind::PrimaryKey { .. });
    table.constraints.retain(|it| it.name != constraint.name && !(is_key(it) && is_key(constraint)));
    table.constraints.push(constraint.clone());
}

/// The entity's column with what extras.sql says differently of it.
fn merged(declared: &Column, before: Option<&Column>, after: &Column) -> Column {
    let Some(before) = before else { return after.clone() };
    let mut column = declared.clone();
    if before.data_type != after.data_type {
        column.data_type = after.data_type.clone();
    }
    if before.nullable != after.nullable {
        column.nullable = after.nullable;
    }
    if before.default != after.default {
        column.default = after.default.clone();
    }
    if before.collation != after.collation {
        column.collation.clone_from(&after.collation);
    }
    if before.comment != after.comment {
        column.comment.clone_from(&after.comment);
    }
    column
}
