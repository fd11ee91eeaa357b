//! Constraints and indexes.

use super::super::format::{Action, NameFact, Place, Table};
use super::Reading;
use crate::introspect::given_name;
use crate::schema::{self, Constraint, ConstraintKind, Expression, Fact, ForeignKey, Index, Object};

impl Reading<'_> {
    pub(super) fn constraints(&mut self, path: &str, table: &Table, declared: &mut schema::Table) {
        let short = declared.name.name.clone();
        if let Some(key) = &table.primary_key {
            let path = format!("{path}.primary_key");
            let name = key.name.clone().unwrap_or_else(|| given_name(&short, None, "pkey"));
            let kind = ConstraintKind::PrimaryKey { columns: key.columns.clone(), include: Vec::new() };
            let named = key.name.is_some() && key.unsaid.is_empty();
            self.constraint(&path, declared, Constraint::new(name, kind), named, key.place.as_ref());
        }
        for (number, key) in table.uniques.iter().enumerate() {
            let path = format!("{path}.uniques[{number}]");
            let name = name_or(key.name.as_ref(), &short, &key.columns, "key");
            let columns = key.columns.clone();
            let kind = ConstraintKind::Unique { columns, include: Vec::new(), nulls_not_distinct: false };
            let named = key.name.is_some() && key.unsaid.is_empty();
            self.constraint(&path, declared, Constraint::new(name, kind), named, key.place.as_ref());
        }
        for (number, key) in table.foreign_keys.iter().enumerate() {
            let path = format!("{path}.foreign_keys[{number}]");
            let name = name_or(key.name.as_ref(), &short, &key.columns, "fkey");
            let object = Object::Constraint(declared.name.clone(), name.clone());
            for (fact, action) in [(Fact::OnUpdate, key.on_update), (Fact::OnDelete, key.on_delete)] {
                if action.is_some() {
                    self.state(object.clone(), fact);
                }
            }
            let kind = ConstraintKind::ForeignKey(ForeignKey {
                columns: key.columns.clone(),
                references: self.names.qualified(key.references.schema.as_deref(), &key.references.table),
                referenced_columns: key.references.columns.clone(),
                on_update: action(key.on_update),
                on_delete: action(key.on_delete),
                on_delete_columns: Vec::new(),
                match_full: false,
            });
            let named = key.name.is_some() && key.unsaid.is_empty();
            self.constraint(&path, declared, Constraint::new(name, kind), named, key.place.as_ref());
        }
        for (number, check) in table.checks.iter().enumerate() {
            let path = format!("{path}.checks[{number}]");
            self.checking.expression(&format!("{path}.expression"), &check.expression);
            let expression = Expression::new(check.expression.as_str());
            let kind = ConstraintKind::Check { expression, no_inherit: false };
            let constraint = Constraint::new(check.name.as_str(), kind);
            let named = !check.unsaid.contains(&NameFact::Name);
            self.constraint(&path, declared, constraint, named, check.place.as_ref());
        }
    }

    fn constraint(
        &mut self,
        path: &str,
        table: &mut schema::Table,
        constraint: Constraint,
        named: bool,
        place: Option<&Place>,
    ) {
        self.checking.name(path, &constraint.name);
        if matches!(constraint.kind, ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. }) {
            self.checking.relation_once(path, &table.name.namespace, &constraint.name);
        }
        let object = Object::Constraint(table.name.clone(), constraint.name.clone());
        self.checking.once(path, object.clone());
        self.place_of(object.clone(), place);
        if named {
            self.state(object, Fact::Name);
        }
        table.constraints.push(constraint);
    }

    pub(super) fn indexes(&mut self, path: &str, table: &Table, declared: &mut schema::Table) {
        for (number, index) in table.indexes.iter().enumerate() {
            let path = format!("{path}.indexes[{number}]");
            let name = name_or(index.name.as_ref(), &declared.name.name, &index.columns, "idx");
            self.checking.name(&path, &name);
            self.checking.relation_once(&path, &declared.name.namespace, &name);
            let object = Object::Index(declared.name.clone(), name.clone());
            self.place_of(object.clone(), index.place.as_ref());
            if index.name.is_some() && index.unsaid.is_empty() {
                self.state(object, Fact::Name);
            }
            declared.indexes.push(Index::plain(name, index.unique, index.columns.iter().map(String::as_str)));
        }
    }
}

fn name_or(name: Option<&String>, table: &str, columns: &[String], label: &str) -> String {
    name.cloned().unwrap_or_else(|| given_name(table, Some(&columns.join("_")), label))
}

fn action(action: Option<Action>) -> schema::Action {
    match action {
        None | Some(Action::NoAction) => schema::Action::NoAction,
        Some(Action::Restrict) => schema::Action::Restrict,
        Some(Action::Cascade) => schema::Action::Cascade,
        Some(Action::SetNull) => schema::Action::SetNull,
        Some(Action::SetDefault) => schema::Action::SetDefault,
    }
}
