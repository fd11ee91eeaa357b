//! One Postgres server for the whole run: unix socket only, nothing synced, removed at the end.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::unistd::{User, geteuid};

use crate::programs;

/// How the server lets people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    /// Everybody.
    Trust,
    /// Whoever knows the password; `postgres` has this one.
    Password(&'static str),
}

/// A running server.
pub(crate) struct Server {
    psql: PathBuf,
    pg_dump: PathBuf,
    folder: PathBuf,
    auth: Auth,
    keeper: Child,
}

/// Runs the server and waits for the end of its own input. The kernel closes that pipe however the test process
/// ends, so that neither a panic nor `kill -9` leaves a server behind.
const KEEPER: &str = r#"
trap '' INT TERM HUP
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_locks_per_transaction=2048 -c max_connections=60 -c autovacuum=off \
    >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
# A test may have restarted it: then it is another process.
kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")" 2>/dev/null
wait "$server"
while kill -0 "$(head -n 1 "$2/data/postmaster.pid" 2>/dev/null)" 2>/dev/null; do sleep 0.1; done
rm -rf "$2"
"#;

/// In memory where there is plenty: CREATE DATABASE makes some 300 files.
fn place() -> &'static str {
    let memory = Path::new("/dev/shm");
    let free = nix::sys::statvfs::statvfs(memory).map(|it| it.blocks_available() * it.fragment_size());
    if free.is_ok_and(|free| free > 4 << 30) { "/dev/shm" } else { "/tmp" }
}

impl Server {
    /// Makes a cluster in a new folder and starts it.
    pub(crate) fn start(auth: Auth) -> Result<Self> {
        let bin = programs::binaries()?;
        let (psql, pg_dump) = (programs::client("psql")?, programs::client("pg_dump")?);
        let user = unprivileged_user()?;
        // Socket paths end at 107 bytes, so the folder is short and not inside the target folder.
        let folder = tempfile::Builder::new().prefix("autogen-test-").tempdir_in(place())?.keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        if let Some(user) = &user {
            chown(&folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
        }
        init(&bin, &folder, auth, user.as_ref())?;
        let keeper = as_user(&mut Command::new("sh"), user.as_ref())
            .args(["-c", KEEPER, "keeper"])
            .args([&bin, &folder])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start sh")?;
        let server = Self { psql, pg_dump, folder, auth, keeper };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Stops the server and removes its folder.
    pub(crate) fn stop(mut self) -> Result<()> {
        drop(self.keeper.stdin.take());
        self.keeper.wait()?;
        Ok(())
    }

    /// Ends the server as a power cut would, and starts it again.
    pub(crate) fn restart(&self) -> Result<()> {
        let user = unprivileged_user()?;
        let mut command = Command::new(programs::binaries()?.join("pg_ctl"));
        command.args(["restart", "-s", "-w", "-m", "immediate", "-D"]).arg(self.folder.join("data"));
        command.arg("-l").arg(self.folder.join("log")).stdin(Stdio::null());
        let status = as_user(&mut command, user.as_ref()).current_dir(&self.folder).status()?;
        ensure!(status.success(), "the server does not start again");
        self.wait_until_ready()
    }

    /// Makes an empty database.
    pub(crate) fn create_database(&self, name: &str) -> Result<()> {
        self.psql("postgres", &format!("CREATE DATABASE {name}")).map(drop)
    }

    /// Its major version.
    pub(crate) fn major(&self) -> Result<String> {
        let number: u32 = self.psql("postgres", "SHOW server_version_num")?.parse()?;
        Ok((number / 10_000).to_string())
    }

    /// Where a database is, in the form of `DATABASE_URL`.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url_of("postgres", self.password(), database)
    }

    /// The same for another role.
    pub(crate) fn url_of(&self, role: &str, password: Option<&str>, database: &str) -> String {
        let password = password.map(|password| format!(":{password}")).unwrap_or_default();
        format!("postgresql://{role}{password}@localhost/{database}?host={}", self.folder.display())
    }

    /// Runs SQL in psql, one transaction a statement, and gives back the rows, a line each.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> Result<String> {
        let mut child = self
            .client(&self.psql, database)
            .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().context("psql without input")?.write_all(sql.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "psql: {}\n{sql}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }

    /// A session that has run this and stays open until its input ends.
    pub(crate) fn session(&self, database: &str, sql: &str) -> Result<Child> {
        let mut child = self
            .client(&self.psql, database)
            .args(["-XqAt", "-f", "-"])
            .env("PGAPPNAME", "gate")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        child.stdin.as_mut().context("psql without input")?.write_all(format!("{sql}\n\\echo ready\n").as_bytes())?;
        let mut lines = BufReader::new(child.stdout.take().context("psql without output")?).lines();
        while lines.next().context("psql ended")??.trim() != "ready" {}
        Ok(child)
    }

    /// What `pg_dump` says about the structure, autogen's own tables left out.
    pub(crate) fn dump(&self, database: &str) -> Result<String> {
        let output = self
            .client(&self.pg_dump, database)
            .args([
                "--schema-only",
                "--no-owner",
                "--exclude-table=*.autogen_history",
                "--exclude-table=*.autogen_journal",
            ])
            .args(["--exclude-table=*.autogen_history_*", "--exclude-table=*.autogen_journal_*"])
            .output()?;
        ensure!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8(output.stdout)?)
    }

    fn client(&self, program: &Path, database: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PGPASSWORD", self.password().unwrap_or_default()).env("PGCLIENTENCODING", "UTF8");
        command.args(["-U", "postgres", "-d", database, "-h"]).arg(&self.folder);
        command
    }

    fn password(&self) -> Option<&'static str> {
        match self.auth {
            Auth::Trust => None,
            Auth::Password(password) => Some(password),
        }
    }

    fn wait_until_ready(&self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.psql("postgres", "SELECT 1").is_err() {
            if Instant::now() > deadline {
                bail!("the test server does not start:\n{}", fs::read_to_string(self.folder.join("log"))?);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

fn init(bin: &Path, folder: &Path, auth: Auth, user: Option<&User>) -> Result<()> {
    let mut initdb = Command::new(bin.join("initdb"));
    initdb.args(["-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]).arg(folder.join("data"));
    match auth {
        Auth::Trust => initdb.arg("--auth=trust"),
        Auth::Password(password) => {
            let file = folder.join("password");
            fs::write(&file, password)?;
            initdb.arg("--auth=scram-sha-256").arg("--pwfile").arg(file)
        }
    };
    let output = as_user(&mut initdb, user).current_dir(folder).output().context("cannot start initdb")?;
    ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Postgres refuses root.
fn unprivileged_user() -> Result<Option<User>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(user));
        }
    }
    bail!("run as root, and there is neither a user `postgres` nor `nobody` to run the server as")
}

fn as_user<'command>(command: &'command mut Command, user: Option<&User>) -> &'command mut Command {
    match user {
        Some(user) => command.uid(user.uid.as_raw()).gid(user.gid.as_raw()),
        None => command,
    }
}
