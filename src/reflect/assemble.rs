//! Rows → [`Schema`].

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::catalog::{ColumnNames, list, unknown};
use super::column::OwnedSequences;
use super::definition::Definitions;
use super::{IGNORED_TABLES, column, constraint, definition, index};
use crate::schema::{
    Column, Definition, DefinitionKind, EnumType, Index, Namespace, QualifiedName, Schema, Setting, Table,
};

/// What is built so far, by Postgres' object identifiers.
#[derive(Default)]
struct Assembly {
    schema: Schema,
    comments: Comments,
    enum_types: BTreeSet<QualifiedName>,
    tables: BTreeMap<i64, NumberedTable>,
    sequences: OwnedSequences,
    definitions: Definitions,
}

/// By catalog, then by object and column number, as in `pg_description`; each is taken once.
#[derive(Default)]
struct Comments(BTreeMap<String, BTreeMap<(i64, i16), String>>);

impl Comments {
    fn add(&mut self, row: &PgRow) -> sqlx::Result<()> {
        let of_class = self.0.entry(row.try_get("class")?).or_default();
        of_class.insert((row.try_get("oid")?, row.try_get("number")?), row.try_get("comment")?);
        Ok(())
    }

    fn take(&mut self, class: &str, oid: i64) -> Option<String> {
        self.take_of_column(class, oid, 0)
    }

    fn take_of_column(&mut self, class: &str, oid: i64, number: i16) -> Option<String> {
        self.0.get_mut(class)?.remove(&(oid, number))
    }
}

/// A table and its columns by number.
struct NumberedTable {
    table: Table,
    columns: BTreeMap<i16, (Column, Vec<Setting>)>,
    column_names: ColumnNames,
    /// Its indexes, by their identifiers.
    indexes: BTreeMap<i64, Index>,
}

/// Puts the rows together, which come in the order of [`super::catalog`]. Rows of a table that is not seen are left.
pub(super) fn schema(rows: &[PgRow]) -> sqlx::Result<Schema> {
    let mut assembly = Assembly::default();
    let (needs, things): (Vec<&PgRow>, Vec<&PgRow>) =
        rows.iter().partition(|row| row.try_get::<&str, _>("catalog").is_ok_and(|catalog| catalog == "need"));
    for row in things {
        assembly.add(row)?;
    }
    assembly.finish(&needs)
}

impl Assembly {
    fn add(&mut self, row: &PgRow) -> sqlx::Result<()> {
        match row.try_get("catalog")? {
            "comment" => self.comments.add(row)?,
            "namespace" => self.schema.namespaces.push(namespace(row)?),
            "enum type" => {
                let enum_type = enum_type(row, &mut self.comments)?;
                self.enum_types.insert(enum_type.name.clone());
                self.schema.enum_types.push(enum_type);
            }
            "table" => {
                let table = table(row, &mut self.comments)?;
                if !IGNORED_TABLES.contains(&table.name.name.as_str()) {
                    self.tables.insert(row.try_get("oid")?, NumberedTable::new(table));
                }
            }
            "sequence" => {
                let column = (row.try_get("table_oid")?, row.try_get("column_number")?);
                self.sequences.entry(column).or_default().push(column::owned_sequence(row)?);
            }
            "definition" => {
                let (place, definition) = definition::read(row)?;
                self.definitions.insert(place, definition);
            }
            part => {
                if let Some(table) = self.tables.get_mut(&row.try_get("table_oid")?) {
                    table.add(part, row, &self.enum_types, &self.sequences, &mut self.comments)?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self, needs: &[&PgRow]) -> sqlx::Result<Schema> {
        self.schema.tables = self.tables.into_values().map(NumberedTable::finish).collect();
        let hosted =
            |it: &Definition| !it.name.kind.has_host() || is_seen(&it.name.name, &self.schema, &self.definitions);
        let definitions: Definitions =
            self.definitions.iter().filter(|(_, it)| hosted(it)).map(|(at, it)| (at.clone(), it.clone())).collect();
        let needs = needs.iter().filter_map(|row| definition::need(row, &definitions, &self.schema).transpose());
        self.schema.needs = needs.collect::<sqlx::Result<_>>()?;
        self.schema.definitions = definitions.into_values().collect();
        Ok(self.schema.sorted())
    }
}

/// Whether a table or view is there: what stands on one that is not seen is not seen either.
fn is_seen(host: &QualifiedName, schema: &Schema, definitions: &Definitions) -> bool {
    let is_view = |it: &Definition| {
        matches!(it.name.kind, DefinitionKind::View | DefinitionKind::MaterializedView) && &it.name.name == host
    };
    schema.table(host).is_some() || definitions.values().any(is_view)
}

impl NumberedTable {
    fn new(table: Table) -> Self {
        Self { table, columns: BTreeMap::new(), column_names: ColumnNames::new(), indexes: BTreeMap::new() }
    }

    fn add(
        &mut self,
        part: &str,
        row: &PgRow,
        enum_types: &BTreeSet<QualifiedName>,
        sequences: &OwnedSequences,
        comments: &mut Comments,
    ) -> sqlx::Result<()> {
        match part {
            "column" => {
                let (table, number) = (row.try_get("table_oid")?, row.try_get("number")?);
                let comment = comments.take_of_column("pg_class", table, number);
                let column = column::read(row, enum_types, sequences, comment)?;
                let settings = list::<(String, String)>(row, "settings")?.into_iter();
                let settings = settings.map(|(kind, action)| setting(&kind, Some(column.name.clone()), action));
                let settings = settings.collect::<sqlx::Result<_>>()?;
                self.column_names.insert(number, column.name.clone());
                self.columns.insert(number, (column, settings));
            }
            "constraint" => {
                let comment = comments.take("pg_constraint", row.try_get("oid")?);
                self.table.constraints.push(constraint::read(row, &self.column_names, comment)?);
            }
            "index" => {
                let oid = row.try_get("oid")?;
                let comment = comments.take("pg_class", oid);
                self.indexes.insert(oid, index::read(row, &self.column_names, comment)?);
            }
            "index key" => {
                if let Some(index) = self.indexes.get_mut(&row.try_get("index_oid")?) {
                    index::refine(index, row, &self.column_names)?;
                }
            }
            "setting" => {
                let setting = setting(row.try_get("kind")?, row.try_get("name")?, row.try_get("action")?)?;
                self.table.kept.settings.push(setting);
            }
            other => return Err(unknown("catalog", other)),
        }
        Ok(())
    }

    fn finish(mut self) -> Table {
        for (column, settings) in self.columns.into_values() {
            self.table.columns.push(column);
            self.table.kept.settings.extend(settings);
        }
        self.table.kept.settings.sort_by_key(order);
        self.table.indexes = self.indexes.into_values().collect();
        self.table
    }
}

fn setting(kind: &str, name: Option<String>, action: String) -> sqlx::Result<Setting> {
    let own = name.clone().unwrap_or_default();
    Ok(match kind {
        "table" => Setting::Table(action),
        "column" => Setting::Column(own, action),
        "index" => Setting::Index(own, action),
        "cluster" => Setting::Cluster(own),
        "replica identity" => Setting::ReplicaIdentity(own),
        "grant" => column::grant(name, &action),
        "partition" => Setting::Partition(action),
        other => return Err(unknown("setting", other)),
    })
}

/// A table's settings stand in this order, those of columns in the order of the columns.
fn order(setting: &Setting) -> u8 {
    match setting {
        Setting::Table(_) => 0,
        Setting::Column(..) => 1,
        Setting::Index(..) | Setting::Cluster(_) | Setting::ReplicaIdentity(_) => 2,
        Setting::Grant { .. } => 3,
        Setting::Partition(_) | Setting::Definition(_) => 4,
    }
}

fn namespace(row: &PgRow) -> sqlx::Result<Namespace> {
    Ok(Namespace { name: row.try_get("name")?, comment: row.try_get("comment")? })
}

fn enum_type(row: &PgRow, comments: &mut Comments) -> sqlx::Result<EnumType> {
    let comment = comments.take("pg_type", row.try_get("oid")?);
    Ok(EnumType { name: qualified_name(row)?, labels: list(row, "labels")?, comment })
}

fn table(row: &PgRow, comments: &mut Comments) -> sqlx::Result<Table> {
    Ok(Table {
        comment: comments.take("pg_class", row.try_get("oid")?),
        unlogged: row.try_get("unlogged")?,
        partition_by: row.try_get("partition_by")?,
        ..Table::new(qualified_name(row)?)
    })
}

fn qualified_name(row: &PgRow) -> sqlx::Result<QualifiedName> {
    Ok(QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?))
}
