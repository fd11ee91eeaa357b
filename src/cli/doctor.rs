//! `autogen doctor`: whether everything is there that the other commands need.

use clap::Args;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::comparison::start_scratch;
use super::declared::read_declared;
use super::global::Global;
use super::interruptible;
use super::report::{self, Progress};
use crate::config::{Config, FILE_NAME, Format, Target, connect};
use crate::error::{Error, Kind, Result};
use crate::execute::{Stop, parameters};
use crate::migration::Folder;
use crate::reflect::server_version;
use crate::runner;

/// Look whether everything is there that the other commands need
///
/// Configuration, entities, migrations and ledger, the database (server, role, privileges, version table, pooler) and the
/// scratch server. Changes nothing. Exits with 1 where something does not work; warnings alone are 0.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Diagnosis {
    /// What was looked at.
    pub(crate) what: &'static str,
    /// How it is.
    pub(crate) health: Health,
    /// What is to be said of it.
    pub(crate) text: String,
    /// What to do.
    pub(crate) hint: Option<String>,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Health {
    Ok,
    Warning,
    Error,
}

impl Diagnosis {
    fn ok(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, health: Health::Ok, text: text.into(), hint: None }
    }

    fn warning(what: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what, health: Health::Warning, text: text.into(), hint: Some(hint.into()) }
    }

    fn error(what: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what, health: Health::Error, text: text.into(), hint: Some(hint.into()) }
    }

    fn failed(what: &'static str, error: &Error) -> Self {
        let cause = std::error::Error::source(error).map(report::cause_text);
        let cause = cause.map(|it| format!(": {it}")).unwrap_or_default();
        let hint = error.hints().first().cloned();
        Self { what, health: Health::Error, text: format!("{error}{cause}"), hint }
    }
}

/// Runs the command.
pub(crate) async fn run(args: Doctor, global: &Global) -> Result<()> {
    let mut found = Vec::new();
    match global.config() {
        Err(error) => found.push(Diagnosis::failed("configuration", &error)),
        Ok(config) => {
            found.push(Diagnosis::ok("configuration", config.root.join(FILE_NAME).display().to_string()));
            found.push(entities(&config, global));
            found.extend(migrations(&config));
            found.extend(interruptible(async { Ok(database(&config).await) }).await?);
            found.push(scratch(&config, args.scratch_on_target, global).await?);
        }
    }
    let errors = found.iter().filter(|it| it.health == Health::Error).count();
    if global.json {
        report::json(&serde_json::json!({ "healthy": errors == 0, "findings": found }));
    } else {
        report::diagnoses(&found, global.quiet);
    }
    match errors {
        0 => Ok(()),
        1 => Err(Error::new(Kind::Error, "one thing does not work")),
        count => Err(Error::new(Kind::Error, format!("{count} things do not work"))),
    }
}

fn entities(config: &Config, global: &Global) -> Diagnosis {
    let quiet = Global { quiet: true, ..global.clone() };
    match read_declared(config, &quiet, false) {
        Err(error) => Diagnosis::failed("entities", &error),
        Ok(declared) => {
            let schema = &declared.models.schema;
            let origin = super::declared::origin(config);
            let read = format!(
                "{} and {} in {origin}",
                counted(schema.tables.len(), "table"),
                counted(schema.enum_types.len(), "enum")
            );
            match declared.warnings.len() {
                0 => Diagnosis::ok("entities", read),
                count => Diagnosis::warning(
                    "entities",
                    format!("{read}, {}", counted(count, "warning")),
                    "autogen models   shows them",
                ),
            }
        }
    }
}

fn migrations(config: &Config) -> Vec<Diagnosis> {
    let folder = match Folder::load(config) {
        Err(error) => return vec![Diagnosis::failed("migrations", &error)],
        Ok(folder) => folder,
    };
    let count = counted(folder.migrations().len(), "revision");
    let history = match folder.graph().parents_of_next() {
        Ok(heads) if heads.is_empty() => Diagnosis::warning(
            "migrations",
            "no revision yet",
            "autogen create MESSAGE   writes the first; autogen baseline takes over a database that is there",
        ),
        Ok(heads) => Diagnosis::ok("migrations", format!("{count}, head {}", heads.join(", "))),
        Err(error) => Diagnosis::failed("migrations", &error),
    };
    let edited = folder.edited();
    let unproved: Vec<&str> = folder
        .migrations()
        .iter()
        // What somebody wrote in Rust cannot be proved from its text.
        .filter(|it| !it.by_hand)
        .map(|it| it.revision.id.as_str())
        .filter(|id| folder.recorded_proofs(id).is_empty())
        .collect();
    let ledger = match (edited.first(), unproved.first()) {
        (Some(first), _) => Diagnosis::warning(
            "ledger",
            format!("{} edited after it was written: {}", counted(edited.len(), "file"), first.path),
            format!("autogen prove {}", first.revision),
        ),
        (None, Some(_)) => Diagnosis::warning(
            "ledger",
            format!("{} of {count} not proved", unproved.len()),
            format!("autogen prove {}", if unproved.len() > 3 { "--all".to_owned() } else { unproved.join(" ") }),
        ),
        (None, None) => Diagnosis::ok("ledger", "every file is what was written and proved"),
    };
    let unlisted = folder.unlisted();
    let unlisted = unlisted.first().map(|first| {
        let text = format!("{} that the Migrator does not list: {first}", counted(unlisted.len(), "file"));
        Diagnosis::warning("migrations", text, "put it into `migrations()`, with its `mod` line, or remove the file")
    });
    [history, ledger].into_iter().chain(unlisted).collect()
}

async fn database(config: &Config) -> Vec<Diagnosis> {
    let target = match config.target() {
        Err(error) => return vec![Diagnosis::failed("database", &error)],
        Ok(None) => {
            let hint = "DATABASE_URL=postgresql://USER:PASSWORD@HOST:5432/DATABASE in .env names one";
            return vec![Diagnosis::warning("database", "none is named: upgrade and downgrade need one", hint)];
        }
        Ok(Some(target)) => target,
    };
    let mut conn = match connect(&target).await {
        Err(error) => return vec![Diagnosis::failed("database", &error)],
        Ok(conn) => conn,
    };
    let mut found = vec![Diagnosis::ok("database", format!("{} (from {})", target.shown, target.source))];
    found.extend(server(&mut conn).await);
    match role(&mut conn, config).await {
        Ok(diagnoses) => found.extend(diagnoses),
        Err(error) => found.push(Diagnosis::failed("role", &error)),
    }
    found.push(pooler(&mut conn, config, &target).await);
    found.extend(head(&mut conn, config).await);
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    found
}

async fn server(conn: &mut PgConnection) -> Vec<Diagnosis> {
    match server_version(conn).await {
        Err(error) => vec![Diagnosis::failed("server", &error)],
        Ok(version) => match version.warning() {
            Some(warning) => vec![Diagnosis::warning("server", warning, "look twice at what is proved")],
            None => vec![Diagnosis::ok("server", format!("PostgreSQL {version}"))],
        },
    }
}

async fn role(conn: &mut PgConnection, config: &Config) -> Result<Vec<Diagnosis>> {
    let sql = parameters(include_str!("sql/doctor.sql"), &["namespace", "extensions"]);
    let namespace = &config.default_namespace;
    let query = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(namespace).bind(&config.extensions);
    let failed = |cause| Error::new(Kind::Error, "cannot read what the role may do").caused_by(cause);
    let row = query.fetch_one(conn).await.map_err(failed)?;
    let is = |name: &str| row.try_get::<bool, _>(name).map_err(failed);
    let names = |name: &str| row.try_get::<Vec<String>, _>(name).map_err(failed);
    let role: String = row.try_get("role").map_err(failed)?;
    let mut found = Vec::new();
    found.push(match (is("standby")?, is("has_namespace")?, is("creates")?) {
        (true, _, _) => {
            Diagnosis::error("role", "the server is a standby: it only reads", "name the primary: --database-url URL")
        }
        (false, false, _) if is("creates_schemas")? => {
            Diagnosis::warning("role", format!("there is no schema {namespace} yet"), "autogen db init   makes it")
        }
        (false, false, _) => Diagnosis::error(
            "role",
            format!("there is no schema {namespace}, and {role} may not make it"),
            format!("as its owner: GRANT CREATE ON DATABASE .. TO {role}"),
        ),
        (false, true, false) => Diagnosis::error(
            "role",
            format!("{role} may make nothing in the schema {namespace}"),
            format!("GRANT CREATE ON SCHEMA {namespace} TO {role}"),
        ),
        (false, true, true) => {
            let superuser = if is("superuser")? { ", superuser" } else { "" };
            Diagnosis::ok("role", format!("{role}{superuser}, may create in {namespace}"))
        }
    });
    let others: i64 = row.try_get("tables_of_others").map_err(failed)?;
    if others > 0 {
        found.push(Diagnosis::warning(
            "owner",
            format!(
                "{} of {namespace} belong to roles that {role} is not: it cannot change them",
                counted(usize::try_from(others).unwrap_or_default(), "table")
            ),
            "ALTER TABLE .. OWNER TO, or leave them alone: tables = [..] under [unmanaged]",
        ));
    }
    found.push(match (is("has_history")?, is("writes_history")?) {
        _ if config.format == Format::SeaOrm => Diagnosis::ok("version table", "that of the Migrator"),
        (false, _) => Diagnosis::ok("version table", "autogen_history is not there yet; the first upgrade makes it"),
        (true, true) => Diagnosis::ok("version table", "autogen_history is there, and can be written"),
        (true, false) => Diagnosis::error(
            "version table",
            format!("{role} may not write autogen_history"),
            format!("GRANT ALL ON autogen_history, autogen_journal TO {role}"),
        ),
    });
    let (missing, unavailable) = (names("missing_extensions")?, names("unavailable_extensions")?);
    found.push(match (unavailable.as_slice(), missing.as_slice()) {
        ([], []) if config.extensions.is_empty() => return Ok(found),
        ([], []) => Diagnosis::ok("extensions", config.extensions.join(", ")),
        ([], missing) => Diagnosis::warning(
            "extensions",
            format!("not installed yet: {}", missing.join(", ")),
            "autogen db init   installs them",
        ),
        (unavailable, _) => Diagnosis::error(
            "extensions",
            format!("the server does not have {}", unavailable.join(", ")),
            "install their packages on the server, or take them out of `extensions` in autogen.toml",
        ),
    });
    Ok(found)
}

async fn pooler(conn: &mut PgConnection, config: &Config, target: &Target) -> Diagnosis {
    let stop = Stop::default();
    let database = runner::Database {
        target,
        default_namespace: &config.default_namespace,
        running: &config.runner,
        stop: &stop,
        watch: false,
        before: None,
    };
    match runner::refuse_pooler(conn, &database).await {
        Ok(()) => Diagnosis::ok("sessions", "kept: no pooler in transaction mode"),
        Err(error) => Diagnosis::failed("sessions", &error),
    }
}

async fn head(conn: &mut PgConnection, config: &Config) -> Option<Diagnosis> {
    // What is wrong with the folder is told of the folder.
    let folder = Folder::load(config).ok()?;
    let at_head = runner::require_head(conn, &folder, &config.default_namespace).await;
    Some(match at_head {
        Ok(()) => Diagnosis::ok("state", "at head"),
        Err(error) if error.kind() == Kind::NotAtHead => {
            let hint = error.hints().first().cloned().unwrap_or_default();
            Diagnosis::warning("state", error.to_string(), hint)
        }
        Err(error) => Diagnosis::failed("state", &error),
    })
}

/// Starts it, and makes a database with the configured extensions.
async fn scratch(config: &Config, on_target: bool, global: &Global) -> Result<Diagnosis> {
    let progress = Progress::new(global.quiet);
    let mut live = match config.target() {
        Ok(Some(target)) => connect(&target).await.ok(),
        Ok(None) | Err(_) => None,
    };
    let started = interruptible(start_scratch(config, live.as_mut(), on_target, &progress)).await;
    let scratch = match started {
        Ok(scratch) => scratch,
        Err(error) if error.kind() == Kind::Interrupted => return Err(error),
        Err(error) => return Ok(Diagnosis::failed("scratch", &error)),
    };
    let made = interruptible(scratch.database()).await;
    let origin = scratch.origin().to_owned();
    progress.clear();
    let dropped = match made {
        Ok(database) => database.drop().await,
        Err(error) => Err(error),
    };
    let stopped = scratch.stop().await;
    Ok(match dropped.and(stopped) {
        Ok(()) => Diagnosis::ok("scratch", origin),
        Err(error) => Diagnosis::failed("scratch", &error),
    })
}

/// `1 table`, `2 tables`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
