//! `autogen.toml` as it is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::running::{Hooks, Running};
use crate::error::{Error, Kind, Result};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) format: Format,
    pub(super) seaorm: SeaOrm,
    pub(super) script_location: PathBuf,
    pub(super) version_locations: Vec<PathBuf>,
    pub(super) recursive_version_locations: bool,
    pub(super) file_template: String,
    pub(super) truncate_slug_length: usize,
    pub(super) rev_id_length: usize,
    pub(super) template_folder: Option<PathBuf>,
    pub(super) post_write_hooks: Vec<PostWriteHook>,
    pub(super) logging: Logging,
    pub(super) timezone: String,
    pub(super) schema: String,
    pub(super) namespaces: Vec<String>,
    pub(super) entities: Entities,
    pub(super) extensions: Vec<String>,
    pub(super) postgres: Option<u32>,
    pub(super) locking: Locking,
    pub(super) scratch: Scratch,
    pub(super) unmanaged: Unmanaged,
    pub(super) renames: BTreeMap<String, String>,
    pub(super) naming: Naming,
    pub(super) env: BTreeMap<String, Profile>,
    pub(super) runner: Running,
    pub(super) hooks: Hooks,
}

impl Default for File {
    fn default() -> Self {
        Self {
            format: Format::default(),
            seaorm: SeaOrm::default(),
            script_location: "migrations".into(),
            version_locations: Vec::new(),
            recursive_version_locations: false,
            file_template: "%(year)04d%(month)02d%(day)02d_%(hour)02d%(minute)02d_%(rev)s_%(slug)s".to_owned(),
            truncate_slug_length: 40,
            rev_id_length: 12,
            template_folder: None,
            post_write_hooks: Vec::new(),
            logging: Logging::default(),
            timezone: "UTC".to_owned(),
            schema: "public".to_owned(),
            namespaces: Vec::new(),
            entities: Entities::default(),
            extensions: Vec::new(),
            postgres: None,
            locking: Locking::default(),
            scratch: Scratch::default(),
            unmanaged: Unmanaged::default(),
            renames: BTreeMap::new(),
            naming: Naming::default(),
            env: BTreeMap::new(),
            runner: Running::default(),
            hooks: Hooks::default(),
        }
    }
}

/// `[entities]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entities {
    /// Crate folders or module files, relative to autogen.toml: one, or a list. `models` where nothing else is named.
    #[serde(deserialize_with = "one_or_more")]
    pub path: Vec<PathBuf>,
    /// A program and its arguments: its stdout is the declared schema as JSON. Then no entities are read.
    pub command: Option<Vec<String>>,
    /// SQL beside the entities for what they cannot say, relative to autogen.toml.
    pub extras: Option<PathBuf>,
    /// Postgres types of Rust types that the reader cannot resolve: `"geo::Point" = "geometry(Point,4326)"`.
    pub types: BTreeMap<String, String>,
    /// Entities that are not ours, by module path or table.
    pub ignore: Vec<String>,
}

impl Entities {
    /// With `models` for a path that is not written, unless there is a `command`, or there are `extras` and no such
    /// crate: then SQL is all that is declared.
    pub(super) fn resolved(mut self, root: &Path) -> Self {
        let default = Path::new("models");
        let is_there = || root.join(default).join("Cargo.toml").is_file();
        if self.path.is_empty() && self.command.is_none() && (self.extras.is_none() || is_there()) {
            self.path.push(default.to_owned());
        }
        self
    }

    /// What is set and says something about reading entities, which `command` does not do.
    fn beside_command(&self) -> Option<&'static str> {
        let set =
            [(!self.path.is_empty(), "path"), (!self.types.is_empty(), "types"), (!self.ignore.is_empty(), "ignore")];
        set.into_iter().find(|(set, _)| self.command.is_some() && *set).map(|(_, key)| key)
    }
}

/// A path, or a list of paths.
fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a path, or a list of paths")]
    enum Paths {
        One(PathBuf),
        Several(Vec<PathBuf>),
    }
    Ok(match Paths::deserialize(deserializer)? {
        Paths::One(path) => vec![path],
        Paths::Several(paths) => paths,
    })
}

/// `format`: what a revision is written as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One SQL file with both directions, which autogen runs.
    #[default]
    Sql,
    /// A `MigrationTrait` file in the Migrator of the project, which the migration crate runs.
    SeaOrm,
}

/// `[seaorm]`: how the project's own migrations are found and run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeaOrm {
    /// The file with `impl MigratorTrait`, relative to autogen.toml, where script_location has several.
    pub migrator: Option<PathBuf>,
    /// The table of applied migrations, where the text of the Migrator does not tell.
    pub table: Option<String>,
    /// A built migration program, relative to autogen.toml, instead of `cargo run`.
    pub binary: Option<PathBuf>,
    /// A program and its arguments that run the migrations: `up`, `down -n 2` and the like are added.
    pub command: Option<Vec<String>>,
}

/// `locking`: how the planner treats locks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locking {
    /// Plain statements, whatever they lock.
    #[default]
    Simple,
}

/// `[[post_write_hooks]]`: a command that a new revision's file goes through.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostWriteHook {
    /// What it is called in messages.
    pub name: String,
    /// The program: a name that PATH knows, or a path from autogen.toml.
    pub executable: PathBuf,
    /// Its options, with REVISION_SCRIPT_FILENAME where the file's name belongs; else it stands before them.
    #[serde(default)]
    pub options: String,
    /// The folder that it runs in, from autogen.toml.
    pub cwd: Option<PathBuf>,
}

/// `[logging]`: how much is said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// How much; `-v` says more, `-q` less.
    pub level: Level,
}

/// `[logging] level`, by the names that Alembic's ini has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Only what was asked for, and errors: `-q`.
    #[serde(alias = "ERROR", alias = "WARN", alias = "warn", alias = "warning")]
    Error,
    /// What goes on.
    #[default]
    #[serde(alias = "INFO")]
    Info,
    /// More: `-v`.
    #[serde(alias = "DEBUG")]
    Debug,
    /// Everything: `-vv`.
    #[serde(alias = "TRACE")]
    Trace,
}

/// `[scratch]`: the throwaway server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scratch {
    /// A server that may be used for throwaway databases; `AUTOGEN_SCRATCH_URL` and `--scratch-url` win over it.
    pub url: Option<String>,
    /// SQL that runs in a scratch database before anything else, relative to autogen.toml.
    pub setup: Option<PathBuf>,
}

/// `[unmanaged]`: patterns of names that are left alone, whoever asks. `*` is any text, `?` any character.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Unmanaged {
    /// Namespaces, and all that is in them.
    pub namespaces: Vec<String>,
    /// Tables, and all that hangs on them: `legacy_*`, `billing.audit`.
    pub tables: Vec<String>,
    /// Columns: `users.tsv`.
    pub columns: Vec<String>,
    /// Indexes: `dba_*`, `users.dba_*`.
    pub indexes: Vec<String>,
    /// Constraints.
    pub constraints: Vec<String>,
    /// Enums, views, functions, triggers and the like: `report_*`, `trigger audit_*`.
    pub objects: Vec<String>,
    /// Whether the namespaces of hosted services are left alone.
    pub hosted: bool,
}

impl Default for Unmanaged {
    fn default() -> Self {
        let none = Vec::new;
        Self {
            namespaces: none(),
            tables: none(),
            columns: none(),
            indexes: none(),
            constraints: none(),
            objects: none(),
            hosted: true,
        }
    }
}

/// `[naming]`: what new constraints and indexes are called that the entities give no name. `{table}`, `{columns}` and, for
/// foreign keys, `{references}`; columns are joined by the character before `{columns}`. What is not set is SeaORM's name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Naming {
    /// `{table}_pkey`.
    pub primary_key: Option<String>,
    /// `{table}_{columns}_key`.
    pub unique: Option<String>,
    /// `{table}_{columns}_fkey`.
    pub foreign_key: Option<String>,
    /// `{table}_{columns}_idx`; of unique indexes too.
    pub index: Option<String>,
    /// `{table}_{columns}_check`.
    pub check: Option<String>,
}

impl Naming {
    /// What is set: its key, its pattern, and the tokens that it may hold.
    fn patterns(&self) -> impl Iterator<Item = (&'static str, &str, &'static [&'static str])> {
        const ALL: &[&str] = &["table", "columns"];
        const KEY: &[&str] = &["table", "columns", "references"];
        let patterns = [
            ("primary_key", &self.primary_key, ALL),
            ("unique", &self.unique, ALL),
            ("foreign_key", &self.foreign_key, KEY),
            ("index", &self.index, ALL),
            ("check", &self.check, ALL),
        ];
        patterns.into_iter().filter_map(|(key, pattern, tokens)| Some((key, pattern.as_deref()?, tokens)))
    }

    /// The first pattern that cannot be meant, and what is wrong with it.
    fn problem(&self) -> Option<(&'static str, String)> {
        self.patterns().find_map(|(key, pattern, tokens)| {
            let mut rest = pattern.split('{').skip(1);
            let unknown = rest.find(|part| !part.split_once('}').is_some_and(|(token, _)| tokens.contains(&token)));
            let says_nothing = !pattern.contains('{');
            match (unknown, says_nothing) {
                (Some(part), _) => {
                    let token = part.split('}').next().unwrap_or_default();
                    Some((key, format!("`{key} = \"{pattern}\"` under [naming] has an unknown token {{{token}}}")))
                }
                (None, true) => {
                    Some((key, format!("`{key} = \"{pattern}\"` under [naming] calls all of them the same")))
                }
                (None, false) => None,
            }
        })
    }
}

/// `[env.NAME]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Its database; `${VARIABLE}` is replaced from the environment.
    pub database_url: Option<String>,
    /// Whether what destroys data is refused here, `--yes` or not.
    pub protected: bool,
}

pub(super) fn read(path: &Path) -> Result<File> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| Error::new(Kind::Usage, format!("cannot read {}", path.display())).caused_by(cause))?;
    let file: File = toml::from_str(&text).map_err(|cause| broken(path, &text, &cause))?;
    let value_error = |key: &str, message: String, remedy: &str| {
        let line = text.lines().position(|line| line.trim_start().starts_with(key)).map_or(1, |line| line + 1);
        Error::new(Kind::Usage, format!("{}:{line}:1: {message}", path.display())).hint(remedy)
    };
    if file.postgres.is_some_and(|major| !(13..=18).contains(&major)) {
        return Err(value_error(
            "postgres",
            "`postgres` is a major version from 13 to 18".to_owned(),
            "write postgres = 17",
        ));
    }
    if !(4..=32).contains(&file.rev_id_length) {
        return Err(value_error(
            "rev_id_length",
            format!("`rev_id_length` is {}: an id has 4 to 32 hex digits", file.rev_id_length),
            "write rev_id_length = 12",
        ));
    }
    if file.truncate_slug_length == 0 {
        return Err(value_error(
            "truncate_slug_length",
            "`truncate_slug_length` is 0: nothing would be left of a message".to_owned(),
            "write truncate_slug_length = 40, or take %(slug)s out of file_template",
        ));
    }
    if let Some(key) = file.entities.beside_command() {
        return Err(value_error(
            "command",
            format!("`command` and `{key}` are both set under [entities]: with a command, no entities are read"),
            "leave one of them out",
        ));
    }
    if file.entities.command.as_ref().is_some_and(Vec::is_empty) {
        return Err(value_error(
            "command",
            "`command` is empty".to_owned(),
            "write the program and its arguments: command = [\"./dump-schema\", \"--json\"]",
        ));
    }
    if file.seaorm.command.as_ref().is_some_and(Vec::is_empty) {
        return Err(value_error(
            "command",
            "`command` under [seaorm] is empty".to_owned(),
            "write the program and its arguments: command = [\"cargo\", \"loco\", \"db\"]",
        ));
    }
    if file.seaorm.command.is_some() && file.seaorm.binary.is_some() {
        return Err(value_error(
            "command",
            "`command` and `binary` are both set under [seaorm]: which of them runs the migrations?".to_owned(),
            "leave one of them out",
        ));
    }
    if let Some((key, problem)) = file.naming.problem() {
        return Err(value_error(
            key,
            problem,
            "write {table} and {columns} where they are to stand, for foreign keys also {references}",
        ));
    }
    if file.schema.is_empty() {
        return Err(value_error("schema", "`schema` is empty".to_owned(), "write schema = \"public\""));
    }
    Ok(file)
}

fn broken(path: &Path, text: &str, cause: &toml::de::Error) -> Error {
    let start = cause.span().map_or(0, |span| span.start.min(text.len()));
    let before = &text[..start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    let message = cause.message().trim();
    Error::new(Kind::Usage, format!("{}:{line}:{column}: {message}", path.display())).hint(remedy(message))
}

/// The line to write, from what the reader of TOML complains about.
fn remedy(message: &str) -> &'static str {
    if message.starts_with("unknown field") {
        "remove the line or correct its key; the keys that exist here are listed above"
    } else if message.starts_with("unknown variant") {
        "only the values listed above exist"
    } else if message.contains("invalid type") {
        "correct the value's type: text stands in quotes, numbers and true/false do not, lists in [ ]"
    } else {
        "correct the line; TOML is described at https://toml.io"
    }
}

#[cfg(test)]
mod tests {
    use super::super::Overrides;
    use super::super::tests::config;

    fn message(toml: &str) -> String {
        let error = config(toml, Overrides::default(), &[]).expect_err("it is broken");
        let text = error.to_string();
        text[text.find("autogen.toml").expect("the file is named")..].to_owned()
    }

    #[test]
    fn an_unknown_key_has_its_place() {
        let message = message("schema = \"app\"\n\n[entities]\npath = \"models\"\nignroe = []\n");
        assert!(message.starts_with("autogen.toml:5:1: unknown field `ignroe`"), "{message}");
    }

    #[test]
    fn a_wrong_type_has_its_place() {
        let message = message("truncate_slug_length = \"x\"\n");
        assert!(message.starts_with("autogen.toml:1:24: invalid type"), "{message}");
    }

    #[test]
    fn values_are_checked() {
        assert!(message("\npostgres = 9").starts_with("autogen.toml:2:1: `postgres` is a major"));
        assert!(message("rev_id_length = 40").starts_with("autogen.toml:1:1: `rev_id_length` is 40"));
        assert!(message("truncate_slug_length = 0").contains("nothing would be left"));
        assert!(message("[logging]\nlevel = \"loud\"").contains("unknown variant `loud`"));
        assert!(message("[[post_write_hooks]]\nname = \"x\"").contains("missing field `executable`"));
        assert!(message("locking = \"online\"").contains("unknown variant `online`"));
        assert!(message("[entities]\ncommand = []").starts_with("autogen.toml:2:1: `command` is empty"));
    }

    #[test]
    fn patterns_of_names_are_checked() {
        let problem = message("[naming]\nindex = \"{tabel}_idx\"");
        assert!(problem.starts_with("autogen.toml:2:1: `index = \"{tabel}_idx\"`"), "{problem}");
        assert!(message("[naming]\nunique = \"{table}_{references}\"").contains("{references}"));
        assert!(message("[naming]\ncheck = \"c\"").contains("all of them the same"));
        assert!(
            config("[naming]\nforeign_key = \"{table}_{columns}_{references}\"", Overrides::default(), &[]).is_ok()
        );
    }

    #[test]
    fn a_command_stands_alone() {
        for key in ["path = \"models\"", "ignore = [\"users\"]", "types = { \"a::B\" = \"text\" }"] {
            let message = message(&format!("[entities]\n{key}\ncommand = [\"./dump\"]\n"));
            let name = key.split(' ').next().unwrap_or_default();
            let expected = format!("autogen.toml:3:1: `command` and `{name}` are both set");
            assert!(message.starts_with(&expected), "{message}");
        }
    }
}
