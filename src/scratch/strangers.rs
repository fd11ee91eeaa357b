//! Tables that foreign keys refer to and that are not ours: what a key needs of them is made on scratch.

use sqlx::{AssertSqlSafe, PgConnection};

use super::lost;
use crate::error::Result;
use crate::operation::{Change, Operation};
use crate::reflect::Scope;
use crate::render::{Words, identifier, render};
use crate::schema::Table;

/// Makes the table that Postgres misses, if it is one of the strangers; the statement may then be tried again. Not
/// before it is missed: an old revision may make it itself.
///
/// # Errors
///
/// When the server is gone.
pub(super) async fn make_missing(
    conn: &mut PgConnection,
    code: Option<&str>,
    message: &str,
    scope: &Scope,
) -> Result<bool> {
    // undefined_table, invalid_schema_name
    if !matches!(code, Some("42P01" | "3F000")) {
        return Ok(false);
    }
    let is_missed = |table: &&Table| {
        let name = &table.name;
        [format!("\"{name}\""), format!("\"{}\"", name.name), format!("schema \"{}\"", name.namespace)]
            .iter()
            .any(|words| message.contains(words.as_str()))
    };
    let mut made = false;
    for table in scope.strangers.iter().filter(is_missed) {
        made |= make(conn, table, scope).await?;
    }
    Ok(made)
}

/// Makes those that are still missing.
///
/// # Errors
///
/// When the server is gone.
pub(super) async fn make_all(conn: &mut PgConnection, scope: &Scope) -> Result<()> {
    for table in &scope.strangers {
        make(conn, table, scope).await?;
    }
    Ok(())
}

/// Whether it was made: it may be there already, or of a type that scratch has not.
async fn make(conn: &mut PgConnection, table: &Table, scope: &Scope) -> Result<bool> {
    let namespace = format!("CREATE SCHEMA IF NOT EXISTS {}", identifier(&table.name.namespace));
    let create = render(&[Operation::Table(Change::Add(table.clone()))], &Words::new(&scope.default_namespace));
    let statements = create.into_iter().flatten().map(|it| it.sql);
    for sql in [namespace].into_iter().chain(statements) {
        match sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await {
            Ok(_) => {}
            Err(sqlx::Error::Database(_)) => return Ok(false),
            Err(cause) => return Err(lost(cause)),
        }
    }
    Ok(true)
}
