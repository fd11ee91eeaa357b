//! A runner at work: the lock, the connection that the revisions run on, and what is applied.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use sqlx::{Connection, PgConnection, Row};

use super::lock::{self, Lock};
use super::{Applied, Database, Event, history};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::execute::{Direction, Stop, Unfinished, unfinished};
use crate::migration::Folder;
use crate::reflect::server_version;
use crate::revision::{Id, Revision};

/// The lock is held, and what is applied has been read since.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) lock: Lock,
    pub(super) conn: PgConnection,
    pid: i32,
    pub(super) applied: Vec<Applied>,
    pub(super) unfinished: Vec<Unfinished>,
}

impl Session {
    pub(super) async fn open(database: &Database<'_>, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self> {
        let lock = Lock::obtain(database, on_event).await?;
        let mut conn = config::connect(database.target).await?;
        server_version(&mut conn).await?;
        let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot ask for the session's pid").caused_by(cause);
        let row =
            sqlx::query("SELECT pg_backend_pid()").persistent(false).fetch_one(&mut conn).await.map_err(failed)?;
        let pid = row.try_get(0).map_err(failed)?;
        lock::fence(&mut conn, database, on_event).await?;
        let applied = history::applied(&mut conn, database.default_namespace).await?;
        let unfinished = unfinished(&mut conn, database.default_namespace).await?;
        Ok(Self { lock, conn, pid, applied, unfinished })
    }

    /// The ids of what is applied; refuses what the folder lacks.
    pub(super) fn known(&self, folder: &Folder) -> Result<BTreeSet<Id>> {
        history::known(&self.applied, folder)
    }

    /// A revision that stopped half way must be ended the way it was begun, before anything else.
    pub(super) fn refuse_unfinished(&self, direction: Direction, path: &[&Revision]) -> Result<()> {
        let in_the_way = self.unfinished.iter().find(|unfinished| {
            let first = path.first().is_some_and(|revision| revision.id == unfinished.revision);
            let goes_on = unfinished.direction == direction && first;
            // Rows of a run whose end the history already knows mean nothing.
            let applied = self.applied.iter().any(|applied| applied.revision == unfinished.revision);
            applied == (unfinished.direction == Direction::Downgrade) && !goes_on
        });
        let Some(Unfinished { revision, direction: begun, done, of }) = in_the_way else { return Ok(()) };
        let command = match begun {
            Direction::Upgrade => format!("autogen upgrade {revision}"),
            Direction::Downgrade => "autogen downgrade -1".to_owned(),
        };
        Err(Error::new(Kind::Error, format!("the {begun} of {revision} stopped after {done} of {of} steps"))
            .hint(format!("{command}   goes on where it stopped"))
            .hint("or bring the schema where you want it by hand, and run `autogen stamp TARGET`"))
    }

    /// Applied revisions whose files are no longer what was applied.
    pub(super) fn edited<'f>(&self, folder: &'f Folder) -> Vec<&'f Revision> {
        let file = |applied: &Applied| folder.migration(&applied.revision).filter(|file| file.hash != applied.hash);
        self.applied.iter().filter_map(file).map(|file| &file.revision).collect()
    }

    /// The way back was proved for what was applied; another text in the file may not lead back.
    pub(super) fn refuse_edited_downgrade(&self, folder: &Folder, path: &[&Revision]) -> Result<()> {
        let edited = self
            .applied
            .iter()
            .filter(|applied| path.iter().any(|it| it.id == applied.revision))
            .find_map(|it| folder.migration(&it.revision).filter(|file| file.downgrade_text != it.downgrade));
        let Some(file) = edited else { return Ok(()) };
        let title = file.revision.title();
        Err(Error::new(Kind::Refused, format!("the downgrade of {title} was edited after it was applied here"))
            .hint(format!("bring back what was applied: git log -p -- {}", folder.shown(file)))
            .hint("or write what is to change into a new revision: autogen create --no-autogenerate MESSAGE"))
    }

    pub(super) async fn close(self) {
        // What was to be written is committed; a server that is gone needs no goodbye.
        let _ = self.conn.close().await;
        self.lock.release().await;
    }

    /// The parts that work at the same time: the connection, and what cancels its statements.
    pub(super) fn parts(&mut self) -> (&mut PgConnection, Canceller<'_>) {
        (&mut self.conn, Canceller { lock: &mut self.lock, pid: self.pid })
    }
}

/// Cancels, through the lock's connection, what the other one is doing.
pub(super) struct Canceller<'a> {
    lock: &'a mut Lock,
    pid: i32,
}

impl Canceller<'_> {
    /// Waits for the work; once somebody asks to stop, cancels its statements until it ends.
    pub(super) async fn guard<T>(self, stop: &Stop, work: impl Future<Output = T>) -> T {
        tokio::select! {
            result = work => result,
            never = self.cancel_when_asked(stop) => match never {},
        }
    }

    async fn cancel_when_asked(self, stop: &Stop) -> Infallible {
        stop.asked().await;
        loop {
            if stop.is_busy() {
                self.lock.cancel(self.pid).await;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
