//! One runner at a time.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection, Row};

use super::{Database, Event};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::execute::Record;

/// How often the lock is asked for.
const INTERVAL: Duration = Duration::from_millis(250);

/// The lock: a session of its own, and gone with it.
#[derive(Debug)]
pub(super) struct Lock {
    conn: PgConnection,
}

impl Lock {
    /// Waits for the lock, telling once who holds it.
    pub(super) async fn obtain(database: &Database<'_>, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self> {
        let target = config::Target {
            options: database.target.options.clone().application_name("autogen lock"),
            ..database.target.clone()
        };
        let mut conn = config::connect(&target).await?;
        let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot ask for the runner's lock").caused_by(cause);
        Record::new(include_str!("sql/prepare_lock.sql"), &[]).fetch(&mut conn).await.map_err(failed)?;
        let values = [("default_namespace", database.default_namespace)];
        let (try_lock, holder) = (
            Record::new(include_str!("sql/try_lock.sql"), &values),
            Record::new(include_str!("sql/lock_holder.sql"), &values),
        );
        let begin = Instant::now();
        let mut told = false;
        loop {
            if first::<bool>(&mut conn, &try_lock).await.map_err(failed)? == Some(true) {
                return Ok(Self { conn });
            }
            let who = first::<String>(&mut conn, &holder).await.unwrap_or_default();
            if begin.elapsed() >= database.patience {
                return Err(not_obtained(database.patience, who));
            }
            if !told {
                on_event(Event::WaitingForLock { holder: who });
                told = true;
            }
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = database.stop.asked() => return Err(Error::new(Kind::Interrupted, "interrupted while waiting for another runner")),
            }
        }
    }

    /// Fails when the lock's session is gone: somebody else may be at work.
    pub(super) async fn check(&mut self) -> Result<()> {
        self.conn.ping().await.map_err(|cause| {
            Error::new(Kind::Error, "the session that holds the runner's lock is lost")
                .hint("the same command goes on where it stopped")
                .caused_by(cause)
        })
    }

    /// Asks the server to cancel what another session is doing.
    pub(super) async fn cancel(&mut self, pid: i32) {
        // Where even this fails the statement ends by itself, or with the connection.
        let record = Record::new(include_str!("sql/cancel.sql"), &[("pid", &pid.to_string())]);
        let _ = record.fetch(&mut self.conn).await;
    }

    /// Gives the lock back by closing.
    pub(super) async fn release(self) {
        // A session that cannot be closed in order is closed by the server, and the lock with it.
        let _ = self.conn.close().await;
    }
}

async fn first<T>(conn: &mut PgConnection, record: &Record) -> sqlx::Result<Option<T>>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    record.fetch(conn).await?.first().map(|row| row.try_get(0)).transpose()
}

fn not_obtained(patience: Duration, holder: Option<String>) -> Error {
    let who = holder.map(|holder| format!(": {holder}")).unwrap_or_default();
    Error::new(Kind::Locked, format!("another runner is at work{who}; waited {} s", patience.as_secs()))
        .hint("--lock-timeout SECONDS   waits longer")
}
