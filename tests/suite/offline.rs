//! `--sql`: what psql makes of the script is what the runner makes, history and journal included.

use anyhow::{Result, ensure};

use crate::project::Project;
use crate::{Case, Database, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("offline::a_script_is_what_the_runner_does", a_script_is_what_the_runner_does),
        Case::new("offline::in_one_transaction", in_one_transaction),
        Case::new("offline::a_script_stops_where_it_does_not_begin", a_script_stops_where_it_does_not_begin),
        Case::new("offline::wrong_arguments", wrong_arguments),
    ]
}

/// Every kind of step, text that psql or quoting could stumble over, a branch and its merge.
fn history() -> Result<Project> {
    let project = Project::new("schema = \"my app\"", "models.rs")?;
    let users = "CREATE TABLE users (id integer PRIMARY KEY, name text DEFAULT 'it''s :HOST \\ $guard$');\n\
                 COMMENT ON TABLE users IS 'a -- comment';\nSET ROLE pg_monitor;";
    project.write_revision("a1", "", users, "DROP TABLE users;")?;
    let index = "-- autogen: autocommit\nCREATE INDEX CONCURRENTLY by_name ON users (name);\n\n\
                 INSERT INTO users SELECT x, (ARRAY['a', 'b'])[1:2]::text FROM generate_series(1, 10) x;\n\
                 SET search_path = public;";
    project.write_revision(
        "b2",
        "a1",
        index,
        "-- autogen: autocommit\nDROP INDEX CONCURRENTLY by_name;\nDELETE FROM users;",
    )?;
    let label = "CREATE TYPE mood AS ENUM ('ok');\n\n-- autogen: autocommit\nALTER TYPE mood ADD VALUE 'bad';\n\n\
                 ALTER TABLE users ADD mood mood DEFAULT 'bad';";
    project.write_revision("c3", "a1", label, "ALTER TABLE users DROP mood;\n\nDROP TYPE mood;")?;
    project.write_revision("d4", "b2, c3", "", "")?;
    let function = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END $body$;";
    project.write_revision("e5", "d4", function, "DROP FUNCTION f();")?;
    Ok(project)
}

const ROWS: &str = "SET search_path = \"my app\"; \
    SELECT revision, parents, message, hash, downgrade, source FROM autogen_history ORDER BY 1; \
    SELECT revision, direction, step, steps, hash, finished_at IS NULL, failed_at IS NULL, message FROM autogen_journal \
    ORDER BY 1, 2, 3; \
    SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns \
    WHERE table_schema = 'my app' ORDER BY 1, 2";

fn same(scripted: &Database, run: &Database, what: &str) -> Result<()> {
    let (left, right) = (scripted.psql(ROWS)?, run.psql(ROWS)?);
    ensure!(left == right, "{what}:\n--- script\n{left}\n--- runner\n{right}");
    run.must_be(&scripted.dump()?, what)
}

fn script(project: &Project, database: &Database, arguments: &[&str]) -> Result<()> {
    // No database is named, so that none can be asked.
    let script = project.ok(arguments)?.stdout;
    database.psql(&script).map(drop)
}

fn a_script_is_what_the_runner_does(suite: &Suite) -> Result<()> {
    let (scripted, other) = (suite.database()?, suite.database()?);
    for database in [&scripted, &other] {
        database.psql("CREATE SCHEMA \"my app\"; GRANT ALL ON SCHEMA \"my app\" TO PUBLIC")?;
    }
    let offline = history()?;
    let online = other.project(history()?);
    let course: [(&[&str], &[&str]); 6] = [
        (&["upgrade", "--sql", "a1"], &["upgrade", "a1"]),
        (&["upgrade", "--sql", "a1:head"], &["upgrade"]),
        (&["stamp", "--sql", "head:d4"], &["stamp", "d4"]),
        (&["stamp", "--sql", "d4:head"], &["stamp", "head"]),
        (&["downgrade", "--sql", "head:d4"], &["downgrade", "d4"]),
        (&["downgrade", "--sql", "d4:base"], &["downgrade", "base", "--yes"]),
    ];
    for (arguments, run) in course {
        script(&offline, &scripted, arguments)?;
        online.ok(run)?;
        same(&scripted, &other, &format!("{arguments:?}"))?;
    }
    let whole = offline.ok(&["upgrade", "--sql"])?.stdout;
    scripted.psql(&whole)?;
    online.ok(&["upgrade"])?;
    same(&scripted, &other, "upgrade --sql")
}

fn in_one_transaction(suite: &Suite) -> Result<()> {
    let (scripted, other) = (suite.database()?, suite.database()?);
    let project = || -> Result<Project> {
        let project = Project::new("schema = \"my app\"", "models.rs")?;
        project.write_revision("a1", "", "CREATE TABLE users (id integer);", "DROP TABLE users;")?;
        project.write_revision("b2", "a1", "ALTER TABLE users ADD bio text;", "ALTER TABLE users DROP bio;")?;
        project.write_revision("c3", "b2", "", "")?;
        Ok(project)
    };
    let (offline, online) = (project()?, other.project(project()?));
    for database in [&scripted, &other] {
        database.psql("CREATE SCHEMA \"my app\"")?;
    }
    let all = ["--transaction", "all"];
    let script_of = |arguments: &[&str]| Ok::<_, anyhow::Error>(offline.ok(&[arguments, &all].concat())?.stdout);
    let text = script_of(&["upgrade", "--sql"])?;
    ensure!(text.matches("\nCOMMIT;").count() == 1, "not one transaction:\n{text}");
    scripted.psql(&text)?;
    online.ok(&["upgrade", "--transaction", "all"])?.says(0, &["3 revisions applied"])?;
    same(&scripted, &other, "upgrade --transaction all")?;
    // One that fails takes the others with it.
    online.ok(&["downgrade", "base", "--yes", "--transaction", "all"])?;
    online.write_revision("c3", "b2", "SELECT 1/0;", "")?;
    online.run(&["upgrade", "--transaction", "all"])?.says(1, &["upgrade of c3 failed: division by zero (22012)"])?;
    ensure!(other.psql("SELECT count(*) FROM \"my app\".autogen_history")? == "0", "something was applied");
    // Files that cannot be in one are named.
    online.write_revision("c3", "b2", "-- autogen: autocommit\nVACUUM users;", "")?;
    online
        .run(&["upgrade", "--transaction", "all"])?
        .says(5, &["--transaction all cannot hold what runs outside of a transaction: c3 (written by hand)", "hint"])?;
    online.ok(&["upgrade"])?;
    Ok(())
}

fn a_script_stops_where_it_does_not_begin(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    database.psql("CREATE SCHEMA \"my app\"; GRANT ALL ON SCHEMA \"my app\" TO PUBLIC")?;
    let project = history()?;
    let early = project.ok(&["upgrade", "--sql", "a1:b2"])?.stdout;
    let refused = database.psql(&early).expect_err("nothing is applied").to_string();
    ensure!(
        refused.contains("this script begins where these revisions are applied, and they are not: a1"),
        "{refused}"
    );
    let first = project.ok(&["upgrade", "--sql", "a1"])?.stdout;
    database.psql(&first)?;
    let refused = database.psql(&first).expect_err("it is applied").to_string();
    ensure!(refused.contains("this script applies revisions that are applied already: a1"), "{refused}");
    Ok(())
}

fn wrong_arguments(_: &Suite) -> Result<()> {
    let project = history()?;
    project.run(&["downgrade", "--sql", "base"])?.says(2, &["autogen downgrade --sql FROM:base"])?;
    project.run(&["upgrade", "a1:b2"])?.says(2, &["a range a1:b2 is for --sql only"])?;
    project.run(&["upgrade", "--sql", "zz:b2"])?.says(1, &["zz"])?;
    project.run(&["stamp", "--purge", "--sql", "head"])?.says(2, &["--purge"])
}
