//! One runner at a time, and none while a killed one's session still works.
//!
//! The lock is held by a session of its own, which does nothing else and so is gone the moment its process is. The
//! fence is held by the session that revisions run on: the server goes on with a statement whose client was killed,
//! and may even commit it. Only when the fence is free, what is applied can be read.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection, Row};

use super::progress::{self, Progress};
use super::{Database, Event, OnEvent, pooler};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::execute::Record;

/// How often the lock is asked for.
const INTERVAL: Duration = Duration::from_millis(250);

/// How long an answer about the lock is good for.
const FRESH: Duration = Duration::from_secs(1);

/// The lock: a session of its own, and gone with it.
#[derive(Debug)]
pub(super) struct Lock {
    conn: PgConnection,
    name: String,
    /// When it was there last.
    checked: Instant,
}

impl Lock {
    /// Waits for the lock, telling once who holds it.
    pub(super) async fn obtain(database: &Database<'_>, on_event: &mut OnEvent<'_>) -> Result<Self> {
        let target = config::Target {
            options: database.target.options.clone().application_name("autogen lock"),
            ..database.target.clone()
        };
        let mut conn = config::connect(&target).await?;
        // Before the first lock: a pooled session would keep it when this process is gone.
        pooler::refuse(&mut conn, database).await?;
        let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot ask for the runner's lock").caused_by(cause);
        Record::new(include_str!("sql/prepare_lock.sql"), &[]).fetch(&mut conn).await.map_err(failed)?;
        let name = format!("autogen {}", database.default_namespace);
        wait(&mut conn, &name, database, on_event).await?;
        Ok(Self { conn, name, checked: Instant::now() })
    }

    /// Fails when the lock's session is gone: somebody else may be at work. Small revisions come by the hundred in a second,
    /// and one question is enough for all of them.
    pub(super) async fn check(&mut self) -> Result<()> {
        if self.checked.elapsed() < FRESH {
            return Ok(());
        }
        let lost = || {
            Error::new(Kind::Error, "the session that holds the runner's lock is lost")
                .hint("the same command goes on where it stopped")
        };
        let held = Record::new(include_str!("sql/lock_is_held.sql"), &[("lock", &self.name)]);
        let rows = held.fetch_at_once(&mut self.conn).await.map_err(|cause| lost().caused_by(cause))?;
        match rows.first().map(|row| row.try_get(0)) {
            Some(Ok(true)) => {
                self.checked = Instant::now();
                Ok(())
            }
            Some(_) | None => Err(lost()),
        }
    }

    /// What the server says of the progress of another session's statement.
    pub(super) async fn progress(&mut self, pid: i32, major: u32) -> Option<Progress> {
        progress::read(&mut self.conn, pid, major).await
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

/// Who holds the lock or the fence, where the server says so.
pub(super) async fn at_work(conn: &mut PgConnection, default_namespace: &str) -> Option<String> {
    for name in [format!("autogen {default_namespace}"), format!("autogen work {default_namespace}")] {
        let holder = Record::new(include_str!("sql/lock_holder.sql"), &[("lock", &name)]);
        if let Ok(Some(holder)) = first::<String>(conn, &holder).await {
            return Some(holder);
        }
    }
    None
}

/// Raises the fence on the session that revisions run on; it falls when the server is done with that session.
pub(super) async fn fence(conn: &mut PgConnection, database: &Database<'_>, on_event: &mut OnEvent<'_>) -> Result<()> {
    wait(conn, &format!("autogen work {}", database.default_namespace), database, on_event).await
}

/// Waits for an advisory lock of this name, telling once who holds it.
async fn wait(conn: &mut PgConnection, name: &str, database: &Database<'_>, on_event: &mut OnEvent<'_>) -> Result<()> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot ask for the runner's lock").caused_by(cause);
    let (try_lock, holder) = (
        Record::new(include_str!("sql/try_lock.sql"), &[("lock", name)]),
        Record::new(include_str!("sql/lock_holder.sql"), &[("lock", name)]),
    );
    let begin = Instant::now();
    let mut told = false;
    loop {
        if first::<bool>(conn, &try_lock).await.map_err(failed)? == Some(true) {
            return Ok(());
        }
        // A help for people: where it cannot be asked, nobody is named.
        let who = first::<String>(conn, &holder).await.unwrap_or_default();
        if begin.elapsed() >= database.running.wait {
            return Err(not_obtained(database.running.wait, who));
        }
        if !told {
            on_event(Event::WaitingForLock { holder: who });
            told = true;
        }
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            () = database.stop.asked() => {
                return Err(Error::new(Kind::Interrupted, "interrupted while waiting for another runner"));
            }
        }
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
