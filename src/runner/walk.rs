//! Up and down a path of revisions.

use std::sync::Mutex;

use super::script::file;
use super::session::Session;
use super::stored::{Origin, Stored};
use super::{Database, Event, OnEvent, Progress, history};
use crate::config::{Running, Transaction};
use crate::error::{Error, Kind, Result};
use crate::execute::{self, Direction, Record, Run, Step, run_together, steps};
use crate::migration::{Folder, Migration};
use crate::revision::{Id, Revision, Target};

/// Applies what leads to the target, and gives the ids of what was applied; none when the target was reached.
///
/// # Errors
/// [`Kind::Locked`]: another runner is at work. [`Kind::SeveralHeads`]: the target is ambiguous. [`Kind::Interrupted`].
/// [`Kind::Refused`]: one transaction cannot hold a file. [`Kind::Error`]: the database cannot be reached, has a revision
/// that the folder lacks, or refuses a statement; what was applied before stays, and the same command goes on.
pub async fn upgrade(
    database: &Database<'_>,
    folder: &Folder,
    target: &Target,
    on_event: &mut OnEvent<'_>,
) -> Result<Vec<Id>> {
    let session = Session::open(database, Some(folder), on_event).await?;
    let applied = session.known(folder)?;
    let path = folder.graph().upgrade_path(&applied, target)?;
    session.refuse_unfinished(Direction::Upgrade, &path)?;
    session.tell_edited(folder, on_event);
    refuse_together(database, folder, &path, Direction::Upgrade)?;
    let items = path
        .iter()
        .map(|revision| file(folder, revision).map(|migration| Item::new(migration, Direction::Upgrade)))
        .collect::<Result<Vec<_>>>()?;
    walk(database, session, &items, Direction::Upgrade, on_event).await
}

/// Takes back what leads away from the target, and gives the ids of what was taken back. A revision whose file is gone
/// is taken back by the text that the database keeps; where both differ, `origin` says which counts.
///
/// # Errors
/// As [`upgrade`]; [`Kind::Refused`] where file and database differ and `origin` does not say which counts.
pub async fn downgrade(
    database: &Database<'_>,
    folder: &Folder,
    target: &Target,
    origin: Option<Origin>,
    on_event: &mut OnEvent<'_>,
) -> Result<Vec<Id>> {
    let session = Session::open(database, Some(folder), on_event).await?;
    let stored = Stored::new(folder, &session.applied)?;
    let applied = session.applied.iter().map(|applied| applied.revision.clone()).collect();
    let path = stored.graph.downgrade_path(&applied, target)?;
    session.refuse_unfinished(Direction::Downgrade, &path)?;
    let chosen = stored.way_back(&path, origin, on_event)?;
    let items: Vec<Item<'_>> = chosen.iter().map(|migration| Item::new(migration, Direction::Downgrade)).collect();
    if database.running.transaction == Transaction::All {
        refuse(&chosen, Direction::Downgrade)?;
    }
    walk(database, session, &items, Direction::Downgrade, on_event).await
}

/// A revision on its way.
struct Item<'a> {
    revision: &'a Revision,
    steps: Vec<Step>,
    records: Vec<Record>,
}

impl<'a> Item<'a> {
    fn new(migration: &'a Migration, direction: Direction) -> Self {
        let (statements, records) = match direction {
            Direction::Upgrade => (&migration.upgrade, history::insert(migration)),
            Direction::Downgrade => (&migration.downgrade, history::delete(migration)),
        };
        Self { revision: &migration.revision, steps: steps(statements), records }
    }

    fn run<'r>(&'r self, database: &'r Database<'_>, direction: Direction) -> Run<'r> {
        let run = Run::new(&self.revision.id, direction, &self.steps, database.default_namespace, database.stop);
        patient(Run { records: &self.records, ..run }, database.running)
    }

    fn event(&self, direction: Direction) -> Event<'a> {
        match direction {
            Direction::Upgrade => Event::Upgrade(self.revision),
            Direction::Downgrade => Event::Downgrade(self.revision),
        }
    }
}

/// A run with the patience that is configured.
pub(super) fn patient<'a>(run: Run<'a>, running: &Running) -> Run<'a> {
    Run {
        lock_timeout: running.table_lock_timeout,
        attempts: running.table_lock_attempts.get(),
        statement_timeout: running.statement_timeout,
        ..run
    }
}

async fn walk(
    database: &Database<'_>,
    mut session: Session,
    items: &[Item<'_>],
    direction: Direction,
    on_event: &mut OnEvent<'_>,
) -> Result<Vec<Id>> {
    if !items.is_empty() {
        let ids: Vec<Id> = items.iter().map(|item| item.revision.id.clone()).collect();
        database.before.map_or(Ok(()), |before| before(&ids))?;
        history::create(&mut session.conn, database.default_namespace, database.role()).await?;
    }
    match database.running.transaction {
        Transaction::PerRevision => {
            for item in items {
                session.lock.check().await?;
                on_event(item.event(direction));
                one(database, &mut session, &item.run(database, direction), on_event).await?;
            }
        }
        Transaction::All => together(database, &mut session, items, direction, on_event).await?,
    }
    session.close().await;
    Ok(items.iter().map(|item| item.revision.id.clone()).collect())
}

async fn one(database: &Database<'_>, session: &mut Session, run: &Run<'_>, on_event: &mut OnEvent<'_>) -> Result<()> {
    let (conn, canceller) = session.parts();
    // Both the steps and what watches them tell; they take turns.
    let shared = Mutex::new(on_event);
    let mut on_step = |event: execute::Event<'_>| tell(&shared, Event::Step(event));
    let on_progress = |progress: Progress| tell(&shared, Event::Progress(progress));
    let watch: Option<&(dyn Fn(Progress) + Sync)> = if database.watch { Some(&on_progress) } else { None };
    canceller.guard(database.stop, watch, execute::run(conn, run, &mut on_step)).await?;
    Ok(())
}

async fn together(
    database: &Database<'_>,
    session: &mut Session,
    items: &[Item<'_>],
    direction: Direction,
    on_event: &mut OnEvent<'_>,
) -> Result<()> {
    session.lock.check().await?;
    let runs: Vec<Run<'_>> = items.iter().map(|item| item.run(database, direction)).collect();
    let (conn, canceller) = session.parts();
    let shared = Mutex::new(on_event);
    let mut told = None;
    let mut on_step = |at: usize, event: execute::Event<'_>| {
        if told != Some(at) {
            told = Some(at);
            tell(&shared, items[at].event(direction));
        }
        tell(&shared, Event::Step(event));
    };
    let on_progress = |progress: Progress| tell(&shared, Event::Progress(progress));
    let watch: Option<&(dyn Fn(Progress) + Sync)> = if database.watch { Some(&on_progress) } else { None };
    canceller.guard(database.stop, watch, run_together(conn, &runs, &mut on_step)).await?;
    Ok(())
}

fn tell(shared: &Mutex<&mut OnEvent<'_>>, event: Event<'_>) {
    let mut on_event = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    (*on_event)(event);
}

fn refuse_together(database: &Database<'_>, folder: &Folder, path: &[&Revision], direction: Direction) -> Result<()> {
    match database.running.transaction {
        Transaction::PerRevision => Ok(()),
        Transaction::All => refuse_autocommit(folder, path, direction),
    }
}

/// One transaction cannot hold statements that run outside of one.
pub(super) fn refuse_autocommit(folder: &Folder, path: &[&Revision], direction: Direction) -> Result<()> {
    let migrations = path.iter().map(|revision| file(folder, revision)).collect::<Result<Vec<_>>>()?;
    refuse(&migrations, direction)
}

fn refuse(migrations: &[&Migration], direction: Direction) -> Result<()> {
    let statements = |migration: &&&Migration| match direction {
        Direction::Upgrade => migration.upgrade.iter().any(|statement| statement.autocommit),
        Direction::Downgrade => migration.downgrade.iter().any(|statement| statement.autocommit),
    };
    let alone: Vec<String> = migrations.iter().filter(statements).map(|it| it.revision.title()).collect();
    if alone.is_empty() {
        return Ok(());
    }
    let alone = alone.join(", ");
    Err(Error::new(Kind::Refused, format!("--transaction all cannot hold what runs outside of a transaction: {alone}"))
        .hint("go up to it with --transaction all, and over it without")
        .hint("without --transaction all every revision is for itself, and a run that stops goes on where it was"))
}
