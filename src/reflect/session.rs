//! The settings that decide how Postgres prints types and expressions.

use sqlx::{Executor, PgConnection};

use crate::error::{Error, Kind, Result};

/// Sets the session's `search_path` to this namespace (`pg_catalog` is implied) and everything else that changes how
/// Postgres reads and prints: time zone, date, interval, float, bytea and money formats, quoting, NULLs in arrays. Turns jit off.
///
/// # Errors
///
/// When the connection is lost.
pub async fn prepare_session(conn: &mut PgConnection, default_namespace: &str) -> Result<()> {
    set(conn, default_namespace, false)
        .await
        .map_err(|cause| Error::new(Kind::Error, "cannot prepare the session on the database").caused_by(cause))
}

/// The same, with `local` until the end of the transaction.
pub(super) async fn set<'c>(
    executor: impl Executor<'c, Database = sqlx::Postgres>,
    default_namespace: &str,
    local: bool,
) -> sqlx::Result<()> {
    // psql's variables become parameters, so that a name never is part of the text.
    let sql = include_str!("session.sql").replace(":'default_namespace'", "$1").replace(":local", "$2");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .persistent(false)
        .bind(default_namespace)
        .bind(local)
        .execute(executor)
        .await?;
    Ok(())
}
