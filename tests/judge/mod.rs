//! Judges that share no code with the product: a query of all catalogs, and `pg_dump`.

#[allow(dead_code, clippy::allow_attributes, reason = "the suite uses the rest")]
pub(crate) mod dump;

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::server;
use dump::{Dump, difference};

/// What the catalogs say. Nothing is on the search path, so that every name is printed in full.
pub(crate) async fn catalog(database: &PgConnectOptions) -> Result<String> {
    let mut conn = PgConnection::connect_with(database).await?;
    let settings = "set search_path = ''; set timezone = 'UTC'; set extra_float_digits = 1; set jit = off";
    sqlx::raw_sql(settings).execute(&mut conn).await?;
    let text = sqlx::query_scalar(include_str!("catalog.sql")).persistent(false).fetch_one(&mut conn).await?;
    conn.close().await?;
    Ok(text)
}

/// What `pg_dump --schema-only` says, autogen's own tables left out; `skipped` names further tables.
pub(crate) fn dump(database: &PgConnectOptions) -> Result<Dump> {
    let output = Command::new(server::client("pg_dump")?)
        .args(["--schema-only", "-U", database.get_username(), "-d"])
        .arg(database.get_database().context("a database")?)
        .arg("-h")
        .arg(database.get_socket().context("a server of our own")?)
        .args(["--exclude-table=*.autogen_history*", "--exclude-table=*.autogen_journal*"])
        .output()?;
    ensure!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(Dump(String::from_utf8(output.stdout)?))
}

/// The lines that differ, or `None` where both texts are the same.
pub(crate) fn differing(expected: &str, found: &str) -> Option<String> {
    (expected != found).then(|| difference(expected, found))
}
