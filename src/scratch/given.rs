//! A server that somebody else runs: we own nothing on it but databases of our own name.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, PgConnection};

use super::connect;
use crate::error::{Error, Kind, Result};

/// Every database that autogen makes for scratch begins so.
pub(super) const PREFIX: &str = "autogen_scratch_";

/// A server that somebody else runs.
#[derive(Debug)]
pub(super) struct GivenServer {
    pub(super) admin: PgConnectOptions,
    /// Holds an advisory lock on the run's name, so that other runs see that its databases are in use.
    guard: PgConnection,
    run: String,
}

impl GivenServer {
    /// Connects, and drops the databases of runs that are gone.
    pub(super) async fn reach(admin: PgConnectOptions, run: &str) -> Result<Self> {
        // Without a database libpq takes one named like the user, which need not exist.
        let admin = if admin.get_database().is_none() { admin.database("postgres") } else { admin };
        let mut guard = connect(&admin).await?;
        let locked = lock(&mut guard, run).await;
        let locked = match locked {
            Ok(()) => drop_databases_of_dead_runs(&mut guard).await,
            Err(cause) => Err(cause),
        };
        locked.map_err(|cause| Error::new(Kind::Error, "cannot prepare the scratch server").caused_by(cause))?;
        Ok(Self { admin, guard, run: run.to_owned() })
    }

    /// Drops this run's databases.
    pub(super) async fn leave(mut self) -> Result<()> {
        drop_databases(&mut self.guard, &self.run)
            .await
            .map_err(|cause| Error::new(Kind::Error, "cannot drop the scratch databases").caused_by(cause))
    }
}

async fn lock(conn: &mut PgConnection, run: &str) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_lock(hashtext('autogen scratch'), hashtext($1))").bind(run).execute(conn).await?;
    Ok(())
}

/// Advisory locks are seen in `pg_locks` from every database and by every role.
async fn drop_databases_of_dead_runs(conn: &mut PgConnection) -> sqlx::Result<()> {
    let dead: Vec<String> =
        sqlx::query_scalar(include_str!("dead_runs.sql")).bind(PREFIX).fetch_all(&mut *conn).await?;
    for run in dead {
        // Another role's databases, or one that another run is dropping at this moment: not ours to report.
        let _ = drop_databases(conn, &run).await;
    }
    Ok(())
}

async fn drop_databases(conn: &mut PgConnection, run: &str) -> sqlx::Result<()> {
    let statements: Vec<String> = sqlx::query_scalar(
        "select format('drop database if exists %I with (force)', datname) from pg_database \
         where starts_with(datname::text, $1 || '_')",
    )
    .bind(run)
    .fetch_all(&mut *conn)
    .await?;
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *conn).await?;
    }
    Ok(())
}
