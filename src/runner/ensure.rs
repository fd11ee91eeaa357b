//! The history's tables, made before there is anything to write into them.

use super::session::Session;
use super::{Database, OnEvent, history};
use crate::error::Result;
use crate::execute;

/// Makes `autogen_history` and `autogen_journal` where they are missing, and tells whether they were.
///
/// # Errors
/// [`crate::error::Kind::Locked`] when another runner is at work, [`crate::error::Kind::Error`] when the role may not
/// create tables.
pub async fn ensure_version(database: &Database<'_>, on_event: &mut OnEvent<'_>) -> Result<bool> {
    let mut session = Session::open(database, None, on_event).await?;
    let was_there = history::is_there(&mut session.conn, database.default_namespace).await?;
    history::create(&mut session.conn, database.default_namespace, database.role()).await?;
    execute::ensure_journal(&mut session.conn, database.default_namespace).await?;
    session.close().await;
    Ok(!was_there)
}
