//! Schemas that a seed decides: a small grammar of our own, written as SQL.

mod change;
mod generate;
mod rows;
mod shrink;

pub(crate) use change::changed;
pub(crate) use generate::schema;
pub(crate) use rows::rows;
pub(crate) use shrink::shrunk;

use std::fmt::Write as _;

use crate::walk::quoted;

/// Enum types and tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Schema {
    pub(crate) enums: Vec<EnumType>,
    pub(crate) tables: Vec<Table>,
    pub(crate) views: Vec<View>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnumType {
    pub(crate) name: Name,
    pub(crate) labels: Vec<String>,
}

/// Namespace and name, as they are quoted.
pub(crate) type Name = (String, String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: Name,
    pub(crate) columns: Vec<Column>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) comment: Option<String>,
    pub(crate) unlogged: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) data_type: Type,
    pub(crate) not_null: bool,
    /// `default 3`, `generated always as identity (start 7)`.
    pub(crate) clause: Option<String>,
    /// Columns that the clause mentions.
    pub(crate) mentions: Vec<String>,
    pub(crate) comment: Option<String>,
}

/// What a column holds: enough to know what can be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) sql: String,
    pub(crate) family: Family,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Number,
    Text,
    Bool,
    Time,
    Json,
    Array,
    Range,
    Enum,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) name: String,
    /// Behind `constraint name`.
    pub(crate) sql: String,
    pub(crate) mentions: Vec<String>,
    /// The table, and the columns of it, that a foreign key refers to.
    pub(crate) refers: Option<(Name, Vec<String>)>,
    pub(crate) comment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) unique: bool,
    /// Behind the table: `using btree (a desc) where b`.
    pub(crate) sql: String,
    pub(crate) mentions: Vec<String>,
    pub(crate) comment: Option<String>,
}

/// A view of some columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) name: Name,
    pub(crate) table: Name,
    pub(crate) columns: Vec<String>,
    pub(crate) materialized: bool,
}

/// Quoted in full.
pub(crate) fn sql_name(name: &Name) -> String {
    format!("{}.{}", quoted(&name.0), quoted(&name.1))
}

/// A string constant.
pub(crate) fn constant(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(crate) fn list(columns: &[String]) -> String {
    columns.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ")
}

impl Schema {
    /// Whether anything has this name, in whatever namespace.
    pub(crate) fn has(&self, name: &str) -> bool {
        let of_table = |it: &Table| {
            it.name.1 == name
                || it.indexes.iter().any(|it| it.name == name)
                || it.constraints.iter().any(|it| it.name == name)
        };
        self.tables.iter().any(of_table)
            || self.enums.iter().any(|it| it.name.1 == name)
            || self.views.iter().any(|it| it.name.1 == name)
    }

    /// The statements that make it in an empty database.
    pub(crate) fn sql(&self) -> String {
        let mut sql = String::new();
        self.write(&mut sql).expect("a string takes everything");
        sql
    }

    fn write(&self, sql: &mut String) -> std::fmt::Result {
        let mut namespaces: Vec<&String> = self.tables.iter().map(|it| &it.name.0).collect();
        namespaces.extend(self.enums.iter().map(|it| &it.name.0));
        namespaces.sort();
        namespaces.dedup();
        for namespace in namespaces.into_iter().filter(|it| *it != "public") {
            writeln!(sql, "create schema {};", quoted(namespace))?;
        }
        for EnumType { name, labels } in &self.enums {
            let labels: Vec<String> = labels.iter().map(|it| constant(it)).collect();
            writeln!(sql, "create type {} as enum ({});", sql_name(name), labels.join(", "))?;
        }
        for table in &self.tables {
            table.write(sql)?;
        }
        for table in &self.tables {
            table.write_foreign_keys(sql)?;
        }
        for View { name, table, columns, materialized } in &self.views {
            let kind = if *materialized { "materialized view" } else { "view" };
            writeln!(sql, "create {kind} {} as select {} from {};", sql_name(name), list(columns), sql_name(table))?;
        }
        Ok(())
    }
}

impl Table {
    fn write(&self, sql: &mut String) -> std::fmt::Result {
        let name = sql_name(&self.name);
        let mut lines: Vec<String> = self.columns.iter().map(Column::sql).collect();
        let here = self.constraints.iter().filter(|it| it.refers.is_none());
        lines.extend(here.map(|it| format!("constraint {} {}", quoted(&it.name), it.sql)));
        let unlogged = if self.unlogged { "unlogged " } else { "" };
        writeln!(sql, "create {unlogged}table {name} (\n  {}\n);", lines.join(",\n  "))?;
        for index in &self.indexes {
            let unique = if index.unique { "unique " } else { "" };
            writeln!(sql, "create {unique}index {} on {name} {};", quoted(&index.name), index.sql)?;
        }
        self.write_comments(sql)
    }

    fn write_foreign_keys(&self, sql: &mut String) -> std::fmt::Result {
        let name = sql_name(&self.name);
        for key in self.constraints.iter().filter(|it| it.refers.is_some()) {
            writeln!(sql, "alter table {name} add constraint {} {};", quoted(&key.name), key.sql)?;
        }
        for Constraint { name: constraint, comment, .. } in &self.constraints {
            if let Some(comment) = comment {
                writeln!(sql, "comment on constraint {} on {name} is {};", quoted(constraint), constant(comment))?;
            }
        }
        Ok(())
    }

    fn write_comments(&self, sql: &mut String) -> std::fmt::Result {
        let name = sql_name(&self.name);
        if let Some(comment) = &self.comment {
            writeln!(sql, "comment on table {name} is {};", constant(comment))?;
        }
        for Column { name: column, comment, .. } in &self.columns {
            if let Some(comment) = comment {
                writeln!(sql, "comment on column {name}.{} is {};", quoted(column), constant(comment))?;
            }
        }
        for Index { name: index, comment, .. } in &self.indexes {
            if let Some(comment) = comment {
                let index = sql_name(&(self.name.0.clone(), index.clone()));
                writeln!(sql, "comment on index {index} is {};", constant(comment))?;
            }
        }
        Ok(())
    }

    /// Takes out what cannot stand without this column.
    pub(crate) fn forget(&mut self, column: &str) {
        let mentions = |list: &[String]| list.iter().any(|it| it == column);
        self.constraints.retain(|it| !mentions(&it.mentions));
        self.indexes.retain(|it| !mentions(&it.mentions));
        for other in &mut self.columns {
            if mentions(&other.mentions) {
                (other.clause, other.mentions) = (None, Vec::new());
            }
        }
    }
}

impl Schema {
    /// Takes out the foreign keys and views that have lost what they stand on.
    pub(crate) fn tidy(&mut self) {
        let keys: Vec<(Name, Vec<String>)> = self
            .tables
            .iter()
            .flat_map(|table| {
                let keys = table.constraints.iter().filter(|it| it.refers.is_none() && !it.sql.starts_with("check"));
                keys.map(|key| (table.name.clone(), key.mentions.clone()))
            })
            .collect();
        for table in &mut self.tables {
            table.constraints.retain(|it| it.refers.as_ref().is_none_or(|refers| keys.contains(refers)));
        }
        let tables = &self.tables;
        self.views.retain(|view| {
            let table = tables.iter().find(|it| it.name == view.table);
            table.is_some_and(|it| view.columns.iter().all(|column| it.columns.iter().any(|it| it.name == *column)))
        });
    }
}

impl Column {
    fn sql(&self) -> String {
        let not_null = if self.not_null { " not null" } else { "" };
        let clause = self.clause.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
        format!("{} {}{clause}{not_null}", quoted(&self.name), self.data_type.sql)
    }
}
