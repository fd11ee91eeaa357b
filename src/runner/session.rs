//! A runner at work: the lock, the connection that the revisions run on, and what is applied.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use sqlx::{Connection, PgConnection};

use super::lock::{self, Lock};
use super::{Applied, Database, Event, OnEvent, Progress, history, pooler};
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
    major: u32,
    pub(super) applied: Vec<Applied>,
    pub(super) unfinished: Vec<Unfinished>,
}

impl Session {
    /// Without a folder, what is applied is read row by row.
    pub(super) async fn open(
        database: &Database<'_>,
        folder: Option<&Folder>,
        on_event: &mut OnEvent<'_>,
    ) -> Result<Self> {
        let lock = Lock::obtain(database, on_event).await?;
        let mut conn = config::connect(database.target).await?;
        let major = server_version(&mut conn).await?.major();
        let pid = pooler::pid(&mut conn).await?;
        lock::fence(&mut conn, database, on_event).await?;
        let applied = match folder {
            Some(folder) => history::applied(&mut conn, folder, database.default_namespace).await?,
            None => history::recorded(&mut conn, database.default_namespace).await?,
        };
        let unfinished = unfinished(&mut conn, database.default_namespace).await?;
        Ok(Self { lock, conn, pid, major, applied, unfinished })
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

    /// Tells of applied revisions whose files are no longer what was applied.
    pub(super) fn tell_edited(&self, folder: &Folder, on_event: &mut OnEvent<'_>) {
        for (applied, file) in history::edited(&self.applied, folder) {
            on_event(Event::Edited { revision: &file.revision, applied: applied.source.as_deref(), file: &file.text });
        }
    }

    pub(super) async fn close(self) {
        // What was to be written is committed; a server that is gone needs no goodbye.
        let _ = self.conn.close().await;
        self.lock.release().await;
    }

    /// The parts that work at the same time: the connection, and what cancels its statements.
    pub(super) fn parts(&mut self) -> (&mut PgConnection, Canceller<'_>) {
        (&mut self.conn, Canceller { lock: &mut self.lock, pid: self.pid, major: self.major })
    }
}

/// Cancels, through the lock's connection, what the other one is doing, and asks how far it is.
pub(super) struct Canceller<'a> {
    lock: &'a mut Lock,
    pid: i32,
    major: u32,
}

/// How often somebody is asked whether to stop.
const BEAT: Duration = Duration::from_millis(200);
/// How often the server is asked how far a statement is.
const BEATS_OF_PROGRESS: u32 = 5;

impl Canceller<'_> {
    /// Waits for the work; once somebody asks to stop, cancels its statements until it ends. `on_progress` hears of long
    /// statements, where anybody wants to.
    pub(super) async fn guard<T>(
        self,
        stop: &Stop,
        on_progress: Option<&(dyn Fn(Progress) + Sync)>,
        work: impl Future<Output = T>,
    ) -> T {
        tokio::select! {
            result = work => result,
            never = self.attend(stop, on_progress) => match never {},
        }
    }

    async fn attend(self, stop: &Stop, on_progress: Option<&(dyn Fn(Progress) + Sync)>) -> Infallible {
        let mut beats = 0;
        loop {
            tokio::time::sleep(BEAT).await;
            beats = if stop.is_busy() { beats + 1 } else { 0 };
            if stop.is_asked() && stop.is_busy() {
                self.lock.cancel(self.pid).await;
            }
            if let Some(on_progress) = on_progress
                && beats > 0
                && beats % BEATS_OF_PROGRESS == 0
                && let Some(progress) = self.lock.progress(self.pid, self.major).await
            {
                on_progress(progress);
            }
        }
    }
}
