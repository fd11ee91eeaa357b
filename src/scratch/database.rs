use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::connect;
use crate::error::{Error, Kind, Result};
use crate::reflect::prepare_session;
use crate::render::identifier;

/// A database on the throwaway server.
///
/// One that is not dropped goes when [`super::Scratch::stop`] is called.
#[derive(Debug)]
pub struct Database {
    admin: PgConnectOptions,
    /// Only letters of `[a-z0-9_]`: it stands unquoted in SQL.
    name: String,
    default_namespace: String,
}

impl Database {
    pub(super) async fn create(
        admin: &PgConnectOptions,
        name: String,
        from: Option<&Self>,
        default_namespace: &str,
    ) -> Result<Self> {
        // template0 takes any encoding and locale; a server under LANG=C would give SQL_ASCII otherwise.
        let template = match from {
            Some(from) => from.name.clone(),
            None => "template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'".to_owned(),
        };
        administer(admin, format!("create database {name} template {template}")).await.map_err(|cause| {
            Error::new(Kind::Error, "cannot create a scratch database")
                .caused_by(cause)
                .hint("the role of --scratch-url must be allowed to: ALTER ROLE .. CREATEDB")
        })?;
        Ok(Self { admin: admin.clone(), name, default_namespace: default_namespace.to_owned() })
    }

    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How to connect to it; [`Database::connect`] also prepares the session.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.admin.clone().database(&self.name)
    }

    /// Connects, with the session prepared as [`prepare_session`] says.
    ///
    /// # Errors
    ///
    /// When the server is gone.
    pub async fn connect(&self) -> Result<PgConnection> {
        let mut conn = connect(&self.options()).await?;
        prepare_session(&mut conn, &self.default_namespace).await?;
        Ok(conn)
    }

    /// The default namespace, where it is not `public`, which every database has.
    pub(super) async fn create_namespace(&self) -> Result<()> {
        if self.default_namespace == "public" {
            return Ok(());
        }
        let mut conn = connect(&self.options()).await?;
        let create = format!("create schema if not exists {}", identifier(&self.default_namespace));
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut conn).await.map_err(super::lost)?;
        let _ = conn.close().await;
        Ok(())
    }

    /// Installs extensions as `CREATE EXTENSION` does for a user who has set nothing: into `public`, unless the
    /// extension says otherwise.
    pub(super) async fn install(&self, extensions: &[String]) -> Result<()> {
        if extensions.is_empty() {
            return Ok(());
        }
        let mut conn = connect(&self.options()).await?;
        for extension in extensions {
            install(&mut conn, extension).await.map_err(|cause| {
                Error::new(Kind::Error, format!("the scratch server lacks the extension {extension}"))
                    .caused_by(cause)
                    .hint(format!("install the package that has it (apt-cache search postgresql {extension})"))
                    .hint("or name a server that has it: --scratch-url postgres://..")
            })?;
        }
        let _ = conn.close().await;
        Ok(())
    }

    /// Drops it, and with it every connection to it.
    ///
    /// # Errors
    ///
    /// When the server is gone.
    pub async fn drop(self) -> Result<()> {
        administer(&self.admin, format!("drop database if exists {} with (force)", self.name)).await.map_err(|cause| {
            Error::new(Kind::Error, format!("cannot drop the scratch database {}", self.name)).caused_by(cause)
        })
    }
}

/// The name comes from a file: the server itself quotes it.
async fn install(conn: &mut PgConnection, extension: &str) -> sqlx::Result<()> {
    let sql: String = sqlx::query_scalar("select format('create extension if not exists %I cascade', $1::text)")
        .bind(extension)
        .fetch_one(&mut *conn)
        .await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// Runs one statement that stands outside of transactions on a connection of its own.
async fn administer(admin: &PgConnectOptions, sql: String) -> sqlx::Result<()> {
    let mut conn = PgConnection::connect_with(admin).await?;
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await;
    let _ = conn.close().await;
    done.map(drop)
}
