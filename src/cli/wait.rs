//! `autogen wait`: until the database is where the program expects it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use clap::Args;
use sqlx::Connection;

use super::global::Global;
use super::report;
use super::running::seconds;
use super::work::Work;
use crate::config::connect;
use crate::error::{Error, Kind, Result};
use crate::revision::{Id, Target};
use crate::runner;

/// Wait until the database is at a revision, such as in an init container
///
/// A database that cannot be reached yet is waited for too. It only reads.
#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// What must be applied: head, heads, an id or its beginning
    #[arg(long = "for", value_name = "TARGET", default_value = "heads")]
    target: Target,
    /// How long; exit code 4 afterwards
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
    timeout: Duration,
    /// How often to look
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    interval: Duration,
}

/// Runs the command.
pub(crate) async fn run(args: Wait, global: &Global) -> Result<()> {
    let work = Work::open(global)?;
    let wanted = work.folder.graph().stamped(&BTreeSet::new(), std::slice::from_ref(&args.target))?;
    let begin = Instant::now();
    let mut told = String::new();
    loop {
        let missing = match applied(&work).await {
            Ok(applied) => match wanted.difference(&applied).count() {
                0 => {
                    report::good_news(&format!("{} is at {}", work.target.shown, args.target), global.json);
                    return Ok(());
                }
                missing => Error::new(Kind::NotAtHead, format!("{missing} of {} revisions are missing", wanted.len())),
            },
            Err(error) => error,
        };
        if begin.elapsed() + args.interval > args.timeout {
            let message = format!("{} is not at {} after {} s", work.target.shown, args.target, args.timeout.as_secs());
            return Err(Error::new(Kind::NotAtHead, message)
                .caused_by(missing)
                .hint("autogen upgrade   applies them; autogen status   shows what happened"));
        }
        let now = missing.to_string();
        if now != told && !global.quiet {
            report::talk(&format!("waiting: {now}"));
            told = now;
        }
        tokio::time::sleep(args.interval).await;
    }
}

async fn applied(work: &Work) -> Result<BTreeSet<Id>> {
    let mut conn = connect(&work.target).await?;
    let applied = runner::applied(&mut conn, &work.folder, &work.config.default_namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    Ok(applied.into_iter().map(|applied| applied.revision).collect())
}
