//! `autogen_history`: which revisions are applied.

use std::collections::BTreeSet;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::squashed::as_squashed;
use crate::error::{Error, Kind, Result};
use crate::execute::Record;
use crate::migration::{Folder, Migration};
use crate::reflect::prepare_session;
use crate::revision::{Id, Revision};

/// A revision that is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its id.
    pub revision: Id,
    /// Its parents when it was applied.
    pub parents: Vec<Id>,
    /// Its message.
    pub message: String,
    /// The hash of its file when it was applied.
    pub hash: String,
    /// The downgrade section of its file when it was applied.
    pub downgrade: String,
    /// When, in UTC.
    pub applied_at: String,
    /// The role that applied it.
    pub applied_by: String,
    /// The whole file when it was applied; none where an early version applied it.
    pub source: Option<String>,
}

/// What is applied, oldest first, as the folder has it: revisions that another replaces count as that one. Only reads,
/// and finds nothing where there is no history.
///
/// # Errors
/// [`Kind::Error`] when the history cannot be read; [`Kind::Refused`] when the database stands in the middle of what a
/// revision replaces.
pub async fn applied(conn: &mut PgConnection, folder: &Folder, default_namespace: &str) -> Result<Vec<Applied>> {
    #[cfg(feature = "cli")]
    if let Some(migrator) = folder.migrator() {
        return super::migrator::applied(conn, migrator, default_namespace).await;
    }
    as_squashed(recorded(conn, default_namespace).await?, folder)
}

/// The rows of `autogen_history`.
pub(super) async fn recorded(conn: &mut PgConnection, default_namespace: &str) -> Result<Vec<Applied>> {
    prepare_session(conn, default_namespace).await?;
    if !exists(conn, default_namespace).await.map_err(unreadable)? {
        return Ok(Vec::new());
    }
    let rows = Record::new(include_str!("sql/read_history.sql"), &[]).fetch(conn).await.map_err(unreadable)?;
    rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(unreadable)
}

fn read(row: &PgRow) -> sqlx::Result<Applied> {
    Ok(Applied {
        revision: row.try_get("revision")?,
        parents: row.try_get("parents")?,
        message: row.try_get("message")?,
        hash: row.try_get("hash")?,
        downgrade: row.try_get("downgrade")?,
        applied_at: row.try_get("applied_at")?,
        applied_by: row.try_get("applied_by")?,
        source: row.try_get("source")?,
    })
}

fn unreadable(cause: sqlx::Error) -> Error {
    Error::new(Kind::Error, "cannot read autogen_history")
        .hint("the role needs SELECT on autogen_history and autogen_journal")
        .caused_by(cause)
}

/// An applied revision whose file is no longer what was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedSince {
    /// The revision, as its file says.
    pub revision: Revision,
    /// The file as it was applied, where the database has kept it.
    pub applied: Option<String>,
    /// The file as it is.
    pub file: String,
}

/// Applied revisions whose files are no longer what was applied; line ends do not count.
///
/// # Errors
/// [`Kind::Error`] when the history cannot be read.
pub async fn edited_since(
    conn: &mut PgConnection,
    folder: &Folder,
    default_namespace: &str,
) -> Result<Vec<EditedSince>> {
    let applied = applied(conn, folder, default_namespace).await?;
    Ok(edited(&applied, folder)
        .into_iter()
        .map(|(applied, file)| EditedSince {
            revision: file.revision.clone(),
            applied: applied.source.clone(),
            file: file.text.clone(),
        })
        .collect())
}

/// Whether a file is not what was applied. A row without a hash came with the revision that replaces it.
pub(super) fn is_other(applied: &Applied, file: &Migration) -> bool {
    !applied.hash.is_empty() && applied.hash != file.hash
}

/// Applied revisions and their files where those are no longer what was applied.
pub(super) fn edited<'a>(applied: &'a [Applied], folder: &'a Folder) -> Vec<(&'a Applied, &'a Migration)> {
    let file = |applied: &'a Applied| {
        // What a Migrator applied, nobody kept.
        let file = folder.migration(&applied.revision).filter(|file| is_other(applied, file))?;
        if applied.hash.is_empty() {
            return None;
        }
        Some((applied, file))
    };
    applied.iter().filter_map(file).collect()
}

/// The ids of what is applied, all of which the folder must have.
pub(super) fn known(applied: &[Applied], folder: &Folder) -> Result<BTreeSet<Id>> {
    let unknown: Vec<&Applied> =
        applied.iter().filter(|applied| folder.graph().get(&applied.revision).is_none()).collect();
    let Some(first) = unknown.first() else {
        return Ok(applied.iter().map(|applied| applied.revision.clone()).collect());
    };
    // What lies below the oldest of them stays; where branches join there, the user says which.
    let stays = match first.parents.as_slice() {
        [] => "base",
        [parent] => parent,
        _ => "-1",
    };
    #[cfg(feature = "cli")]
    if let Some(migrator) = folder.migrator() {
        return match &migrator.unusual {
            // Its text does not tell all that it lists.
            Some(_) => Ok(applied.iter().map(|applied| applied.revision.clone()).collect()),
            None => Err(unlisted(&unknown)),
        };
    }
    let titles: Vec<String> = unknown.iter().map(|it| format!("{} ({})", it.revision, it.message)).collect();
    Err(Error::new(Kind::Error, format!("the database has revisions that the folder lacks: {}", titles.join(", ")))
        .hint("is this the right branch, and is it up to date? bring the files back with git")
        .hint(format!("autogen downgrade {stays}   takes them back with the text that the database has kept"))
        .hint("autogen stamp --purge TARGET   forgets them, without changing the schema"))
}

/// What the Migrator does not list.
#[cfg(feature = "cli")]
fn unlisted(unknown: &[&Applied]) -> Error {
    let names: Vec<&str> = unknown.iter().map(|it| it.revision.as_str()).collect();
    Error::new(
        Kind::Error,
        format!("the database has migrations that the Migrator does not list: {}", names.join(", ")),
    )
    .hint("is this the right branch, and is it up to date? bring the files back with git")
    .hint("autogen stamp --purge TARGET   forgets them, without changing the schema")
}

/// The ids of what is applied, all of which the folder has; only reads.
///
/// # Errors
/// [`Kind::Error`] when the folder lacks some, or the history cannot be read.
pub async fn known_applied(conn: &mut PgConnection, folder: &Folder, default_namespace: &str) -> Result<BTreeSet<Id>> {
    known(&applied(conn, folder, default_namespace).await?, folder)
}

/// Demands that every revision of the folder is applied, and no other.
///
/// # Errors
/// [`Kind::NotAtHead`] when some are missing, [`Kind::Error`] when the folder lacks some or the history cannot be read.
pub async fn require_head(conn: &mut PgConnection, folder: &Folder, default_namespace: &str) -> Result<()> {
    let applied = known(&applied(conn, folder, default_namespace).await?, folder)?;
    let missing = folder.graph().oldest_first().filter(|revision| !applied.contains(&revision.id));
    let missing: Vec<String> =
        missing.filter(|revision| !is_conditional(folder, revision)).map(|r| r.title()).collect();
    match missing.as_slice() {
        [] => Ok(()),
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            Err(Error::new(Kind::NotAtHead, "Target database is not up to date.")
                .hint(format!("autogen upgrade   applies {first}{more}")))
        }
    }
}

/// Whether only a build tells if the revision is there.
fn is_conditional(folder: &Folder, revision: &Revision) -> bool {
    #[cfg(feature = "cli")]
    let conditional = folder.migrator().is_some_and(|it| it.is_conditional(&revision.id));
    #[cfg(not(feature = "cli"))]
    let conditional = {
        let _ = (folder, revision);
        false
    };
    conditional
}

/// Makes the table where there is none; `role` is who connects, for messages.
pub(super) async fn create(conn: &mut PgConnection, default_namespace: &str, role: &str) -> Result<()> {
    let failed = |cause: sqlx::Error| {
        let code = cause.as_database_error().and_then(|refusal| refusal.code()).unwrap_or_default().into_owned();
        let error = Error::new(Kind::Error, format!("cannot create autogen_history in `{default_namespace}`"));
        let error = match code.as_str() {
            "3F000" => error.hint("autogen db init   creates the namespace"),
            "42501" => error.hint(format!("GRANT USAGE, CREATE ON SCHEMA {default_namespace} TO {role}")),
            _ => error,
        };
        error.caused_by(cause)
    };
    let sql = if !exists(conn, default_namespace).await.map_err(unreadable)? {
        include_str!("sql/create_history.sql")
    } else if is_true(conn, include_str!("sql/history_is_old.sql"), default_namespace).await.map_err(unreadable)? {
        include_str!("sql/alter_history.sql")
    } else {
        return Ok(());
    };
    Record::new(sql, &[]).execute(conn).await.map_err(failed)
}

/// Whether the table is there.
pub(super) async fn is_there(conn: &mut PgConnection, default_namespace: &str) -> Result<bool> {
    exists(conn, default_namespace).await.map_err(unreadable)
}

async fn exists(conn: &mut PgConnection, default_namespace: &str) -> sqlx::Result<bool> {
    is_true(conn, include_str!("sql/history_exists.sql"), default_namespace).await
}

async fn is_true(conn: &mut PgConnection, sql: &'static str, default_namespace: &str) -> sqlx::Result<bool> {
    let record = Record::new(sql, &[("default_namespace", default_namespace)]);
    match record.fetch(conn).await?.first() {
        Some(row) => row.try_get(0),
        None => Ok(false),
    }
}

/// What writes that a revision is applied, and with it what it replaces: without text, and with no hash.
pub(super) fn insert(migration: &Migration) -> Vec<Record> {
    let revision = &migration.revision;
    let parents = revision.parents.join(",");
    let values = [
        ("revision", revision.id.as_str()),
        ("parents", &parents),
        ("message", &revision.message),
        ("hash", &migration.hash),
        ("downgrade", &migration.downgrade_text),
        ("source", &migration.text),
    ];
    let own = Record::new(include_str!("sql/insert_history.sql"), &values);
    let replaced = revision.replaces.iter().map(|id| {
        let values = [("revision", id.as_str()), ("replaced_by", revision.id.as_str())];
        Record::new(include_str!("sql/insert_replaced.sql"), &values)
    });
    replaced.chain([own]).collect()
}

/// What writes that a revision is no longer applied, nor what it replaces.
pub(super) fn delete(migration: &Migration) -> Vec<Record> {
    let revision = &migration.revision;
    revision.replaces.iter().chain([&revision.id]).map(|id| forget(id)).collect()
}

/// What takes the row of a revision away.
pub(super) fn forget(revision: &str) -> Record {
    Record::new(include_str!("sql/delete_history.sql"), &[("revision", revision)])
}
