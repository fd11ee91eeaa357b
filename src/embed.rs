//! Migrations in a program: applied when it starts, with the lock and the journal of `autogen upgrade`.
//!
//! ```no_run
//! # async fn start() -> autogen::error::Result<()> {
//! static MIGRATIONS: autogen::embed::Migrations = autogen::embed!("migrations");
//!
//! MIGRATIONS.upgrade("postgresql://app@localhost/app", "head").await?;
//! # Ok(())
//! # }
//! ```
//!
//! Several programs that start at once are in order: one applies, the others wait and find nothing to do. The lock needs a
//! connection of its own, so that what is asked for is a URL or connect options, and never a connection; with the feature
//! `sea-orm` a `&DatabaseConnection` will do, whose options are taken.

use sqlx::Connection;
use sqlx::postgres::PgConnectOptions;

use crate::config::{Config, Running, Target, connect};
use crate::error::Result;
use crate::execute::Stop;
use crate::migration::Folder;
use crate::revision::Id;
use crate::runner::{self, Database, Event, OnEvent};

/// The revisions of a folder, as [`crate::embed!`] makes them.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    texts: &'static [(&'static str, &'static str)],
    default_namespace: &'static str,
}

/// Where a database is.
#[derive(Debug, Clone)]
pub enum Server {
    /// `postgresql://USER:PASSWORD@HOST:5432/DATABASE`.
    Url(String),
    /// What the driver takes.
    Options(Box<PgConnectOptions>),
}

impl Migrations {
    /// Files by name, with their texts; [`crate::embed!`] writes this.
    #[must_use]
    pub const fn new(texts: &'static [(&'static str, &'static str)]) -> Self {
        Self { texts, default_namespace: "public" }
    }

    /// The same in another namespace than `public`: unqualified names, history and journal are there.
    #[must_use]
    pub const fn in_namespace(self, default_namespace: &'static str) -> Self {
        Self { texts: self.texts, default_namespace }
    }

    /// Applies what leads to the target (`head`, an id, `+1`, ..), and gives the ids of what was applied.
    ///
    /// # Errors
    /// As [`runner::upgrade`]; a text that is no revision.
    pub async fn upgrade(&self, server: impl Into<Server>, target: &str) -> Result<Vec<Id>> {
        self.upgrade_with(server, target, &Running::default(), &mut |_| {}).await
    }

    /// The same with patience of one's own, telling what goes on.
    ///
    /// # Errors
    /// As [`Self::upgrade`].
    pub async fn upgrade_with(
        &self,
        server: impl Into<Server>,
        target: &str,
        running: &Running,
        on_event: &mut OnEvent<'_>,
    ) -> Result<Vec<Id>> {
        let (config, server, stop) = (self.config(), server.into(), Stop::default());
        let (folder, connection) = (Folder::of_texts(&config, self.texts)?, server.target(&config)?);
        let database = self.database(&connection, running, &stop);
        runner::upgrade(&database, &folder, &target.parse()?, on_event).await
    }

    /// Takes back what leads away from the target (`-1`, an id, `base`), and gives the ids of what was taken back.
    ///
    /// # Errors
    /// As [`runner::downgrade`].
    pub async fn downgrade(&self, server: impl Into<Server>, target: &str) -> Result<Vec<Id>> {
        let (config, server, stop) = (self.config(), server.into(), Stop::default());
        let (folder, connection) = (Folder::of_texts(&config, self.texts)?, server.target(&config)?);
        let running = Running::default();
        let database = self.database(&connection, &running, &stop);
        runner::downgrade(&database, &folder, &target.parse()?, None, &mut |_: Event<'_>| {}).await
    }

    /// The revisions that are not applied yet, oldest first; only reads.
    ///
    /// # Errors
    /// [`crate::error::Kind::Error`]: the database cannot be reached, or has a revision that the program lacks.
    pub async fn pending(&self, server: impl Into<Server>) -> Result<Vec<Id>> {
        let (config, server) = (self.config(), server.into());
        let folder = Folder::of_texts(&config, self.texts)?;
        let mut conn = connect(&server.target(&config)?).await?;
        let applied = runner::known_applied(&mut conn, &folder, self.default_namespace).await?;
        // Everything is read; a server that is gone needs no goodbye.
        let _ = conn.close().await;
        let ids = folder.graph().oldest_first().map(|revision| revision.id.clone());
        Ok(ids.filter(|id| !applied.contains(id)).collect())
    }

    fn config(&self) -> Config {
        Config::of_program(self.default_namespace)
    }

    fn database<'a>(&'a self, target: &'a Target, running: &'a Running, stop: &'a Stop) -> Database<'a> {
        let default_namespace = self.default_namespace;
        Database { target, default_namespace, running, stop, watch: false, before: None }
    }
}

impl Server {
    fn target(self, config: &Config) -> Result<Target> {
        match self {
            Self::Url(url) => config.target_of(&url, "the program"),
            Self::Options(options) => Ok(Target {
                shown: format!(
                    "postgresql://{}@{}:{}/{}",
                    options.get_username(),
                    options.get_host(),
                    options.get_port(),
                    options.get_database().unwrap_or(options.get_username()),
                ),
                options: *options,
                source: "the program".to_owned(),
                protected: false,
            }),
        }
    }
}

impl From<&str> for Server {
    fn from(url: &str) -> Self {
        Self::Url(url.to_owned())
    }
}

impl From<String> for Server {
    fn from(url: String) -> Self {
        Self::Url(url)
    }
}

impl From<PgConnectOptions> for Server {
    fn from(options: PgConnectOptions) -> Self {
        Self::Options(Box::new(options))
    }
}

/// The options of the pool; the pool itself is not used.
///
/// # Panics
/// As [`sea_orm::DatabaseConnection::get_postgres_connection_pool`]: where it is no connection to Postgres.
#[cfg(feature = "sea-orm")]
impl From<&sea_orm::DatabaseConnection> for Server {
    fn from(connection: &sea_orm::DatabaseConnection) -> Self {
        Self::Options(Box::new(connection.get_postgres_connection_pool().connect_options().as_ref().clone()))
    }
}
