//! What each command does with one database of many, and says of it in a line.

use std::sync::Arc;

use sqlx::Connection;

use super::fleet::{Fleet, Member};
use crate::config::{Running, connect};
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::revision::{Id, Target};
use crate::runner::{self, Standing};

/// What is done with each.
#[derive(Debug, Clone)]
pub(super) enum Task {
    /// `upgrade`.
    Upgrade(Target),
    /// `downgrade`.
    Downgrade(Target, Option<runner::Origin>),
    /// `stamp`.
    Stamp(Vec<Target>, bool),
    /// `current`.
    Current {
        /// Whether not being at head is a failure.
        check_heads: bool,
    },
    /// `status`.
    Status,
}

/// Does it with one.
pub(super) async fn work(fleet: Arc<Fleet>, member: Member, task: Task, running: Running) -> Result<String> {
    let database = runner::Database {
        target: &member.target,
        default_namespace: &member.default_namespace,
        running: &running,
        stop: &fleet.stop,
        watch: false,
        before: None,
    };
    let folder = &fleet.folder;
    match task {
        Task::Upgrade(target) => {
            let ids = runner::upgrade(&database, folder, &target, &mut |_| {}).await?;
            Ok(done(Direction::Upgrade, &ids))
        }
        Task::Downgrade(target, origin) => {
            let ids = runner::downgrade(&database, folder, &target, origin, &mut |_| {}).await?;
            Ok(done(Direction::Downgrade, &ids))
        }
        Task::Stamp(targets, purge) => {
            runner::stamp(&database, folder, &targets, purge, &mut |_| {}).await?;
            let targets: Vec<String> = targets.iter().map(ToString::to_string).collect();
            Ok(format!("stamped {}", targets.join(", ")))
        }
        Task::Current { check_heads } => current(&fleet, &member, check_heads).await,
        Task::Status => status(&fleet, &member).await,
    }
}

fn done(direction: Direction, ids: &[Id]) -> String {
    let word = match direction {
        Direction::Upgrade => "applied",
        Direction::Downgrade => "taken back",
    };
    match ids {
        [] => "nothing to do".to_owned(),
        [_] => format!("1 revision {word}"),
        many => format!("{} revisions {word}", many.len()),
    }
}

async fn current(fleet: &Fleet, member: &Member, check_heads: bool) -> Result<String> {
    let mut conn = connect(&member.target).await?;
    let applied = runner::applied(&mut conn, &fleet.folder, &member.default_namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    let ids = applied.iter().map(|applied| applied.revision.clone()).collect();
    let graph = fleet.folder.graph();
    let unknown = applied.iter().map(|it| it.revision.as_str()).filter(|id| graph.get(id).is_none());
    let at: Vec<&str> = graph.applied_heads(&ids).iter().map(|it| it.id.as_str()).chain(unknown).collect();
    let is_at_heads = graph.heads().iter().all(|head| ids.contains(&head.id));
    if check_heads && !is_at_heads {
        return Err(Error::new(Kind::NotAtHead, "Database is not on all head revisions").hint("autogen upgrade heads"));
    }
    let at = if at.is_empty() { "base".to_owned() } else { at.join(", ") };
    Ok(if is_at_heads { format!("{at} (head)") } else { at })
}

async fn status(fleet: &Fleet, member: &Member) -> Result<String> {
    let mut conn = connect(&member.target).await?;
    let status = runner::status(&mut conn, &fleet.folder, &member.default_namespace).await?;
    let _ = conn.close().await;
    let count = |standing: Standing| status.revisions.iter().filter(|it| it.standing() == standing).count();
    let words = [
        (Standing::Applied, "applied"),
        (Standing::Pending, "pending"),
        (Standing::Failed, "failed"),
        (Standing::Unfinished, "unfinished"),
        (Standing::Unknown, "without a file"),
    ];
    let parts: Vec<String> = words
        .into_iter()
        .filter(|(standing, _)| count(*standing) > 0)
        .map(|(standing, word)| format!("{} {word}", count(standing)))
        .collect();
    let at_work = status.at_work.map(|who| format!("; at work: {who}")).unwrap_or_default();
    Ok(format!("{}{at_work}", parts.join(", ")))
}
