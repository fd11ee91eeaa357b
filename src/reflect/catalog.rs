//! The selects, and how their rows are read.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection, Row};

use super::{Scope, session};

/// One message; the first column of each row says which select it comes from. Comments stand before what they
/// are about, and tables before what hangs on them.
const SELECTS: &str = concat!(
    include_str!("comments.sql"),
    include_str!("namespaces.sql"),
    include_str!("enum_types.sql"),
    include_str!("tables.sql"),
    include_str!("sequences.sql"),
    include_str!("columns.sql"),
    include_str!("constraints.sql"),
    include_str!("indexes.sql"),
    include_str!("index_keys.sql"),
    include_str!("settings.sql"),
    include_str!("definitions.sql"),
    include_str!("needs.sql"),
);

/// All rows, in the order of the selects.
pub(super) async fn rows(conn: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<PgRow>> {
    // Dropped half way, it rolls back by itself before the connection does anything else.
    let mut transaction = conn.begin_with("begin isolation level repeatable read read only").await?;
    session::set(&mut *transaction, &scope.default_namespace, true).await?;
    let sql = include_str!("scope.sql")
        .replace(":'namespaces'", "$1")
        .replace(":'extensions'", "$2")
        .replace(":local", "true");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(false);
    query.bind(&scope.namespaces).bind(&scope.extensions).execute(&mut *transaction).await?;
    let rows = sqlx::raw_sql(SELECTS).fetch_all(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(rows)
}

/// A list, which comes as JSON; empty for NULL.
pub(super) fn list<T: DeserializeOwned>(row: &PgRow, column: &str) -> sqlx::Result<Vec<T>> {
    match row.try_get::<Option<&str>, _>(column)? {
        Some(json) => serde_json::from_str(json)
            .map_err(|cause| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(cause) }),
        None => Ok(Vec::new()),
    }
}

/// The names of a table's columns by number (`pg_attribute.attnum`).
pub(super) type ColumnNames = BTreeMap<i16, String>;

/// A list of column numbers as names, in its order. A number without a column (an expression, a whole row) is left out.
pub(super) fn columns(row: &PgRow, column: &str, names: &ColumnNames) -> sqlx::Result<Vec<String>> {
    Ok(list::<i16>(row, column)?.iter().filter_map(|number| names.get(number).cloned()).collect())
}

/// What an expression mentions: names, sorted.
pub(super) fn mentions(row: &PgRow, column: &str, names: &ColumnNames) -> sqlx::Result<Vec<String>> {
    let mut mentioned = columns(row, column, names)?;
    mentioned.sort_unstable();
    Ok(mentioned)
}

/// A letter of a catalog (`contype`, `confdeltype`, ..) that this version of autogen does not know.
pub(super) fn unknown(column: &str, value: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: format!("unknown value {value:?}").into() }
}
