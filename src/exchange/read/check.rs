//! What a document must hold to, beside its form.

use std::collections::{BTreeMap, BTreeSet};

use super::super::format::{Column, ColumnDefault, ForeignKey, Table};
use super::super::names::Names;
use super::problem::{Problem, Problems};
use crate::introspect::{LONGEST_NAME, counts};
use crate::schema::{DataType, Object, QualifiedName};

/// What was seen, and what was found wrong.
#[derive(Default)]
pub(super) struct Checking {
    problems: Vec<Problem>,
    objects: BTreeMap<Object, String>,
    /// Tables, indexes and the constraints that have an index share their names in a namespace.
    relations: BTreeMap<QualifiedName, String>,
    /// The columns of every table.
    columns: BTreeMap<QualifiedName, BTreeSet<String>>,
}

impl Checking {
    pub(super) fn finish(self) -> Result<(), Problems> {
        if self.problems.is_empty() { Ok(()) } else { Err(Problems(self.problems)) }
    }

    pub(super) fn found(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Notes the columns of all tables, for the keys that refer to them.
    pub(super) fn tables(&mut self, tables: &[Table], names: &Names<'_>) {
        for (number, table) in tables.iter().enumerate() {
            let name = names.qualified(table.schema.as_deref(), &table.name);
            self.relations.entry(name.clone()).or_insert_with(|| format!("tables[{number}]"));
            self.columns.insert(name, table.columns.iter().map(|column| column.name.clone()).collect());
        }
    }

    pub(super) fn qualified_name(&mut self, path: &str, name: &QualifiedName) {
        self.name(path, &name.name);
        if name.namespace.is_empty() || name.namespace.len() > LONGEST_NAME {
            self.name(&format!("{path}.schema"), &name.namespace);
        }
    }

    pub(super) fn name(&mut self, path: &str, name: &str) {
        let message = match name {
            "" => "a name is empty".to_owned(),
            name if name.contains('\0') => "a name holds a NUL character".to_owned(),
            name if name.len() > LONGEST_NAME => {
                format!("`{name}` is longer than the {LONGEST_NAME} bytes of a name in Postgres")
            }
            _ => return,
        };
        self.found(Problem::new(path, message).help("give it another name"));
    }

    /// Two things of one kind and name are one too many.
    pub(super) fn once(&mut self, path: &str, object: Object) {
        if let Some(first) = self.objects.get(&object) {
            let problem = Problem::new(path, format!("{object} is there already: {first}"));
            self.found(problem.help("leave one out, or give it another name"));
        } else {
            self.objects.insert(object, path.to_owned());
        }
    }

    /// To Postgres, tables, indexes, primary keys and unique constraints are relations of one namespace.
    pub(super) fn relation_once(&mut self, path: &str, namespace: &str, name: &str) {
        let name = QualifiedName::new(namespace, name);
        if let Some(first) = self.relations.get(&name) {
            let message = format!("the name `{}` is taken in Postgres: {first}", name.name);
            self.found(Problem::new(path, message).help("give one of them another \"name\""));
        } else {
            self.relations.insert(name, path.to_owned());
        }
    }

    /// Every table is a type, too.
    pub(super) fn enum_beside_tables(&mut self, path: &str, name: &QualifiedName) {
        if self.columns.contains_key(name) {
            let problem =
                Problem::new(path, format!("the enum {name} and a table have one name: to Postgres both are types"));
            self.found(problem.help("give one of them another \"name\""));
        }
    }

    pub(super) fn expression(&mut self, path: &str, sql: &str) {
        if sql.trim().is_empty() {
            self.found(Problem::new(path, "an expression is empty").help("write SQL, or leave it out"));
        }
    }

    pub(super) fn collation(&mut self, path: &str, collation: &str) {
        let outside: String = collation.split('"').step_by(2).collect();
        let plain = !collation.trim().is_empty() && outside.chars().all(|c| c.is_alphanumeric() || "_.".contains(c));
        if !plain || collation.matches('"').count() % 2 == 1 {
            let problem = Problem::new(format!("{path}.collation"), format!("`{collation}` is no collation"));
            self.found(problem.help("write it as SQL has it, quotes included: \"\\\"de-x-icu\\\"\""));
        }
    }

    pub(super) fn column_default(&mut self, path: &str, column: &Column, data_type: &DataType) {
        let default = column.default.as_ref().and_then(Option::as_ref);
        if matches!(default, Some(ColumnDefault::Identity(_))) && column.nullable {
            let problem = Problem::new(format!("{path}.nullable"), "an identity column cannot be null");
            self.found(problem.help("write \"nullable\": false"));
        }
        let path = format!("{path}.default");
        match default {
            Some(ColumnDefault::Expression(sql) | ColumnDefault::Generated(sql) | ColumnDefault::Virtual(sql)) => {
                self.expression(&path, sql)
            }
            Some(ColumnDefault::Identity(_) | ColumnDefault::Serial) if !counts(data_type) => {
                let problem = Problem::new(path, format!("a column of type {data_type} does not count"));
                self.found(problem.help("identity and serial go with smallint, integer and bigint"));
            }
            Some(ColumnDefault::Identity(_) | ColumnDefault::Serial) | None => {}
        }
    }

    /// The columns of everything that hangs on the table.
    pub(super) fn keys(&mut self, path: &str, table: &Table, names: &Names<'_>) {
        let own = names.qualified(table.schema.as_deref(), &table.name);
        if let Some(key) = &table.primary_key {
            self.key_columns(&format!("{path}.primary_key.columns"), "the primary key", &own, &key.columns);
            for (number, column) in table.columns.iter().enumerate() {
                if column.nullable && key.columns.contains(&column.name) {
                    let message = format!("`{}` is in the primary key and cannot be null", column.name);
                    let problem = Problem::new(format!("{path}.columns[{number}].nullable"), message);
                    self.found(problem.help("write \"nullable\": false"));
                }
            }
        }
        for (number, key) in table.uniques.iter().enumerate() {
            self.key_columns(&format!("{path}.uniques[{number}].columns"), "a unique constraint", &own, &key.columns);
        }
        for (number, index) in table.indexes.iter().enumerate() {
            self.key_columns(&format!("{path}.indexes[{number}].columns"), "an index", &own, &index.columns);
        }
        for (number, key) in table.foreign_keys.iter().enumerate() {
            self.foreign_key(&format!("{path}.foreign_keys[{number}]"), &own, key, names);
        }
    }

    fn foreign_key(&mut self, path: &str, own: &QualifiedName, key: &ForeignKey, names: &Names<'_>) {
        self.key_columns(&format!("{path}.columns"), "a foreign key", own, &key.columns);
        let references = names.qualified(key.references.schema.as_deref(), &key.references.table);
        self.qualified_name(&format!("{path}.references.table"), &references);
        let columns = &key.references.columns;
        self.key_columns(&format!("{path}.references.columns"), "a foreign key", &references, columns);
        if key.columns.len() != columns.len() {
            let message = format!("{} columns refer to {}: {} of them", key.columns.len(), references, columns.len());
            let problem = Problem::new(path, message);
            self.found(problem.help("name as many in \"columns\" as in \"references\""));
        }
    }

    /// Every column is there, once. A table that the document does not declare may have any.
    fn key_columns(&mut self, path: &str, what: &str, table: &QualifiedName, columns: &[String]) {
        if columns.is_empty() {
            self.found(
                Problem::new(path, format!("{what} of {table} has no columns")).help("name them, or leave it out"),
            );
        }
        for (number, column) in columns.iter().enumerate() {
            let path = format!("{path}[{number}]");
            if columns[..number].contains(column) {
                let problem = Problem::new(path, format!("{what} of {table} names `{column}` twice"));
                self.found(problem.help("leave one out"));
            } else if let Some(there) = self.columns.get(table).filter(|there| !there.contains(column)) {
                let there: Vec<&str> = there.iter().map(String::as_str).collect();
                let help = format!("it has {}", there.join(", "));
                self.found(Problem::new(path, format!("{table} has no column `{column}`")).help(help));
            }
        }
    }
}
