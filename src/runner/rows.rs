//! How many rows the tables hold, before they are destroyed.

use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::error::{Error, Kind, Result};
use crate::execute::Record;
use crate::reflect::prepare_session;
use crate::render::qualified;
use crate::schema::QualifiedName;

/// Seconds that counting one table may take; then the planner's guess must do.
const COUNT_SECONDS: u32 = 2;

/// A table and its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRows {
    /// The table.
    pub table: QualifiedName,
    /// Its rows.
    pub rows: u64,
    /// Whether they were counted, or are the planner's guess.
    pub exact: bool,
}

/// The tables of these namespaces that hold rows; only reads, and waits for no lock longer than a second.
///
/// # Errors
/// [`Kind::Error`] when the catalogs cannot be read.
pub async fn table_rows(
    conn: &mut PgConnection,
    namespaces: &[String],
    default_namespace: &str,
) -> Result<Vec<TableRows>> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot list the tables").caused_by(cause);
    prepare_session(conn, default_namespace).await?;
    let list = format!("{{{}}}", namespaces.iter().map(|it| array_item(it)).collect::<Vec<_>>().join(","));
    let tables =
        Record::new(include_str!("sql/list_tables.sql"), &[("namespaces", &list)]).fetch(conn).await.map_err(failed)?;
    let mut found = Vec::new();
    for row in &tables {
        let get = |name: &str| row.try_get::<String, _>(name).map_err(failed);
        let table = QualifiedName::new(get("namespace")?, get("name")?);
        let estimate: i64 = row.try_get("estimate").map_err(failed)?;
        let counted = count(conn, &table, default_namespace).await;
        let rows = counted.unwrap_or_else(|| u64::try_from(estimate).unwrap_or_default());
        if rows > 0 || counted.is_none() {
            found.push(TableRows { table, rows, exact: counted.is_some() });
        }
    }
    Ok(found)
}

/// An item of a text array as Postgres reads it.
fn array_item(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// None where it takes too long, is locked, or may not be read.
async fn count(conn: &mut PgConnection, table: &QualifiedName, default_namespace: &str) -> Option<u64> {
    let settings =
        format!("BEGIN READ ONLY; SET LOCAL statement_timeout = '{COUNT_SECONDS}s'; SET LOCAL lock_timeout = '1s'");
    sqlx::raw_sql(AssertSqlSafe(settings)).execute(&mut *conn).await.ok()?;
    let sql = format!("SELECT count(*) FROM {}", qualified(table, default_namespace));
    let row = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_one(&mut *conn).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await.ok()?;
    row.ok()?.try_get::<i64, _>(0).ok().and_then(|count| u64::try_from(count).ok())
}
