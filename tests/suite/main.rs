//! autogen from outside: the binary, a real Postgres, and `pg_dump` as the judge.
//!
//! One trial per folder of `fixtures/scenarios` and per case of bad input, one database per trial, one server for all.
//! `cargo test --test suite -- add_column` runs those whose name contains the word; `UPDATE_EXPECT=1` writes the
//! expected files anew. `AUTOGEN_TEST_MAJOR=13` takes another server, which tests/servers.sh has brought.

mod agreed;
mod asking;
mod bad_connection;
mod bad_history;
mod bad_models;
mod check_forms;
mod beside;
mod deploy;
#[path = "../judge/dump.rs"]
mod dump;
mod expectations;
mod guide;
mod habits;
mod interrupt;
mod kill;
mod models;
mod offline;
mod output;
mod ownership;
mod project;
mod prove;
mod published;
mod pull;
mod readme;
mod refusals;
mod reviewing;
mod revisions;
#[path = "../server/mod.rs"]
mod programs;
mod scenario;
mod seaorm;
mod server;
mod teams;

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Result, bail};
use libtest_mimic::{Arguments, Failed, Trial};

use dump::Dump;
use project::Project;
use server::{Auth, Server};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let suite = Arc::new(Suite::default());
    let others = || {
        bad_connection::trials()
            .into_iter()
            .chain(bad_models::trials())
            .chain(bad_history::trials())
            .chain(refusals::trials())
            .chain(beside::trials())
            .chain(offline::trials())
            .chain(output::trials())
            .chain(teams::trials())
            .chain(ownership::trials())
            .chain(asking::trials())
            .chain(interrupt::trials())
            .chain(deploy::trials())
            .chain(kill::trials())
            .chain(models::trials())
            .chain(readme::trials())
            .chain(prove::trials())
            .chain(revisions::trials())
            .chain(guide::trials())
            .chain(published::trials())
            .chain(expectations::trials())
            .chain(check_forms::trials())
            .chain(reviewing::trials())
            .chain(habits::trials())
            .chain(agreed::trials())
            .chain(pull::trials())
            .chain(seaorm::trials())
    };
    // A sample is of scenarios, for the majors that a run is short on.
    let others = scenario::sample().is_none().then(others).into_iter().flatten();
    let trials = scenario::trials().into_iter().chain(others).map(|case| case.into_trial(&suite)).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    suite.stop();
    conclusion.exit_code()
}

/// A named test.
pub(crate) struct Case {
    name: String,
    test: Test,
}

type Test = Box<dyn FnOnce(&Suite) -> Result<()> + Send>;

impl Case {
    /// A test of this name.
    pub(crate) fn new(name: impl Into<String>, test: impl FnOnce(&Suite) -> Result<()> + Send + 'static) -> Self {
        Self { name: name.into(), test: Box::new(test) }
    }

    fn into_trial(self, suite: &Arc<Suite>) -> Trial {
        let suite = Arc::clone(suite);
        let test = self.test;
        Trial::test(self.name, move || test(&suite).map_err(|error| Failed::from(format!("{error:#}"))))
    }
}

/// What the trials share.
#[derive(Default)]
pub(crate) struct Suite {
    server: Mutex<Option<Arc<Server>>>,
    databases: AtomicUsize,
}

impl Suite {
    /// The server, started by the first who asks.
    pub(crate) fn server(&self) -> Result<Arc<Server>> {
        let mut server = self.server.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*server {
            Some(server) => Ok(Arc::clone(server)),
            None => Ok(Arc::clone(server.insert(Arc::new(Server::start(Auth::Trust)?)))),
        }
    }

    /// An empty database of its own for a trial, and the project's way to it.
    pub(crate) fn database(&self) -> Result<Database> {
        let server = self.server()?;
        let name = format!("trial_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        server.create_database(&name)?;
        Ok(Database { server, name })
    }

    /// Lets a project use the server for scratch.
    pub(crate) fn scratch(&self, project: Project) -> Result<Project> {
        Ok(project.env("AUTOGEN_SCRATCH_URL", self.server()?.url("postgres")))
    }

    fn stop(&self) {
        let server = self.server.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        // A failed trial may still hold it; the keeper then stops it when the process is gone.
        if let Some(server) = server.and_then(Arc::into_inner) {
            drop(server.stop());
        }
    }
}

/// A database of the server, dropped when its trial is over.
pub(crate) struct Database {
    server: Arc<Server>,
    name: String,
}

impl Database {
    /// The project with this database as its own and the same server for scratch.
    pub(crate) fn project(&self, project: Project) -> Project {
        project.env("DATABASE_URL", self.server.url(&self.name)).env("AUTOGEN_SCRATCH_URL", self.server.url("postgres"))
    }

    /// Runs SQL and gives back the rows, a line each.
    pub(crate) fn psql(&self, sql: &str) -> Result<String> {
        self.server.psql(&self.name, sql)
    }

    /// The structure as pg_dump tells it.
    pub(crate) fn dump(&self) -> Result<Dump> {
        Ok(Dump(self.server.dump(&self.name)?))
    }

    /// Demands that pg_dump tells the same as before.
    pub(crate) fn must_be(&self, before: &Dump, otherwise: &str) -> Result<()> {
        let now = self.dump()?;
        if now == *before || self.reprinted(&now)? == self.reprinted(before)? {
            return Ok(());
        }
        bail!("{otherwise}:\n{}", before.difference(&now))
    }

    /// The dump of a database made from a dump. Postgres prints an expression that it read from its own print in other
    /// words now and then (`IN` lists of varchar), and ALTER TABLE does read its own print.
    fn reprinted(&self, dump: &Dump) -> Result<Dump> {
        // A pg_dump that is newer than the server sets what that does not know.
        let known: Vec<&str> = dump.0.lines().filter(|line| !line.starts_with("SET transaction_timeout")).collect();
        self.dump_of(&known.join("\n"))
    }

    /// The dump of a database of its own that this SQL makes.
    pub(crate) fn dump_of(&self, sql: &str) -> Result<Dump> {
        let name = format!("{}_reprinted", self.name);
        self.server.create_database(&name)?;
        let dump = self.server.psql(&name, sql).and_then(|_| self.server.dump(&name));
        self.server.psql("postgres", &format!("DROP DATABASE {name}"))?;
        dump.map(Dump)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The server it is on.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // What a trial left open may stand in the way; then it goes with the server.
        let _ = self.server.psql("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
