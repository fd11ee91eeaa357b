//! A project in a temporary folder, and the binary run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

/// 2024-12-11 14:30:00 UTC.
pub(crate) const NOW: &str = "1733927400";
/// The id of what `create` writes.
pub(crate) const REVISION: &str = "abc123def456";
/// An entity, where any will do.
pub(crate) const USERS: &str = "use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = \"users\")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
}

impl ActiveModelBehavior for ActiveModel {}
";
/// Nothing in the suite takes longer; a run that does hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder with an `autogen.toml`, entities and migrations.
pub(crate) struct Project {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Run {
    command: String,
    /// The exit code.
    pub(crate) code: i32,
    /// Its data.
    pub(crate) stdout: String,
    /// Its talk.
    pub(crate) stderr: String,
}

impl Project {
    /// A project without entities. `config` is added to the top of `autogen.toml`.
    pub(crate) fn new(config: &str, entities: &str) -> Result<Self> {
        Self::declared_by(config, &format!("path = \"{entities}\""))
    }

    /// The same with these lines under `[entities]`.
    pub(crate) fn declared_by(config: &str, entities: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("autogen-project-").tempdir()?;
        let project = Self { folder, environment: Vec::new() };
        fs::create_dir(project.path("home"))?;
        fs::create_dir(project.path("migrations"))?;
        let config = format!("locking = \"simple\"\n{config}\n\n[entities]\n{entities}\n");
        project.write("autogen.toml", &config)?;
        Ok(project)
    }

    /// The same with one module file of entities.
    pub(crate) fn with_models(models: &str) -> Result<Self> {
        let project = Self::new("", "models.rs")?;
        project.write("models.rs", models)?;
        Ok(project)
    }

    /// Sets a variable for every run.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// A path inside the project.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, with its folders.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.path(path);
        fs::create_dir_all(path.parent().context("a path without a folder")?)?;
        fs::write(&path, text).with_context(|| path.display().to_string())
    }

    /// Writes a revision by hand.
    pub(crate) fn write_revision(&self, id: &str, revises: &str, upgrade: &str, downgrade: &str) -> Result<()> {
        let file = format!("migrations/20240101_0000_{id}_by_hand.sql");
        self.write(&file, &revision(id, revises, upgrade, downgrade))
    }

    /// Copies a folder or a file into the project.
    pub(crate) fn copy(&self, from: &Path, to: &str) -> Result<()> {
        copy(from, &self.path(to))
    }

    /// Runs autogen and waits.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Run> {
        let mut child = self.spawn(arguments)?;
        let status = wait(&mut child).with_context(|| format!("autogen {}", arguments.join(" ")))?;
        self.finished(arguments, status)
    }

    /// Runs autogen and demands that it ends well.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Result<Run> {
        let run = self.run(arguments)?;
        ensure!(run.code == 0, "{}", run.told());
        Ok(run)
    }

    /// Starts autogen; [`Project::finished`] reads what it said.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(fs::File::create(self.path("home/stdout"))?)
            .stderr(fs::File::create(self.path("home/stderr"))?);
        Ok(command.spawn()?)
    }

    /// The command that runs autogen here, in an environment that holds nothing else.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("NO_COLOR", "1")
            .env("SOURCE_DATE_EPOCH", NOW)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What a run that ended said.
    pub(crate) fn finished(&self, arguments: &[&str], status: ExitStatus) -> Result<Run> {
        Ok(Run {
            command: format!("autogen {}", arguments.join(" ")),
            code: status.code().with_context(|| format!("autogen {} ended by a signal", arguments.join(" ")))?,
            stdout: fs::read_to_string(self.path("home/stdout"))?,
            stderr: fs::read_to_string(self.path("home/stderr"))?,
        })
    }

    /// Names of the migration files, sorted.
    pub(crate) fn revisions(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path("migrations"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name != "autogen.lock" {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

impl Run {
    /// Everything, for a person who reads the failure.
    pub(crate) fn told(&self) -> String {
        let Self { command, code, stdout, stderr } = self;
        format!("`{command}` ended with exit code {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }

    /// Demands this exit code, and that each of these stands in the output.
    pub(crate) fn says(&self, code: i32, texts: &[&str]) -> Result<()> {
        ensure!(self.code == code, "expected exit code {code}: {}", self.told());
        for text in texts {
            let found = self.stderr.contains(text) || self.stdout.contains(text);
            ensure!(found, "expected to read `{text}`: {}", self.told());
        }
        Ok(())
    }
}

/// Waits, but not for ever.
pub(crate) fn wait(child: &mut Child) -> Result<ExitStatus> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            bail!("still running after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The text of a revision, as DESIGN describes the file.
pub(crate) fn revision(id: &str, revises: &str, upgrade: &str, downgrade: &str) -> String {
    let space = if revises.is_empty() { "" } else { " " };
    format!(
        "-- written by hand\n--\n-- Revision ID: {id}\n-- Revises:{space}{revises}\n-- Create Date: 2024-01-01 00:00:00 \
         UTC\n\n-- autogen: upgrade\n\n{upgrade}\n\n-- autogen: downgrade\n\n{downgrade}\n"
    )
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        fs::create_dir_all(to.parent().context("a path without a folder")?)?;
        fs::copy(from, to)?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// The table of [`users`] without further fields.
pub(crate) const CREATE_USERS: &str = "CREATE TABLE users (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);";

/// The entity of a table of users, with these fields behind its key.
pub(crate) fn users(fields: &str) -> String {
    format!(
        "use sea_orm::entity::prelude::*;\n\n#[sea_orm::model]\n#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n\
         #[sea_orm(table_name = \"users\")]\npub struct Model {{\n    #[sea_orm(primary_key)]\n    pub id: i32,\n{fields}}}\n\n\
         impl ActiveModelBehavior for ActiveModel {{}}\n"
    )
}
