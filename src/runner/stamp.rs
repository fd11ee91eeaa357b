//! Marks revisions as applied, or not, without running anything.

use std::collections::BTreeSet;

use sqlx::{Connection, PgConnection};

use super::session::Session;
use super::{Database, Event, OnEvent, history};
use crate::error::{Error, Kind, Result};
use crate::execute::{self, Record};
use crate::migration::Folder;
use crate::revision::{Id, Target};

/// Makes the history say that the database is at the targets, in one transaction. With `purge` everything that it said
/// before is forgotten first, revisions that the folder lacks included.
///
/// # Errors
/// [`Kind::Locked`], [`Kind::SeveralHeads`], or [`Kind::Error`] as for [`super::upgrade`].
pub async fn stamp(
    database: &Database<'_>,
    folder: &Folder,
    targets: &[Target],
    purge: bool,
    on_event: &mut OnEvent<'_>,
) -> Result<()> {
    #[cfg(feature = "cli")]
    if let Some(migrator) = folder.migrator() {
        return super::migrator::stamp(database, folder, migrator, targets, purge, on_event).await;
    }
    let mut session = Session::open(database, (!purge).then_some(folder), on_event).await?;
    let before: BTreeSet<Id> = session.applied.iter().map(|applied| applied.revision.clone()).collect();
    let kept = if purge { BTreeSet::new() } else { session.known(folder)? };
    let after = folder.graph().stamped(&kept, targets)?;
    let heads = |ids: &BTreeSet<Id>| folder.graph().applied_heads(ids).iter().map(|r| r.id.clone()).collect();
    on_event(Event::Stamp { from: heads(&before), to: heads(&after) });
    let delete = |id: &Id| folder.migration(id).map_or_else(|| vec![history::forget(id)], history::delete);
    let mut records: Vec<Record> = before.iter().filter(|id| purge || !after.contains(*id)).flat_map(delete).collect();
    for revision in folder.graph().oldest_first().filter(|revision| after.contains(&revision.id)) {
        if let Some(migration) = folder.migration(&revision.id).filter(|_| purge || !before.contains(&revision.id)) {
            records.extend(history::insert(migration));
        }
    }
    let forgotten: Vec<Id> = session
        .unfinished
        .iter()
        .map(|unfinished| unfinished.revision.clone())
        .chain(before.symmetric_difference(&after).cloned())
        .collect();
    write(&mut session.conn, database, &records, &forgotten).await?;
    session.close().await;
    Ok(())
}

async fn write(conn: &mut PgConnection, database: &Database<'_>, records: &[Record], forgotten: &[Id]) -> Result<()> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot write autogen_history").caused_by(cause);
    let mut transaction = conn.begin().await.map_err(failed)?;
    history::create(&mut transaction, database.default_namespace, database.role()).await?;
    for record in records {
        record.execute(&mut transaction).await.map_err(failed)?;
    }
    for revision in forgotten {
        execute::forget(&mut transaction, database.default_namespace, revision).await?;
    }
    transaction.commit().await.map_err(failed)
}
