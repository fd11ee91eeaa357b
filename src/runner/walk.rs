//! Up and down a path of revisions.

use super::session::Session;
use super::{Database, Event, history};
use crate::error::{Error, Kind, Result};
use crate::execute::{self, Direction, Record, Run, steps};
use crate::migration::{Folder, Migration};
use crate::revision::{Id, Revision, Target};

/// Applies what leads to the target, and gives the ids of what was applied; none when the target was reached.
///
/// # Errors
/// [`Kind::Locked`]: another runner is at work. [`Kind::SeveralHeads`]: the target is ambiguous. [`Kind::Interrupted`].
/// [`Kind::Error`]: the database cannot be reached, has a revision that the folder lacks, or refuses a statement; what
/// was applied before stays, and the same command goes on.
pub async fn upgrade(
    database: &Database<'_>,
    folder: &Folder,
    target: &Target,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Id>> {
    walk(database, folder, target, Direction::Upgrade, on_event).await
}

/// Takes back what leads away from the target, and gives the ids of what was taken back.
///
/// # Errors
/// As [`upgrade`].
pub async fn downgrade(
    database: &Database<'_>,
    folder: &Folder,
    target: &Target,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Id>> {
    walk(database, folder, target, Direction::Downgrade, on_event).await
}

async fn walk(
    database: &Database<'_>,
    folder: &Folder,
    target: &Target,
    direction: Direction,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Id>> {
    let mut session = Session::open(database, on_event).await?;
    let applied = session.known(folder)?;
    let path = match direction {
        Direction::Upgrade => folder.graph().upgrade_path(&applied, target)?,
        Direction::Downgrade => folder.graph().downgrade_path(&applied, target)?,
    };
    session.refuse_unfinished(direction, &path)?;
    match direction {
        Direction::Upgrade => session.edited(folder).into_iter().for_each(|revision| on_event(Event::Edited(revision))),
        Direction::Downgrade => session.refuse_edited_downgrade(folder, &path)?,
    }
    if !path.is_empty() {
        history::create(&mut session.conn, database.default_namespace, database.role()).await?;
    }
    for revision in &path {
        session.lock.check().await?;
        on_event(match direction {
            Direction::Upgrade => Event::Upgrade(revision),
            Direction::Downgrade => Event::Downgrade(revision),
        });
        one(database, &mut session, file(folder, revision)?, direction, on_event).await?;
    }
    session.close().await;
    Ok(path.iter().map(|revision| revision.id.clone()).collect())
}

async fn one(
    database: &Database<'_>,
    session: &mut Session,
    migration: &Migration,
    direction: Direction,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<()> {
    let (statements, record): (_, Record) = match direction {
        Direction::Upgrade => (&migration.upgrade, history::insert(migration)),
        Direction::Downgrade => (&migration.downgrade, history::delete(&migration.revision.id)),
    };
    let (steps, records) = (steps(statements), [record]);
    let id = &migration.revision.id;
    let run = Run { records: &records, ..Run::new(id, direction, &steps, database.default_namespace, database.stop) };
    let (conn, canceller) = session.parts();
    let mut on_step = |event: execute::Event<'_>| on_event(Event::Step(event));
    canceller.guard(database.stop, execute::run(conn, &run, &mut on_step)).await?;
    Ok(())
}

fn file<'a>(folder: &'a Folder, revision: &Revision) -> Result<&'a Migration> {
    folder
        .migration(&revision.id)
        .ok_or_else(|| Error::new(Kind::Error, format!("the folder has no file of revision {}", revision.title())))
}
