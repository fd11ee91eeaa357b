//! Rows → [`Schema`].

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{names, unknown};
use super::{IGNORED_TABLES, column, constraint, index};
use crate::schema::{EnumType, Index, Namespace, QualifiedName, Schema, Table};

/// What is built so far, by Postgres' object identifiers.
#[derive(Default)]
struct Assembly {
    schema: Schema,
    enum_types: BTreeSet<QualifiedName>,
    tables: BTreeMap<i64, Table>,
    indexes: BTreeMap<i64, (i64, Index)>,
}

/// Puts the rows together, which come in the order of [`super::catalog`]. Rows of a table that is not seen are left.
pub(super) fn schema(rows: &[PgRow]) -> sqlx::Result<Schema> {
    let mut assembly = Assembly::default();
    for row in rows {
        assembly.add(row)?;
    }
    Ok(assembly.finish())
}

impl Assembly {
    fn add(&mut self, row: &PgRow) -> sqlx::Result<()> {
        match row.try_get("catalog")? {
            "namespace" => self.schema.namespaces.push(namespace(row)?),
            "enum type" => {
                let enum_type = enum_type(row)?;
                self.enum_types.insert(enum_type.name.clone());
                self.schema.enum_types.push(enum_type);
            }
            "table" => {
                let table = table(row)?;
                if !IGNORED_TABLES.contains(&table.name.name.as_str()) {
                    self.tables.insert(row.try_get("oid")?, table);
                }
            }
            "column" => {
                if let Some(table) = self.tables.get_mut(&row.try_get("table_oid")?) {
                    table.columns.push(column::read(row, &self.enum_types)?);
                }
            }
            "constraint" => {
                if let Some(table) = self.tables.get_mut(&row.try_get("table_oid")?) {
                    table.constraints.push(constraint::read(row)?);
                }
            }
            "index" => {
                self.indexes.insert(row.try_get("oid")?, (row.try_get("table_oid")?, index::read(row)?));
            }
            "index key" => {
                if let Some((_, index)) = self.indexes.get_mut(&row.try_get("index_oid")?) {
                    index::add_key(index, row)?;
                }
            }
            other => return Err(unknown("catalog", other)),
        }
        Ok(())
    }

    fn finish(mut self) -> Schema {
        for (table, index) in self.indexes.into_values() {
            if let Some(table) = self.tables.get_mut(&table) {
                table.indexes.push(index);
            }
        }
        self.schema.tables = self.tables.into_values().collect();
        self.schema.sorted()
    }
}

fn namespace(row: &PgRow) -> sqlx::Result<Namespace> {
    Ok(Namespace { name: row.try_get("name")?, comment: row.try_get("comment")? })
}

fn enum_type(row: &PgRow) -> sqlx::Result<EnumType> {
    Ok(EnumType { name: qualified_name(row)?, labels: names(row, "labels")?, comment: row.try_get("comment")? })
}

fn table(row: &PgRow) -> sqlx::Result<Table> {
    Ok(Table { comment: row.try_get("comment")?, ..Table::new(qualified_name(row)?) })
}

fn qualified_name(row: &PgRow) -> sqlx::Result<QualifiedName> {
    Ok(QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?))
}
