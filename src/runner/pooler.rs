//! A pooler that hands out another session for each transaction would lose locks and settings.

use sqlx::{Connection, PgConnection, Row};

use super::Database;
use crate::config;
use crate::error::{Error, Kind, Result};

/// Refuses a connection behind a pooler in transaction mode: what one connection says must reach one session.
///
/// Two connections hold a transaction each, so that a pooler needs two sessions for them, and let go in one order and in
/// the other: whether it takes the session that was freed first or last, one of them changes.
///
/// # Errors
/// [`Kind::Error`] when it is one, or a connection fails.
pub async fn refuse(conn: &mut PgConnection, database: &Database<'_>) -> Result<()> {
    let own = pid(conn).await?;
    let mut other = config::connect(database.target).await?;
    let others = pid(&mut other).await?;
    let mut stays = own != others;
    for first_in in [true, false] {
        if !stays {
            break;
        }
        stays = begin(conn).await? == own && begin(&mut other).await? == others;
        end(conn).await?;
        end(&mut other).await?;
        if first_in {
            stays = stays && begin(&mut other).await? == others && pid(conn).await? == own;
            end(&mut other).await?;
        } else {
            stays = stays && begin(conn).await? == own && pid(&mut other).await? == others;
            end(conn).await?;
        }
    }
    // A server that is gone needs no goodbye.
    let _ = other.close().await;
    if stays { Ok(()) } else { Err(refusal(database)) }
}

fn refusal(database: &Database<'_>) -> Error {
    let shown = &database.target.shown;
    Error::new(Kind::Error, format!("{shown} is behind a pooler in transaction mode: its sessions are not kept"))
        .hint("connect to the server itself, most often on port 5432, for migrations: --database-url URL")
        .hint("or write [env.NAME] with the server's own database_url into autogen.toml, and use --env NAME")
        .hint("pool_mode = session   in pgbouncer.ini works too, for this database or this user")
}

async fn begin(conn: &mut PgConnection) -> Result<i32> {
    let row = sqlx::raw_sql("BEGIN; SELECT pg_backend_pid()").fetch_one(conn).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}

async fn end(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql("COMMIT").execute(conn).await.map(|_| ()).map_err(failed)
}

/// The simple protocol: a prepared statement would be looked for in the wrong session.
pub(super) async fn pid(conn: &mut PgConnection) -> Result<i32> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(conn).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}

fn failed(cause: sqlx::Error) -> Error {
    Error::new(Kind::Error, "cannot ask for the session's pid").caused_by(cause)
}
