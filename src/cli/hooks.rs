//! `[hooks]`: commands around an upgrade and a downgrade.

use std::path::Path;
use std::process::{Command, Stdio};

use super::report;
use crate::config::{Config, HookCommand, Target};
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::revision::Id;

/// The hooks of a run.
pub(super) struct Hooks<'a> {
    config: &'a Config,
    target: &'a Target,
    direction: Direction,
    quiet: bool,
}

impl<'a> Hooks<'a> {
    pub(super) fn new(config: &'a Config, target: &'a Target, direction: Direction, quiet: bool) -> Self {
        Self { config, target, direction, quiet }
    }

    /// Before the first revision, under the lock; what fails stops the run.
    pub(super) fn before(&self, revisions: &[Id]) -> Result<()> {
        let hooks = &self.config.hooks;
        match self.direction {
            Direction::Upgrade => self.run("before_upgrade", hooks.before_upgrade.as_ref(), revisions),
            Direction::Downgrade => self.run("before_downgrade", hooks.before_downgrade.as_ref(), revisions),
        }
    }

    /// After the last one.
    pub(super) fn after(&self, revisions: &[Id]) -> Result<()> {
        let hooks = &self.config.hooks;
        match self.direction {
            Direction::Upgrade => self.run("after_upgrade", hooks.after_upgrade.as_ref(), revisions),
            Direction::Downgrade => self.run("after_downgrade", hooks.after_downgrade.as_ref(), revisions),
        }
    }

    fn run(&self, name: &str, hook: Option<&HookCommand>, revisions: &[Id]) -> Result<()> {
        let Some(hook) = hook.filter(|_| !revisions.is_empty()) else { return Ok(()) };
        let Some((mut command, shown)) = command(hook) else { return Ok(()) };
        if !self.quiet {
            report::talk(&format!("Running {name}: {shown}"));
        }
        let options = &self.target.options;
        let host = match options.get_socket() {
            Some(folder) => folder.to_string_lossy().into_owned(),
            None => options.get_host().to_owned(),
        };
        command
            .current_dir(Path::new(&self.config.root))
            .env("AUTOGEN_HOOK", name)
            .env("AUTOGEN_DIRECTION", self.direction.to_string())
            .env("AUTOGEN_REVISIONS", revisions.join(" "))
            .env("PGHOST", host)
            .env("PGPORT", options.get_port().to_string())
            .env("PGUSER", options.get_username())
            .env("PGDATABASE", options.get_database().unwrap_or(options.get_username()))
            .stdin(Stdio::null())
            // stdout is for data.
            .stdout(Stdio::from(std::io::stderr()));
        let failed = |what: String| {
            Error::new(Kind::Error, format!("the hook {name} {what}: {shown}"))
                .hint(format!("{name} under [hooks] in autogen.toml names it"))
        };
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(format!("failed ({status})"))),
            Err(cause) => Err(failed("cannot be started".to_owned()).caused_by(cause)),
        }
    }
}

/// The command, and how it is shown; none where nothing is named.
fn command(hook: &HookCommand) -> Option<(Command, String)> {
    match hook {
        HookCommand::Shell(text) => {
            let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
            let mut command = Command::new(shell);
            command.args([flag, text]);
            Some((command, text.clone()))
        }
        HookCommand::Program(words) => {
            let (program, arguments) = words.split_first()?;
            let mut command = Command::new(program);
            command.args(arguments);
            Some((command, words.join(" ")))
        }
    }
}
