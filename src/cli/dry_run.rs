//! `upgrade --dry-run`: the same revisions on scratch.

use std::collections::BTreeSet;
use std::time::Instant;

use sqlx::Connection;

use super::comparison::start_scratch;
use super::global::Global;
use super::interruptible;
use super::prove::given;
use super::report::{self, Progress};
use crate::config::connect;
use crate::error::Result;
use crate::migration::Folder;
use crate::revision::{Id, Target};
use crate::runner;
use crate::scratch::Scratch;

/// Replays on scratch what is applied, and applies there what an upgrade would apply. Without a database nothing is
/// applied yet. The database is only read.
pub(super) async fn dry_run(global: &Global, target: &Target) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let progress = Progress::new(global.quiet);
    let mut live = match config.target()? {
        Some(target) => Some(interruptible(connect(&target)).await?),
        None => None,
    };
    let applied = match &mut live {
        Some(conn) => runner::known_applied(conn, &folder, &config.default_namespace).await?,
        None => BTreeSet::new(),
    };
    let path: Vec<Id> = folder.graph().upgrade_path(&applied, target)?.iter().map(|it| it.id.clone()).collect();
    let scratch = interruptible(start_scratch(&config, live.as_mut(), false, &progress)).await?;
    if let Some(conn) = live {
        // Everything is read; a server that is gone needs no goodbye.
        let _ = conn.close().await;
    }
    let outcome = interruptible(rehearse(global, &folder, &scratch, applied, &path, &progress)).await;
    progress.clear();
    let stopped = scratch.stop().await;
    outcome?;
    stopped?;
    let what = if path.len() == 1 { "1 revision runs".to_owned() } else { format!("{} revisions run", path.len()) };
    let what = if path.is_empty() { "nothing to do: the target is there already".to_owned() } else { what };
    if !global.quiet {
        report::talk(&format!("{what}; the database was not changed"));
    }
    Ok(())
}

async fn rehearse(
    global: &Global,
    folder: &Folder,
    scratch: &Scratch,
    before: BTreeSet<Id>,
    path: &[Id],
    progress: &Progress,
) -> Result<()> {
    let given = given(folder.config(), folder, global)?;
    let database = scratch.database().await?;
    let mut applied = BTreeSet::new();
    progress.step("replaying what is applied");
    scratch.apply_to(&database, folder, &before, &mut applied, &given).await?;
    progress.clear();
    for id in path {
        let Some(migration) = folder.migration(id) else { continue };
        let begin = Instant::now();
        report::rehearsed(migration);
        scratch.apply_to(&database, folder, &BTreeSet::from([id.clone()]), &mut applied, &given).await?;
        if !global.quiet {
            let (origin, seconds) = (scratch.version(), begin.elapsed().as_secs_f64());
            report::talk(&format!("{id} runs on PostgreSQL {origin} ({seconds:.1} s)"));
        }
    }
    Ok(())
}
