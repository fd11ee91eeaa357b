//! `db init`: the database, its namespace and its extensions.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};

use crate::config::{self, Target};
use crate::error::{Error, Kind, Result};
use crate::execute::Record;
use crate::reflect::{ServerVersion, server_version};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initialised {
    /// The database's name.
    pub database: String,
    /// Whether it was created.
    pub created: bool,
    /// Whether the default namespace was created.
    pub namespace_created: bool,
    /// The extensions that are configured.
    pub extensions: Vec<Extension>,
    /// The server.
    pub version: ServerVersion,
}

/// An extension that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Whether it was installed, or was there before.
    pub installed: bool,
}

/// Creates the database where there is none, over a connection to `maintenance`; then in it the default namespace and
/// the extensions that are missing. Two that do so at once do not disturb each other.
///
/// # Errors
/// [`Kind::Error`]: the server cannot be reached, lacks an extension, or does not let this role do it.
pub async fn initialise(
    target: &Target,
    maintenance: &str,
    default_namespace: &str,
    extensions: &[String],
) -> Result<Initialised> {
    let database = target.options.get_database().unwrap_or(target.options.get_username()).to_owned();
    let created = if is_missing(target).await { create(target, maintenance, &database).await? } else { false };
    let mut conn = config::connect(target).await?;
    let version = server_version(&mut conn).await?;
    let namespace_created = namespace(&mut conn, default_namespace, target).await?;
    let mut done = Vec::new();
    for name in extensions {
        done.push(Extension { name: name.clone(), installed: extension(&mut conn, name, target).await? });
    }
    // Everything is done; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    Ok(Initialised { database, created, namespace_created, extensions: done, version })
}

/// Whether the server says that there is no such database. Everything else is told by connecting once more.
async fn is_missing(target: &Target) -> bool {
    match target.options.connect().await {
        Ok(conn) => {
            let _ = conn.close().await;
            false
        }
        Err(cause) => code(&cause) == "3D000",
    }
}

async fn create(target: &Target, maintenance: &str, database: &str) -> Result<bool> {
    let through = Target {
        options: target.options.clone().database(maintenance),
        shown: format!("{} (through its database {maintenance})", target.shown),
        ..target.clone()
    };
    let mut conn = config::connect(&through).await?;
    server_version(&mut conn).await?;
    let record = Record::new(include_str!("sql/create_database.sql"), &[("name", database)]);
    let outcome = run_made(&mut conn, &record).await;
    let _ = conn.close().await;
    match outcome {
        Ok(created) => Ok(created),
        // Somebody else was faster: told in order, or by the catalog's own unique index.
        Err(cause) if matches!(code(&cause).as_str(), "42P04" | "23505") => Ok(false),
        Err(cause) => {
            let error = Error::new(Kind::Error, format!("cannot create the database {database} on {}", target.shown));
            let role = target.options.get_username();
            let error = match code(&cause).as_str() {
                "42501" => {
                    error.hint(format!("ALTER ROLE {role} CREATEDB, or let an administrator create the database"))
                }
                _ => error.hint("--maintenance-db NAME   connects to another database to do it"),
            };
            Err(error.caused_by(cause))
        }
    }
}

async fn namespace(conn: &mut PgConnection, default_namespace: &str, target: &Target) -> Result<bool> {
    let record = Record::new(include_str!("sql/create_namespace.sql"), &[("default_namespace", default_namespace)]);
    run_made(conn, &record).await.map_err(|cause| {
        Error::new(Kind::Error, format!("cannot create the namespace {default_namespace}"))
            .hint(format!("GRANT CREATE ON DATABASE .. TO {}", target.options.get_username()))
            .caused_by(cause)
    })
}

async fn extension(conn: &mut PgConnection, name: &str, target: &Target) -> Result<bool> {
    let record = Record::new(include_str!("sql/create_extension.sql"), &[("extension", name)]);
    match run_made(conn, &record).await {
        Ok(installed) => Ok(installed),
        Err(cause) if code(&cause) == "23505" => Ok(false),
        Err(cause) => {
            let error = Error::new(Kind::Error, format!("cannot install the extension {name}"));
            let error = match code(&cause).as_str() {
                "42501" => error.hint(format!(
                    "{} may not: let an administrator run CREATE EXTENSION, or GRANT CREATE ON DATABASE",
                    target.options.get_username()
                )),
                "0A000" | "58P01" | "22023" => {
                    error.hint(format!("the server lacks it: apt-cache search postgresql {name}   names its package"))
                }
                _ => error,
            };
            Err(error.caused_by(cause))
        }
    }
}

/// Runs the statement that a query makes; false where it makes none.
async fn run_made(conn: &mut PgConnection, record: &Record) -> sqlx::Result<bool> {
    let Some(row) = record.fetch(conn).await?.pop() else { return Ok(false) };
    let sql: String = row.try_get(0)?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(true)
}

fn code(cause: &sqlx::Error) -> String {
    cause.as_database_error().and_then(|refusal| refusal.code()).unwrap_or_default().into_owned()
}
