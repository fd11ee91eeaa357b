//! A server of our own: started in a folder of its own, reached by a socket in there.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};

use super::binaries::Binaries;
use super::folder::{self, RunFolder};
use super::options::{OnProgress, Options, Progress};
use super::template;
use super::user::{Unprivileged, unprivileged};
use crate::error::{Error, Kind, Result};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(5);

/// Nothing outlives the run, so nothing need reach the disk. jit and autovacuum only cost time on tables without rows;
/// the locks are for databases with thousands of tables in one transaction. Shared memory as a file of the data folder
/// goes with the folder, and does without the 64 MB that a container has in /dev/shm. `wal_level` stays what it is: with
/// `minimal`, a commit goes through all buffers once for each new table and index.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "cluster_name=autogen-scratch",
    "lc_messages=C",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_senders=0",
    "autovacuum=off",
    "max_locks_per_transaction=2048",
    "max_connections=64",
    "shared_buffers=32MB",
    "dynamic_shared_memory_type=mmap",
    "jit=off",
    "logging_collector=off",
    "log_min_messages=warning",
    "log_statement=none",
];

/// A server of our own. Dropped without [`PrivateServer::stop`], its guardian stops it.
#[derive(Debug)]
pub(super) struct PrivateServer {
    pub(super) admin: PgConnectOptions,
    server: Child,
    guardian: Child,
    folder: RunFolder,
}

impl PrivateServer {
    pub(super) async fn start(binaries: &Binaries, options: &Options, progress: &OnProgress<'_>) -> Result<Self> {
        let user = unprivileged()?;
        let template = template::ready(binaries, &options.cache, user, progress).await?;
        progress(Progress::Starting);
        let failed = |cause: io::Error| cannot_start(binaries).caused_by(cause);
        let folder = tokio::task::spawn_blocking(move || {
            let folder = RunFolder::create(user)?;
            folder::copy(&template, &folder.data())?;
            folder.hand_to(user)?;
            Ok(folder)
        })
        .await
        .unwrap_or_else(|panic| Err(io::Error::other(panic)))
        .map_err(failed)?;
        let server = spawn_server(binaries, &folder, user).map_err(failed)?;
        let guardian = spawn_guardian(&server, &folder, user).map_err(failed)?;
        let admin = PgConnectOptions::new_without_pgpass()
            .socket(folder.path())
            .port(5432)
            .username("autogen")
            .database("postgres")
            .ssl_mode(PgSslMode::Disable)
            .disable_statement_logging();
        let mut started = Self { admin, server, guardian, folder };
        started.wait_until_ready(binaries).await?;
        Ok(started)
    }

    async fn wait_until_ready(&mut self, binaries: &Binaries) -> Result<()> {
        let begun = Instant::now();
        let failure = loop {
            let refused = match self.admin.connect().await {
                Ok(conn) => return conn.close().await.map_err(|cause| cannot_start(binaries).caused_by(cause)),
                Err(refused) => refused,
            };
            if let Ok(Some(status)) = self.server.try_wait() {
                break format!("it ended with {status}");
            }
            if begun.elapsed() > START_TIMEOUT {
                break format!("no answer after {} seconds: {refused}", START_TIMEOUT.as_secs());
            }
            tokio::time::sleep(POLL).await;
        };
        let log = fs::read_to_string(self.folder.log()).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        Err(cannot_start(binaries).caused_by(anyhow::anyhow!("{failure}\n{}", last.join("\n"))))
    }

    /// Stops it and removes its folder.
    pub(super) async fn stop(mut self) -> Result<()> {
        signal(&self.server, Signal::SIGINT);
        let begun = Instant::now();
        while matches!(self.server.try_wait(), Ok(None)) {
            if begun.elapsed() > STOP_TIMEOUT {
                return Err(Error::new(Kind::Error, "the scratch server does not stop").hint(format!(
                    "kill -QUIT {}; rm -r {}",
                    self.server.id(),
                    self.folder.path().display()
                )));
            }
            tokio::time::sleep(POLL).await;
        }
        self.dismiss_guardian();
        Ok(())
    }

    /// Tells the guardian that there is nothing left to do.
    fn dismiss_guardian(&mut self) {
        if let Some(mut pipe) = self.guardian.stdin.take() {
            // A guardian that is gone needs no telling.
            let _ = pipe.write_all(b"\n");
        }
        let _ = self.guardian.wait();
    }
}

/// Best effort: an immediate stop, and what the folder's own drop leaves is the guardian's.
impl Drop for PrivateServer {
    fn drop(&mut self) {
        if matches!(self.server.try_wait(), Ok(None)) {
            signal(&self.server, Signal::SIGQUIT);
            let _ = self.server.wait();
        }
        self.dismiss_guardian();
    }
}

fn spawn_server(binaries: &Binaries, folder: &RunFolder, user: Option<Unprivileged>) -> io::Result<Child> {
    let log = fs::File::create(folder.log())?;
    let mut command = command(&binaries.postgres(), user);
    command.arg("-D").arg(folder.data()).arg("-k").arg(folder.path()).arg("-p").arg("5432");
    for setting in SETTINGS {
        command.arg("-c").arg(setting);
    }
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()
}

fn spawn_guardian(server: &Child, folder: &RunFolder, user: Option<Unprivileged>) -> io::Result<Child> {
    command("/bin/sh".as_ref(), user)
        .arg("-c")
        .arg(include_str!("guardian.sh"))
        .arg("autogen-guardian")
        .arg(server.id().to_string())
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// A command in a process group of its own, which Ctrl-C on the terminal does not reach, without the caller's PG*
/// variables, as the unprivileged user where there is one.
pub(super) fn command(program: &std::path::Path, user: Option<Unprivileged>) -> Command {
    let mut command = Command::new(program);
    let kept = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"];
    command.env_clear().envs(kept.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.env("LC_ALL", "C").env("TZ", "UTC").current_dir("/").process_group(0);
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

fn signal(server: &Child, signal: Signal) {
    if let Ok(pid) = i32::try_from(server.id()) {
        // A server that is gone already is what we want.
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

fn cannot_start(binaries: &Binaries) -> Error {
    Error::new(Kind::Error, format!("cannot start a scratch server from {}", binaries.folder.display()))
        .hint("name another server: --scratch-url postgres://..")
}

#[cfg(test)]
mod tests {
    use super::super::roles::CLUSTER_NAME;
    use super::SETTINGS;

    #[test]
    fn roles_are_made_on_servers_of_this_name() {
        assert!(SETTINGS.contains(&format!("cluster_name={CLUSTER_NAME}").as_str()));
    }
}
