//! What the user set: `autogen.toml`, the environment and flags, resolved once.
//!
//! [`Config::load`] reads the file and the environment; [`Config::target`] resolves the database; [`connect`] reaches
//! it and tells apart why it could not.

mod file;
mod environment;
mod database;
mod connect;
mod running;

pub use connect::connect;
pub use database::Target;
pub use environment::Environment;
pub use file::{Entities, Format, Level, Locking, Logging, Naming, PostWriteHook, Profile, Scratch, SeaOrm, Unmanaged};
pub use running::{HookCommand, Hooks, Running, Transaction};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};

/// The name of the configuration file.
pub const FILE_NAME: &str = "autogen.toml";

/// Everything the user set.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of `autogen.toml`; places and relative paths start here.
    pub root: PathBuf,
    /// What a revision is written as.
    pub format: Format,
    /// How the project's own migrations are found and run, where that is `seaorm`.
    pub seaorm: SeaOrm,
    /// The folder of the ledger and, unless others are named, of the revisions; absolute or from the working folder.
    pub script_location: PathBuf,
    /// The folders of the revisions: one or more.
    pub version_locations: Vec<PathBuf>,
    /// Whether folders below them are read too.
    pub recursive_version_locations: bool,
    /// Name of a new revision's file, without `.sql`.
    pub file_template: String,
    /// Characters of a slug that are kept in a file's name.
    pub truncate_slug_length: usize,
    /// Hex digits of a new revision's id.
    pub rev_id_length: usize,
    /// A folder with a template of the revisions' files.
    pub template_folder: Option<PathBuf>,
    /// What a new revision's file goes through.
    pub post_write_hooks: Vec<PostWriteHook>,
    /// How much is said.
    pub logging: Logging,
    /// The zone of `Create Date`, an IANA name.
    pub timezone: String,
    /// Postgres' schema whose names are written unqualified.
    pub default_namespace: String,
    /// Further namespaces that are ours.
    pub namespaces: Vec<String>,
    /// Where the entities are.
    pub entities: Entities,
    /// Extensions that exist before the first revision.
    pub extensions: Vec<String>,
    /// The major version of Postgres to prove on when there is no database to ask.
    pub postgres: Option<u32>,
    /// How statements lock.
    pub locking: Locking,
    /// The throwaway server.
    pub scratch: Scratch,
    /// What is left alone.
    pub unmanaged: Unmanaged,
    /// Old names and new ones, as `--rename` takes them.
    pub renames: BTreeMap<String, String>,
    /// What new constraints and indexes are called.
    pub naming: Naming,
    /// `[env.NAME]` profiles.
    pub env: BTreeMap<String, Profile>,
    /// `[runner]`: locks and transactions.
    pub runner: Running,
    /// `[hooks]`: what runs around an upgrade and a downgrade.
    pub hooks: Hooks,
    overrides: Overrides,
    environment: Environment,
}

/// What flags say; a flag wins over everything else.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--database-url`.
    pub database_url: Option<String>,
    /// `--env-file`.
    pub env_file: Option<PathBuf>,
    /// `--env`: a profile of autogen.toml.
    pub env: Option<String>,
    /// `--scratch-url`.
    pub scratch_url: Option<String>,
}

impl Config {
    /// Reads `autogen.toml` of `dir` or of the nearest folder above it, and the environment.
    ///
    /// # Errors
    /// [`Kind::Usage`]: there is no such file, it cannot be understood (with file, line and column), the profile or the
    /// `.env` file does not exist.
    pub fn load(dir: &Path, overrides: Overrides) -> Result<Self> {
        let root = find_root(dir)?;
        let environment = Environment::read(&root, overrides.env_file.as_deref())?;
        Self::resolve(root, overrides, environment)
    }

    /// The same without looking at the process: for tests and for programs that bring their own variables.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn resolve(root: PathBuf, overrides: Overrides, environment: Environment) -> Result<Self> {
        let config = Self::of(file::read(&root.join(FILE_NAME))?, root, overrides, environment);
        config.profile()?;
        Ok(config)
    }

    /// What is set where there is no `autogen.toml`: for a program that carries its revisions in itself.
    #[must_use]
    pub fn of_program(default_namespace: &str) -> Self {
        let file = file::File { schema: default_namespace.to_owned(), ..file::File::default() };
        Self::of(file, PathBuf::new(), Overrides::default(), Environment::default())
    }

    fn of(file: file::File, root: PathBuf, overrides: Overrides, environment: Environment) -> Self {
        Self {
            format: file.format,
            seaorm: file.seaorm,
            script_location: root.join(&file.script_location),
            version_locations: locations(&root, &file.script_location, &file.version_locations),
            recursive_version_locations: file.recursive_version_locations,
            file_template: file.file_template,
            truncate_slug_length: file.truncate_slug_length,
            rev_id_length: file.rev_id_length,
            template_folder: file.template_folder.map(|folder| root.join(folder)),
            post_write_hooks: file.post_write_hooks,
            logging: file.logging,
            timezone: file.timezone,
            default_namespace: file.schema,
            namespaces: file.namespaces,
            entities: file.entities.resolved(&root),
            root,
            extensions: file.extensions,
            postgres: file.postgres,
            locking: file.locking,
            scratch: file.scratch,
            unmanaged: file.unmanaged,
            renames: file.renames,
            naming: file.naming,
            env: file.env,
            runner: file.runner,
            hooks: file.hooks,
            overrides,
            environment,
        }
    }

    /// The chosen profile and its name.
    ///
    /// # Errors
    /// [`Kind::Usage`] when autogen.toml has none of that name.
    pub fn profile(&self) -> Result<Option<(&str, &Profile)>> {
        let Some(name) = self.overrides.env.as_deref().or_else(|| self.environment.get("AUTOGEN_ENV")) else {
            return Ok(None);
        };
        match self.env.get_key_value(name) {
            Some((name, profile)) => Ok(Some((name, profile))),
            None if self.env.is_empty() => Err(Error::new(
                Kind::Usage,
                format!("there is no profile `{name}`: {FILE_NAME} has no [env.NAME] section"),
            )
            .hint(format!("write [env.{name}] with a line database_url = \"${{DATABASE_URL}}\" into {FILE_NAME}"))),
            None => Err(Error::new(Kind::Usage, format!("there is no profile `{name}` in {FILE_NAME}"))
                .hint(format!("profiles: {}", self.env.keys().map(String::as_str).collect::<Vec<_>>().join(", ")))),
        }
    }

    /// The variables that the configuration was made with.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The zone of `Create Date`. Asked for only by what writes a revision: an image that only upgrades may have no
    /// time zone data.
    ///
    /// # Errors
    /// [`Kind::Usage`] when the zone is not known here.
    pub fn time_zone(&self) -> Result<jiff::tz::TimeZone> {
        if self.timezone == "UTC" {
            return Ok(jiff::tz::TimeZone::UTC);
        }
        jiff::tz::TimeZone::get(&self.timezone).map_err(|cause| {
            Error::new(Kind::Usage, format!("timezone = \"{}\" in {FILE_NAME} is not known here", self.timezone))
                .hint(
                    "write an IANA name, such as timezone = \"Europe/Berlin\"; the system's tzdata package lists them",
                )
                .caused_by(cause)
        })
    }

    /// A path as places and messages show it: from the folder of autogen.toml, with `/` between its parts.
    #[must_use]
    pub fn shown_path(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}

/// `version_locations`, or `script_location` where there are none.
fn locations(root: &Path, script_location: &Path, version_locations: &[PathBuf]) -> Vec<PathBuf> {
    match version_locations {
        [] => vec![root.join(script_location)],
        several => several.iter().map(|location| root.join(location)).collect(),
    }
}

fn find_root(dir: &Path) -> Result<PathBuf> {
    let start = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
    start.ancestors().find(|folder| folder.join(FILE_NAME).is_file()).map(Path::to_path_buf).ok_or_else(|| {
        Error::new(Kind::Usage, format!("there is no {FILE_NAME} in {} nor in a folder above it", dir.display()))
            .hint("autogen init   writes one")
            .hint("autogen -C DIR ...   names the folder that has one")
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A configuration made from text, in a folder of its own.
    pub(crate) fn config(toml: &str, overrides: Overrides, variables: &[(&str, &str)]) -> Result<Config> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(FILE_NAME), toml).expect("autogen.toml is written");
        Config::resolve(folder.path().to_path_buf(), overrides, Environment::from_pairs(variables))
    }

    #[test]
    fn an_empty_file_is_all_defaults() {
        let config = config("", Overrides::default(), &[]).expect("it loads");
        assert_eq!(config.default_namespace, "public");
        assert_eq!(config.truncate_slug_length, 40);
        assert_eq!(config.script_location, config.root.join("migrations"));
    }

    #[test]
    fn the_file_is_found_upward() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(FILE_NAME), "").expect("autogen.toml is written");
        let below = folder.path().join("a/b");
        std::fs::create_dir_all(&below).expect("folders are made");
        assert_eq!(find_root(&below).expect("it is found"), folder.path());
    }

    #[test]
    fn a_missing_file_names_init() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = find_root(folder.path()).expect_err("there is none");
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.hints()[0].starts_with("autogen init"));
    }

    #[test]
    fn an_unknown_profile_lists_those_there_are() {
        let overrides = Overrides { env: Some("prod".to_owned()), ..Overrides::default() };
        let error = config("[env.staging]\n", overrides, &[]).expect_err("there is no such profile");
        assert_eq!(error.hints(), ["profiles: staging"]);
    }
}
