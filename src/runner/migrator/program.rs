//! The program that runs the migrations: a command of the configuration, a built one, `cargo run` of the migration
//! crate, or one written around its library.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use super::around;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::migration::{Migrator, Program};

/// Runs a project's migrations.
#[derive(Debug)]
pub struct Runner<'a> {
    config: &'a Config,
    migrator: &'a Migrator,
}

/// What to write where a program cannot be written around.
const OWN_PROGRAM: &str = "where it does not build: name a program that takes `up`, `up -n 1` and `down -n 1` and reads DATABASE_URL, in \
                           autogen.toml:\n      [seaorm]\n      command = [\"cargo\", \"run\", \"--\", \"migrate\"]";

/// How the program is started.
struct Start {
    command: Command,
    shown: String,
}

impl<'a> Runner<'a> {
    /// The runner of a Migrator.
    #[must_use]
    pub fn new(config: &'a Config, migrator: &'a Migrator) -> Self {
        Self { config, migrator }
    }

    /// Runs it on a database with these arguments: `up`, `down -n 2`. Hears first how it is called, then every line that
    /// it says; passwords are taken out of both.
    ///
    /// # Errors
    /// [`Kind::Usage`] when there is no such program, [`Kind::Error`] when it cannot be started or fails.
    pub async fn run(
        &self,
        database: &PgConnectOptions,
        arguments: &[&str],
        on_line: &mut (dyn FnMut(&str) + Send),
    ) -> Result<()> {
        let Start { mut command, shown } = self.start()?;
        let shown = [&[shown.as_str()], arguments].concat().join(" ");
        let mut url = database.to_url_lossy();
        // What is our driver's own, other programs refuse.
        let is_common = |(name, _): &(String, String)| name != "statement-cache-capacity";
        let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(is_common).collect();
        url.query_pairs_mut().clear().extend_pairs(kept);
        let secrets: Vec<String> = url.password().into_iter().flat_map(secrets).collect();
        let clean = |line: &str| secrets.iter().fold(line.to_owned(), |line, secret| line.replace(secret, "***"));
        on_line(&clean(&shown));
        command
            .args(arguments)
            .current_dir(&self.config.root)
            .env("DATABASE_URL", url.as_str())
            .env("DATABASE_SCHEMA", &self.config.default_namespace)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let cannot = |cause: std::io::Error| {
            Error::new(Kind::Error, format!("`{shown}` cannot be started"))
                .hint("[seaorm] binary = \"..\" in autogen.toml names a built program, command = [..] any other")
                .caused_by(cause)
        };
        let mut child = command.spawn().map_err(cannot)?;
        let (sender, mut lines) = tokio::sync::mpsc::channel(64);
        forward(child.stdout.take(), sender.clone());
        forward(child.stderr.take(), sender);
        while let Some(line) = lines.recv().await {
            on_line(&clean(&line));
        }
        let status = child.wait().await.map_err(cannot)?;
        if status.success() {
            return Ok(());
        }
        let named = self.config.seaorm.command.is_some() || self.config.seaorm.binary.is_some();
        let is_around = !named && !matches!(self.migrator.program(), Program::Binary { .. });
        let error = Error::new(Kind::Error, format!("`{shown}` failed ({status}); what it said stands above"));
        // So ends cargo when it cannot build.
        let is_unbuilt = status.code() == Some(101);
        Err(if is_around && is_unbuilt { error.hint(OWN_PROGRAM) } else { error })
    }

    fn start(&self) -> Result<Start> {
        let seaorm = &self.config.seaorm;
        if let Some([program, arguments @ ..]) = seaorm.command.as_deref() {
            let mut command = Command::new(program);
            command.args(arguments);
            let shown = seaorm.command.clone().unwrap_or_default().join(" ");
            return Ok(Start { command, shown });
        }
        if let Some(binary) = &seaorm.binary {
            let path = self.config.root.join(binary);
            if !path.is_file() {
                return Err(Error::new(Kind::Usage, format!("there is no program {}", binary.display()))
                    .hint("build it: cargo build")
                    .hint("or correct `binary` under [seaorm] in autogen.toml"));
            }
            return Ok(Start { command: Command::new(path), shown: binary.display().to_string() });
        }
        match self.migrator.program() {
            Program::Binary { name } => {
                let manifest = self.migrator.package.join("Cargo.toml");
                let program = name.iter().flat_map(|name| ["--bin".to_owned(), name.clone()]);
                let manifest_shown = self.config.shown_path(&manifest);
                Ok(cargo_run(&manifest, &manifest_shown, program.collect()))
            }
            Program::Library | Program::Modules => {
                let folder = around::write(self.migrator)?;
                let target = around::target_folder(&self.migrator.package);
                let arguments = vec!["--target-dir".to_owned(), target.to_string_lossy().into_owned()];
                let manifest = folder.join("Cargo.toml");
                let shown = format!("a program around {}:", self.config.shown_path(&self.migrator.file));
                Ok(Start { shown, ..cargo_run(&manifest, "", arguments) })
            }
        }
    }
}

fn cargo_run(manifest: &Path, shown: &str, arguments: Vec<String>) -> Start {
    let mut command = Command::new("cargo");
    command.args(["run", "--manifest-path"]).arg(manifest).args(&arguments).arg("--");
    let arguments: String = arguments.iter().map(|it| format!(" {it}")).collect();
    Start { command, shown: format!("cargo run --manifest-path {shown}{arguments} --") }
}

/// A password as it is, and as it stands in a URL.
fn secrets(encoded: &str) -> Vec<String> {
    let plain = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy().into_owned();
    let mut all = vec![encoded.to_owned(), plain];
    all.retain(|it| !it.is_empty());
    all
}

fn forward(stream: Option<impl AsyncRead + Unpin + Send + 'static>, sender: tokio::sync::mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(line).await.is_err() {
                return;
            }
        }
    });
}

/// Where cargo builds: beside what the project builds.
pub(super) fn beside_lock(package: &Path) -> PathBuf {
    let absolute = std::path::absolute(package).unwrap_or_else(|_| package.to_owned());
    let root = absolute.ancestors().find(|above| above.join("Cargo.lock").is_file());
    root.map_or_else(|| absolute.clone(), Path::to_path_buf)
}
