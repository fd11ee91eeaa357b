//! `autogen create --amend`: the head written anew.

use sqlx::Connection;

use super::confirm::{confirm, refuse_protected};
use super::downgrade::take_back;
use super::global::Global;
use super::interruptible;
use super::work::Work;
use crate::config::connect;
use crate::error::{Error, Kind, Result};
use crate::migration::Folder;
use crate::revision::{Revision, Target};
use crate::runner;

/// The folder before the head, and the head as it is to be written anew. In the database it is no longer applied.
pub(super) async fn rewind(
    folder: &Folder,
    message: &str,
    live: bool,
    yes: bool,
    global: &Global,
) -> Result<(Folder, Revision)> {
    let (before, head) = folder.before_head()?;
    let title = head.revision.title();
    if live && folder.config().target()?.is_some() {
        let work = Work::open(global)?;
        let mut conn = interruptible(connect(&work.target)).await?;
        let applied = runner::applied(&mut conn, folder, &work.config.default_namespace).await?;
        let _ = conn.close().await;
        if applied.iter().any(|it| it.revision == head.revision.id) {
            let shown = &work.target.shown;
            refuse_protected(&work.target, &format!("taking {title} back"))?;
            confirm(global, yes, &format!("{title} is applied on {shown}: take it back, and lose what it added?"))?;
            take_back(&work, &Target::parse("-1")?, None, &work.config.runner, global).await?;
        }
    }
    let message = if message.is_empty() { head.revision.message.clone() } else { message.to_owned() };
    Ok((before, Revision { message, ..head.revision }))
}

/// What was amended away.
pub(super) fn nothing_left(revision: &Revision) -> Error {
    let title = revision.title();
    Error::new(
        Kind::Refused,
        format!("without {title} there is nothing to do: the entities agree with what is before it"),
    )
    .hint("take its file away: git rm migrations/FILE   (its lines in autogen.lock mean nothing then)")
}
