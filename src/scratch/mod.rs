//! A throwaway Postgres.
//!
//! [`Scratch::start`] takes the first that works of: a given server; a private server from installed binaries; a
//! private server from fetched binaries; the target's own server, only when asked for. On it, [`Scratch::database`]
//! makes databases that nobody else sees.
//!
//! A private server lives in a folder of its own, `/dev/shm/ag-XXXXXX` or `/tmp/ag-XXXXXX`, and listens on a socket in there and nowhere else.
//! Three things see to its end: [`Scratch::stop`]; a guardian shell, which stops it and removes the folder as soon as
//! this process is gone, whatever the reason; and the next run, which removes what both missed.

mod options;
mod database;
mod given;
mod private;
mod binaries;
mod pinned;
mod fetch;
mod template;
mod folder;
mod cleanup;
mod user;
mod build;
mod canonical;
mod extras;
mod subject;
mod addition;
mod declare;
mod definitions;
mod rename;
mod words;
mod roles;
mod strangers;
mod apply;
mod replay;
mod orders;
mod course;
mod rows;
mod survival;
mod walk;
mod prove;
mod identity;
mod prove_file;
mod effect;

pub use build::Unprintable;
pub use database::Database;
pub use declare::Ground;
pub use definitions::Defined;
pub use effect::Effect;
pub use extras::{Extras, Statement};
pub use fetch::fetch_server;
pub use options::{OnProgress, Options, Progress};
pub use prove::{Proof, Proving};
pub use prove_file::{FileProof, Way};
pub use survival::{Loss, Lost};
pub use walk::{Leg, Rows};

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::error::{Error, Kind, Result};
use crate::reflect::{ServerVersion, server_version};
use binaries::Binaries;
use given::GivenServer;
use private::PrivateServer;

/// A running throwaway server.
#[derive(Debug)]
pub struct Scratch {
    server: Server,
    version: ServerVersion,
    origin: String,
    default_namespace: String,
    extensions: Vec<String>,
    setup: Option<String>,
    /// Databases are called `<run>_<number>`; unique among all runs on the server.
    run: String,
    next: AtomicU32,
}

#[derive(Debug)]
enum Server {
    Private(PrivateServer),
    Given(GivenServer),
}

impl Scratch {
    /// Starts or reaches a server.
    ///
    /// # Errors
    ///
    /// When a given server cannot be reached, when none of the ways works (the hints say how to install one), or when
    /// a server does not start (the message has the last lines of its log).
    pub async fn start(options: Options, progress: &OnProgress<'_>) -> Result<Self> {
        let run = run_name();
        let (server, how) = find_server(&options, &run, progress).await?;
        let mut conn = connect(server.admin()).await?;
        let version = server_version(&mut conn).await?;
        // A connection that does not close well is closed by its drop.
        let _ = conn.close().await;
        Ok(Self {
            origin: format!("PostgreSQL {version}, {how}"),
            server,
            version,
            default_namespace: options.default_namespace,
            extensions: options.extensions,
            setup: options.setup,
            run,
            next: AtomicU32::new(1),
        })
    }

    /// What a private server from installed binaries would be, without starting it: its version, its place, its age.
    /// `None` where another kind of server would be used.
    #[must_use]
    pub fn would_be(options: &Options) -> Option<String> {
        let installed = options.given.is_none().then(|| binaries::find(options)).flatten()?;
        let changed = std::fs::metadata(installed.postgres()).and_then(|it| it.modified()).ok()?;
        Some(format!("{} {} {changed:?}", installed.full_version, installed.folder.display()))
    }

    /// What the run used, for the user: `PostgreSQL 15.18, private server from /usr/lib/postgresql/15/bin`. No password.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The server's version.
    #[must_use]
    pub fn version(&self) -> &ServerVersion {
        &self.version
    }

    /// A fresh database: nothing in it but the configured extensions, the default namespace, as after
    /// `db init`, and what the set-up makes.
    ///
    /// # Errors
    ///
    /// When the role may not create databases, or the server lacks an extension.
    pub async fn database(&self) -> Result<Database> {
        let database = self.create(None).await?;
        database.install(&self.extensions).await?;
        database.create_namespace().await?;
        if let Some(setup) = &self.setup {
            database.set_up(setup).await?;
        }
        Ok(database)
    }

    /// A copy of `from`, to which no connection may be open.
    ///
    /// # Errors
    ///
    /// When `from` is in use.
    pub async fn copy(&self, from: &Database) -> Result<Database> {
        self.create(Some(from)).await
    }

    async fn create(&self, from: Option<&Database>) -> Result<Database> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}_{number}", self.run);
        Database::create(self.server.admin(), name, from, &self.default_namespace).await
    }

    /// Stops a private server and removes its folder; drops this run's databases on any other.
    ///
    /// # Errors
    ///
    /// When the server does not stop within 10 seconds, or a database cannot be dropped.
    pub async fn stop(self) -> Result<()> {
        match self.server {
            Server::Private(server) => server.stop().await,
            Server::Given(server) => server.leave().await,
        }
    }
}

impl Server {
    fn admin(&self) -> &PgConnectOptions {
        match self {
            Self::Private(server) => &server.admin,
            Self::Given(server) => &server.admin,
        }
    }
}

/// The first that works, and how it was found.
async fn find_server(options: &Options, run: &str, progress: &OnProgress<'_>) -> Result<(Server, String)> {
    if let Some(given) = &options.given {
        return reach(given.clone(), "given server", run).await;
    }
    let binaries = match binaries::find(options) {
        Some(installed) => Ok(installed),
        None => fetch::server(options, progress).await,
    };
    match (binaries, &options.on_target) {
        (Ok(binaries), _) => start_private(&binaries, options, progress).await,
        (Err(_), Some(target)) => reach(target.clone(), "target's server", run).await,
        (Err(missing), None) => Err(missing),
    }
}

async fn reach(connect: PgConnectOptions, what: &str, run: &str) -> Result<(Server, String)> {
    let how = format!("{what} at {}", place(&connect));
    Ok((Server::Given(GivenServer::reach(connect, run).await?), how))
}

async fn start_private(binaries: &Binaries, options: &Options, progress: &OnProgress<'_>) -> Result<(Server, String)> {
    cleanup::remove_what_dead_processes_left();
    let server = PrivateServer::start(binaries, options, progress).await?;
    Ok((Server::Private(server), format!("private server from {}", binaries.folder.display())))
}

/// `autogen_scratch_` and 12 hex digits: never to be quoted, never longer than a name may be.
fn run_name() -> String {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    format!("{}{}", given::PREFIX, &unique[..12])
}

/// Connects, with an error that names host and port and never the password.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    options.connect().await.map_err(|cause| {
        Error::new(Kind::Error, format!("cannot connect to the scratch server at {}", place(options))).caused_by(cause)
    })
}

fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

/// A server that stopped answering in the middle.
fn lost(cause: sqlx::Error) -> Error {
    Error::new(Kind::Error, "the scratch server does not answer").caused_by(cause)
}
