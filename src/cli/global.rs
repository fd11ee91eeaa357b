use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, Level, Overrides};
use crate::error::{Error, Kind, Result};

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,
    /// The database; default: DATABASE_URL, DATABASE_HOST .. or PG* from the environment or .env
    #[arg(long, value_name = "URL", global = true, hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// Read this file instead of .env
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) env_file: Option<PathBuf>,
    /// Use the profile [env.NAME] of autogen.toml
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) env: Option<String>,
    /// A server for scratch databases, instead of a private one
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) scratch_url: Option<String>,
    /// Say more
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    /// Say only what was asked for, and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Never ask; refuse instead
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Global {
    /// The folder to work in.
    pub(crate) fn folder(&self) -> Result<PathBuf> {
        match &self.directory {
            Some(directory) if directory.is_dir() => Ok(directory.clone()),
            Some(directory) => Err(Error::new(Kind::Usage, format!("-C {}: no such folder", directory.display()))),
            None => std::env::current_dir()
                .map_err(|cause| Error::new(Kind::Error, "the current folder cannot be read").caused_by(cause)),
        }
    }

    /// The configuration, with flags laid over it.
    pub(crate) fn config(&self) -> Result<Config> {
        let overrides = Overrides {
            database_url: self.database_url.clone(),
            env_file: self.env_file.clone(),
            env: self.env.clone(),
            scratch_url: self.scratch_url.clone(),
        };
        Config::load(&self.folder()?, overrides)
    }

    /// As `[logging] level` of autogen.toml has it, with `-v` and `-q` counted from there. Where there is no
    /// configuration, or a broken one, the command itself will say so.
    pub(crate) fn with_logging(mut self) -> Self {
        if let Ok(config) = self.config() {
            let level = match config.logging.level {
                Level::Error if self.verbose == 0 => return Self { quiet: true, ..self },
                Level::Error => self.verbose - 1,
                Level::Info => self.verbose,
                Level::Debug => self.verbose + 1,
                Level::Trace => self.verbose + 2,
            };
            self.verbose = if self.quiet { 0 } else { level };
        }
        self
    }

    /// Whether a question may be asked: a person is there, and did not forbid it.
    pub(crate) fn may_ask(&self) -> bool {
        use std::io::IsTerminal;
        !self.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }
}
