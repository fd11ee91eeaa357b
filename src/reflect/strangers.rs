use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Scope;
use crate::error::{Error, Kind, Result};
use crate::schema::{
    BaseType, Column, ColumnDefault, Constraint, ConstraintKind, DataType, Object, QualifiedName, Table,
};

/// Tables that are not looked at and that foreign keys refer to: those of `named`, and those that the tables of the
/// scope refer to in this database. Of each its keys, and the columns of these.
///
/// # Errors
///
/// When the server cannot be reached or refuses.
pub async fn strangers(conn: &mut PgConnection, scope: &Scope, named: &BTreeSet<QualifiedName>) -> Result<Vec<Table>> {
    let sql = include_str!("strangers.sql").replace(":'namespaces'", "$1").replace(":'tables'", "$2");
    let named: Vec<String> = named.iter().map(ToString::to_string).collect();
    let query = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(&scope.namespaces).bind(named);
    let rows = query.fetch_all(conn).await;
    let read = rows.and_then(|rows| rows.iter().try_fold(Vec::new(), |tables, row| add(tables, row, scope)));
    read.map_err(|cause| Error::new(Kind::Error, "cannot read the database's catalogs").caused_by(cause))
}

fn add(mut tables: Vec<Table>, row: &sqlx::postgres::PgRow, scope: &Scope) -> sqlx::Result<Vec<Table>> {
    let name = QualifiedName::new(row.try_get::<String, _>("namespace")?, row.try_get::<String, _>("name")?);
    if !scope.is_stranger(&name) {
        return Ok(tables);
    }
    if tables.last().is_none_or(|table| table.name != name) {
        tables.push(Table::new(name));
    }
    let Some(table) = tables.last_mut() else { return Ok(tables) };
    let (column, printed): (String, String) = (row.try_get("column_name")?, row.try_get("data_type")?);
    if table.column(&column).is_none() {
        let data_type = DataType::parse(&printed, BaseType::Other);
        table.columns.push(plain(column.clone(), data_type));
    }
    let key = row.try_get::<i64, _>("key")?.to_string();
    match table.constraints.last_mut().filter(|it| it.name == key) {
        Some(Constraint { kind: ConstraintKind::Unique { columns, .. }, .. })
        | Some(Constraint { kind: ConstraintKind::PrimaryKey { columns, .. }, .. }) => columns.push(column),
        Some(_) | None => {
            let (columns, include) = (vec![column], Vec::new());
            let kind = match row.try_get("is_primary")? {
                true => ConstraintKind::PrimaryKey { columns, include },
                false => ConstraintKind::Unique { columns, include, nulls_not_distinct: false },
            };
            table.constraints.push(Constraint::new(key, kind));
        }
    }
    Ok(tables)
}

fn plain(name: String, data_type: DataType) -> Column {
    Column { name, data_type, nullable: true, default: ColumnDefault::None, collation: None, comment: None }
}

impl Scope {
    /// Whether a table is not looked at.
    #[must_use]
    pub fn is_stranger(&self, table: &QualifiedName) -> bool {
        !self.namespaces.contains(&table.namespace) || self.unmanaged.rule(&Object::Table(table.clone())).is_some()
    }
}
