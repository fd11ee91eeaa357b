//! A folder of revisions and a database of its own on the throwaway server that all tests of a binary share.

use std::sync::Mutex;
use std::time::Duration;

use autogen::config::{Config, Environment, FILE_NAME, Overrides, Running, Target};
use autogen::error::{Error, Result};
use autogen::execute::Stop;
use autogen::migration::Folder;
use autogen::runner::{self, Applied, Event, Origin, Status};
use autogen::scratch::{Database, Scratch};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

static SCRATCH: OnceCell<Scratch> = OnceCell::const_new();

/// The server is stopped when this process ends.
pub(crate) async fn database() -> Database {
    let start = || async { Scratch::start(crate::server::options().await, &|_| {}).await };
    SCRATCH.get_or_try_init(start).await.expect("a throwaway server").database().await.expect("a database")
}

pub(crate) struct Project {
    folder: tempfile::TempDir,
    database: Database,
    pub(crate) stop: Stop,
    pub(crate) running: Running,
    pub(crate) watch: bool,
    events: Mutex<Vec<String>>,
}

impl Project {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(FILE_NAME), "").expect("autogen.toml is written");
        std::fs::create_dir(folder.path().join("migrations")).expect("a folder is made");
        let database = database().await;
        let running = Running { wait: Duration::from_secs(20), ..Running::default() };
        Self { folder, database, stop: Stop::default(), running, watch: false, events: Mutex::default() }
    }

    /// Writes the file of a revision, in place of the one that is there.
    pub(crate) fn revision(&self, id: &str, parents: &str, up: &str, down: &str) {
        let text = format!(
            "-- message of {id}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n-- Create Date: 2024-12-11 14:30:00 UTC\n\
             \n-- autogen: upgrade\n\n{up}\n\n-- autogen: downgrade\n\n{down}\n"
        );
        std::fs::write(self.path(id), text).expect("the revision is written");
    }

    pub(crate) fn remove(&self, id: &str) {
        std::fs::remove_file(self.path(id)).expect("the revision is removed");
    }

    pub(crate) fn path(&self, id: &str) -> std::path::PathBuf {
        self.folder.path().join(format!("migrations/{id}.sql"))
    }

    pub(crate) fn folder(&self) -> Folder {
        let root = self.folder.path().to_path_buf();
        let config = Config::resolve(root, Overrides::default(), Environment::default()).expect("it loads");
        Folder::load(&config).expect("it loads")
    }

    /// Where the database is.
    pub(crate) fn options(&self) -> PgConnectOptions {
        self.database.options()
    }

    fn target(&self) -> Target {
        Target {
            options: self.options(),
            source: "the test".to_owned(),
            shown: "postgresql://scratch".to_owned(),
            protected: false,
        }
    }

    pub(crate) async fn upgrade(&self, target: &str) -> Result<Vec<String>> {
        self.upgrade_by(self.target(), target).await
    }

    /// To head, over another way to the same database.
    pub(crate) async fn upgrade_through(&self, options: PgConnectOptions) -> Result<Vec<String>> {
        self.upgrade_by(Target { options, ..self.target() }, "head").await
    }

    async fn upgrade_by(&self, config: Target, target: &str) -> Result<Vec<String>> {
        runner::upgrade(&self.work(&config), &self.folder(), &target.parse()?, &mut |event| self.note(&event)).await
    }

    pub(crate) async fn status(&self) -> Status {
        runner::status(&mut self.connect().await, &self.folder(), "public").await.expect("it can be read")
    }

    pub(crate) async fn downgrade(&self, target: &str) -> Result<Vec<String>> {
        self.downgrade_from(target, None).await
    }

    pub(crate) async fn downgrade_from(&self, target: &str, origin: Option<Origin>) -> Result<Vec<String>> {
        let (config, folder) = (self.target(), self.folder());
        runner::downgrade(&self.work(&config), &folder, &target.parse()?, origin, &mut |event| self.note(&event)).await
    }

    pub(crate) async fn stamp(&self, target: &str, purge: bool) -> Result<()> {
        let config = self.target();
        let (folder, target) = (self.folder(), target.parse()?);
        runner::stamp(&self.work(&config), &folder, &[target], purge, &mut |event| self.note(&event)).await
    }

    fn work<'a>(&'a self, target: &'a Target) -> runner::Database<'a> {
        runner::Database {
            target,
            default_namespace: "public",
            running: &self.running,
            stop: &self.stop,
            watch: self.watch,
            before: None,
        }
    }

    fn note(&self, event: &Event<'_>) {
        let text = match event {
            Event::Edited { revision, .. } => format!("edited {}", revision.id),
            Event::FromDatabase(revision) => format!("from the database {}", revision.id),
            Event::Progress(progress) => format!("{progress:?}"),
            Event::WaitingForLock { holder } => format!("waiting for {}", holder.as_deref().unwrap_or("nobody")),
            Event::Upgrade(revision) => format!("upgrade {}", revision.id),
            Event::Downgrade(revision) => format!("downgrade {}", revision.id),
            Event::Stamp { from, to } => format!("stamp {from:?} -> {to:?}"),
            Event::Step(step) => format!("{step:?}"),
        };
        self.events.lock().expect("no test panicked here").push(text);
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.events.lock().expect("no test panicked here").clone()
    }

    pub(crate) async fn applied(&self) -> Vec<Applied> {
        runner::applied(&mut self.connect().await, &self.folder(), "public").await.expect("it can be read")
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect_with(&self.database.options()).await.expect("a connection")
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.try_run(sql).await.expect("it runs");
    }

    pub(crate) async fn try_run(&self, sql: &str) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connect().await).await.map(|_| ())
    }

    pub(crate) async fn query(&self, sql: &str) -> i32 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.connect().await).await.expect("a number")
    }
}

/// An error as people read it, without the lines that depend on the run.
pub(crate) fn message(error: &Error) -> String {
    error.to_string()
}
