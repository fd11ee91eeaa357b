//! Ctrl-C in the middle, two at once, and a run that is killed: the database as before, the lock free again.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::project::{Project, USERS, wait};
use crate::server::{Auth, Server};
use crate::{Case, Database, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("bad_input::interrupted_upgrade", interrupted_upgrade),
        Case::new("bad_input::interrupted_create", interrupted_create),
        Case::new("bad_input::killed_upgrade", killed_upgrade),
        Case::new("bad_input::second_runner_waits", second_runner_waits),
    ]
}

fn project(seconds: u32) -> Result<Project> {
    let project = Project::with_models(USERS)?;
    project.write_revision("000000000001", "", "CREATE TABLE users (id integer);", "DROP TABLE users;")?;
    let slow = format!("CREATE TABLE half (id integer);\n\nSELECT pg_sleep({seconds});");
    project.write_revision("000000000002", "000000000001", &slow, "DROP TABLE half;")?;
    Ok(project)
}

fn interrupted_upgrade(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project(60)?);
    let mut child = project.spawn(&["upgrade"])?;
    until_it_sleeps(&database)?;
    kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGINT)?;
    let run = project.finished(&["upgrade"], wait(&mut child)?)?;
    run.says(130, &["nterrupted"])?;
    nothing_left(&database)?;
    goes_on(&database, &project)
}

fn interrupted_create(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    // The history is replayed on scratch; this one takes its time there. It has a server of its own, since the trials
    // beside this one make databases too.
    let server = Server::start(Auth::Trust)?;
    let project = project(60)?.env("AUTOGEN_SCRATCH_URL", server.url("postgres"));
    let outcome = interrupt_create(&project, &server);
    server.stop()?;
    outcome?;
    let is_empty = database.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")? == "0";
    ensure!(is_empty && project.revisions()?.len() == 2, "something was written");
    Ok(())
}

fn interrupt_create(project: &Project, server: &Server) -> Result<()> {
    let arguments = ["create", "anything"];
    let mut child = project.spawn(&arguments)?;
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()";
    wait_for(|| Ok(server.psql("postgres", sleeping)? == "1"), "the replay does not get to its slow statement")?;
    kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGINT)?;
    let run = project.finished(&arguments, wait(&mut child)?)?;
    run.says(130, &["nterrupted"])?;
    let left = "SELECT count(*) FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')";
    wait_for(|| Ok(server.psql("postgres", left)? == "0"), "scratch databases are left behind")
}

fn killed_upgrade(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project(3)?);
    let mut child = project.spawn(&["upgrade"])?;
    until_it_sleeps(&database)?;
    child.kill()?;
    child.wait()?;
    goes_on(&database, &project)
}

fn second_runner_waits(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let first = database.project(project(3)?);
    let second = database.project(project(3)?);
    let mut child = first.spawn(&["upgrade"])?;
    until_it_sleeps(&database)?;
    let run = second.ok(&["upgrade"])?;
    let one = first.finished(&["upgrade"], wait(&mut child)?)?;
    one.says(0, &[])?;
    ensure!(database.psql("SELECT count(*) FROM half")? == "0", "no table: {}", run.told());
    Ok(())
}

/// Connections that run the slow statement.
const SLEEPING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE \
                        '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()";
const CONNECTIONS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

fn until_it_sleeps(database: &Database) -> Result<()> {
    until(database, SLEEPING, "1", "the upgrade does not get to its slow statement")
}

/// Waits until a query gives this.
fn until(database: &Database, query: &str, wanted: &str, otherwise: &str) -> Result<()> {
    wait_for(|| Ok(database.psql(query)? == wanted), otherwise)
}

fn wait_for(condition: impl Fn() -> Result<bool>, otherwise: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition()? {
        if Instant::now() > deadline {
            bail!("{otherwise}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The interrupted revision is taken back as a whole, and nobody holds the database.
fn nothing_left(database: &Database) -> Result<()> {
    ensure!(database.psql("SELECT to_regclass('half') IS NULL")? == "t", "half of the revision was applied");
    let locks = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database \
                 WHERE locktype = 'advisory' AND datname = current_database()";
    until(database, CONNECTIONS, "0", "a connection is left behind")?;
    ensure!(database.psql(locks)? == "0", "the lock is still held");
    Ok(())
}

/// The next run does what the last could not.
fn goes_on(database: &Database, project: &Project) -> Result<()> {
    project.write_revision("000000000002", "000000000001", "CREATE TABLE half (id integer);", "DROP TABLE half;")?;
    project.ok(&["upgrade"])?;
    ensure!(database.psql("SELECT count(*) FROM half")? == "0", "the table is missing");
    project.ok(&["downgrade", "base", "--yes"])?;
    ensure!(database.psql("SELECT to_regclass('half') IS NULL")? == "t", "the table is still there");
    Ok(())
}
