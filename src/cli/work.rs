//! What every command that goes to the database begins with.

use std::sync::Arc;

use super::global::Global;
use super::report;
use crate::config::{Config, Running, Target};
use crate::error::{Error, Kind, Result};
use crate::execute::Stop;
use crate::migration::Folder;
use crate::runner;

/// The configuration, the folder, and the database that is meant.
pub(super) struct Work {
    pub(super) config: Config,
    pub(super) folder: Folder,
    pub(super) target: Target,
    stop: Arc<Stop>,
}

impl Work {
    /// Reads everything; connects to nothing yet.
    pub(super) fn open(global: &Global) -> Result<Self> {
        let config = global.config()?;
        let target = database(&config)?;
        let folder = Folder::load(&config)?;
        Ok(Self { config, folder, target, stop: Arc::default() })
    }

    /// From here on Ctrl-C and SIGTERM stop the run in order; a second one ends the process.
    pub(super) fn stop_on_signals(&self) {
        stop_on_signals(&self.stop);
    }

    /// The database as the runner wants it.
    pub(super) fn database<'a>(&'a self, running: &'a Running, watch: bool) -> runner::Database<'a> {
        runner::Database {
            target: &self.target,
            default_namespace: &self.config.default_namespace,
            running,
            stop: &self.stop,
            watch,
            before: None,
        }
    }
}

/// From here on Ctrl-C and SIGTERM ask to stop; a second one ends the process.
pub(super) fn stop_on_signals(stop: &Arc<Stop>) {
    let stop = Arc::clone(stop);
    tokio::spawn(async move {
        signal().await;
        stop.ask();
        report::talk("stopping: the current step is taken back (again to leave at once)");
        signal().await;
        std::process::exit(i32::from(Kind::Interrupted.exit_code()));
    });
}

/// The database that flags, environment or configuration name.
pub(super) fn database(config: &Config) -> Result<Target> {
    config.target()?.ok_or_else(|| {
        Error::new(Kind::Usage, "no database is named: DATABASE_URL is not set")
            .hint("write DATABASE_URL=postgresql://USER:PASSWORD@HOST:5432/DATABASE into .env, or set it")
            .hint("--database-url URL   names one for this run")
    })
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    // A process that gets no signals is stopped without being asked.
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
