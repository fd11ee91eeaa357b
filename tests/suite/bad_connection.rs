//! No way to the database: a clear error with a hint, and never a password.

use anyhow::{Result, ensure};

use crate::project::{Project, Run, USERS};
use crate::server::{Auth, Server};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("bad_input::no_database_named", no_database_named),
        Case::new("bad_input::unreachable_server", unreachable_server),
        Case::new("bad_input::unreachable_socket", unreachable_socket),
        Case::new("bad_input::wrong_password", wrong_password),
        Case::new("bad_input::missing_database", missing_database),
        Case::new("bad_input::no_privilege", no_privilege),
        Case::new("bad_input::malformed_urls", malformed_urls),
        Case::new("bad_input::unreachable_scratch", unreachable_scratch),
    ]
}

const SECRET: &str = "hunter2";

fn project() -> Result<Project> {
    let project = Project::with_models(USERS)?;
    project.write_revision("000000000001", "", "CREATE TABLE users (id integer);", "DROP TABLE users;")?;
    Ok(project)
}

/// The failure says all this, has a hint, and does not tell the password.
fn fails(run: &Run, code: i32, texts: &[&str]) -> Result<()> {
    run.says(code, texts)?;
    run.says(code, &["error", "hint"])?;
    ensure!(!run.told().contains(SECRET), "the password is shown: {}", run.told());
    Ok(())
}

fn no_database_named(_: &Suite) -> Result<()> {
    fails(&project()?.run(&["upgrade"])?, 2, &["DATABASE_URL"])
}

fn unreachable_server(_: &Suite) -> Result<()> {
    // Port 1 belongs to nobody.
    let project = project()?.env("DATABASE_URL", format!("postgresql://me:{SECRET}@127.0.0.1:1/app"));
    for command in [["upgrade"].as_slice(), &["upgrade", "-v"], &["current"], &["db", "init"]] {
        fails(&project.run(command)?, 1, &["127.0.0.1"])?;
    }
    Ok(())
}

fn unreachable_socket(_: &Suite) -> Result<()> {
    let project = project()?.env("DATABASE_URL", format!("postgresql://me:{SECRET}@localhost/app?host=/nowhere"));
    fails(&project.run(&["upgrade"])?, 1, &["/nowhere"])
}

fn wrong_password(_: &Suite) -> Result<()> {
    let server = Server::start(Auth::Password("right"))?;
    let wrong = project()?.env("DATABASE_URL", server.url_of("postgres", Some(SECRET), "postgres"));
    let right = project()?.env("DATABASE_URL", server.url("postgres"));
    let outcome = wrong.run(&["upgrade"]).and_then(|run| fails(&run, 1, &["password"]));
    let outcome = outcome.and_then(|()| right.ok(&["upgrade"]));
    server.stop()?;
    outcome.map(drop)
}

fn missing_database(suite: &Suite) -> Result<()> {
    let server = suite.server()?;
    let project = project()?.env("DATABASE_URL", server.url("not_there_yet"));
    fails(&project.run(&["upgrade"])?, 1, &["not_there_yet", "autogen db init"])?;
    project.ok(&["db", "init"])?;
    project.ok(&["db", "init"])?;
    project.ok(&["upgrade"])?;
    Ok(())
}

fn no_privilege(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let role = format!("reader_of_{}", database.name());
    database.psql(&format!("CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC"))?;
    let project = project()?.env("DATABASE_URL", database.server().url_of(&role, Some(SECRET), database.name()));
    let before = database.dump()?;
    fails(&project.run(&["upgrade"])?, 1, &["permission denied", &role])?;
    database.must_be(&before, "something was created")?;
    Ok(())
}

fn malformed_urls(_: &Suite) -> Result<()> {
    for url in [
        format!("me:{SECRET}@localhost/app"),
        format!("mysql://me:{SECRET}@localhost/app"),
        format!("postgresql://me:{SECRET}/x@localhost/app"),
        format!("postgresql://me:12#{SECRET}@localhost/app"),
        format!("postgresql://me:{SECRET}@localhost:port/app"),
        format!("postgresql://me:{SECRET}@localhost/app?sslmode=perhaps"),
    ] {
        let project = project()?.env("DATABASE_URL", url);
        fails(&project.run(&["upgrade"])?, 2, &["DATABASE_URL"])?;
        fails(&project.run(&["current", "-v"])?, 2, &["DATABASE_URL"])?;
    }
    Ok(())
}

fn unreachable_scratch(_: &Suite) -> Result<()> {
    let project = project()?.env("AUTOGEN_SCRATCH_URL", format!("postgresql://me:{SECRET}@127.0.0.1:1/app"));
    fails(&project.run(&["create", "anything"])?, 1, &["127.0.0.1", "AUTOGEN_SCRATCH_URL"])
}
