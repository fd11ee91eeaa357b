//! Deploys: an image with the binary and the folder alone, an init container that waits, a rehearsal, hooks, many
//! databases, and what `status` says of a bad day.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::project::{Project, USERS, wait};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("deploy::binary_and_folder_alone", binary_and_folder_alone),
        Case::new("deploy::an_init_container_waits", an_init_container_waits),
        Case::new("deploy::a_dry_run_changes_nothing", a_dry_run_changes_nothing),
        Case::new("deploy::hooks_run_around", hooks_run_around),
        Case::new("deploy::status_of_a_bad_day", status_of_a_bad_day),
        Case::new("deploy::an_edited_file_is_shown", an_edited_file_is_shown),
        Case::new("deploy::a_database_with_settings_of_its_own", a_database_with_settings_of_its_own),
        Case::new("deploy::every_tenant", every_tenant),
        Case::new("deploy::every_server", every_server),
    ]
}

fn history(project: Project) -> Result<Project> {
    project.write_revision("a1", "", "CREATE TABLE users (id integer);", "DROP TABLE users;")?;
    let index = "-- autogen: autocommit\nCREATE INDEX CONCURRENTLY by_id ON users (id);";
    project.write_revision("b2", "a1", index, "DROP INDEX by_id;")?;
    Ok(project)
}

fn plain() -> Result<Project> {
    history(Project::new("", "models.rs")?)
}

/// What decides how Postgres reads and prints is set otherwise for the whole database: nothing is found to do there.
fn a_database_with_settings_of_its_own(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let settings = [
        "search_path = nowhere, pg_catalog",
        "datestyle = 'German, DMY'",
        "timezone = 'Asia/Tokyo'",
        "intervalstyle = 'iso_8601'",
        "extra_float_digits = -15",
        "bytea_output = 'escape'",
        "quote_all_identifiers = on",
        "standard_conforming_strings = off",
        "transform_null_equals = on",
        "array_nulls = off",
        "client_encoding = 'LATIN1'",
        "default_transaction_isolation = 'serializable'",
        "row_security = off",
        "check_function_bodies = off",
        "statement_timeout = '2min'",
    ];
    for setting in settings {
        database.psql(&format!("ALTER DATABASE {} SET {setting}", database.name()))?;
    }
    let project = Project::declared_by("", "extras = \"extras.sql\"")?;
    project.write("extras.sql", OF_ALL_KINDS)?;
    let project = suite.scratch(project)?;
    let project = database.project(project);
    project.ok(&["create", "everything"])?;
    project.ok(&["upgrade"])?;
    project.run(&["check", "--strict"])?.says(0, &["agree", "the database is at head and agrees"])?;
    project.run(&["create", "nothing", "--strict"])?.says(0, &["nothing to do"])?;
    project.ok(&["downgrade", "base", "--yes"])?;
    project.ok(&["upgrade"])?;
    project.run(&["check", "--strict"])?.says(0, &["the database is at head and agrees"])
}

/// Whatever Postgres prints by settings of the session.
const OF_ALL_KINDS: &str = r#"CREATE TABLE "Größe" (
    id integer PRIMARY KEY, at timestamptz DEFAULT '2024-02-03 04:05:06+00', day date DEFAULT '2024-02-03', pause interval DEFAULT '1 day 02:03:04',
    factor double precision DEFAULT 0.1234567890123, raw bytea DEFAULT '\xdeadbeef', path text DEFAULT 'C:\new\' CHECK (path <> '\'),
    "select" text[] DEFAULT '{NULL,a}', part numeric(4, 2) DEFAULT 1.5, bare text CHECK (bare IS NOT NULL OR part = 2)
);
CREATE INDEX by_day ON "Größe" (day, lower("select"[1])) WHERE at > '2024-01-01 00:00:00+00';
CREATE VIEW recent AS SELECT id, "select", raw FROM "Größe" WHERE day > '2024-05-06' AND pause < '3 hours' AND path <> 'ä\b';
CREATE FUNCTION told(x text DEFAULT 'é\') RETURNS text LANGUAGE sql AS $$ SELECT x || 'ß\n' $$;
"#;

/// No sources, no scratch, no temporary space, no home, no programs, nothing that can be written.
fn binary_and_folder_alone(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = plain()?;
    let locked = |mode: u32| -> Result<()> {
        for path in ["migrations", ""] {
            fs::set_permissions(project.path(path), fs::Permissions::from_mode(mode))?;
        }
        Ok(())
    };
    let nowhere = project.path("nowhere");
    let run = |arguments: &[&str]| -> Result<()> {
        let mut command = project.command(arguments);
        command.env_clear().env("DATABASE_URL", database.server().url(database.name()));
        // Root may write anywhere; the paths that there are not stand for what cannot be written.
        command.env("TMPDIR", &nowhere).env("PATH", "");
        let output = command.output()?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    };
    locked(0o555)?;
    let outcome = [
        &["upgrade"][..],
        &["current", "--check-heads"],
        &["status"],
        &["wait", "--timeout", "1"],
        &["downgrade", "-1"],
        &["upgrade", "head", "--transaction", "per-revision"],
        &["downgrade", "base", "--yes"],
        &["upgrade", "--sql"],
    ]
    .iter()
    .try_for_each(|arguments| run(arguments));
    locked(0o755)?;
    outcome?;
    ensure!(!nowhere.exists(), "something was written");
    ensure!(!project.path("home/.cache").exists(), "something was written into the home folder");
    Ok(())
}

fn an_init_container_waits(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let (project, upgrading) = (database.project(plain()?), database.project(plain()?));
    let late = project.run(&["wait", "--for", "head", "--timeout", "0.3", "--interval", "0.1"])?;
    late.says(4, &["is not at head after 0 s", "2 of 2 revisions are missing", "autogen upgrade"])?;
    let arguments = ["wait", "--for", "head", "--timeout", "30", "--interval", "0.1"];
    let mut child = project.spawn(&arguments)?;
    std::thread::sleep(Duration::from_millis(300));
    ensure!(child.try_wait()?.is_none(), "it does not wait");
    upgrading.ok(&["upgrade"])?;
    project
        .finished(&arguments, wait(&mut child)?)?
        .says(0, &["waiting: 2 of 2 revisions are missing", "is at head"])?;
    // A server that is not there yet is waited for too.
    let nobody = plain()?.env("DATABASE_URL", "postgresql://me:hunter2@localhost:1/x");
    let run = nobody.run(&["wait", "--timeout", "0.3", "--interval", "0.1"])?;
    run.says(4, &["nothing answers at localhost:1"])?;
    ensure!(!run.told().contains("hunter2"), "the password is shown");
    Ok(())
}

fn a_dry_run_changes_nothing(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(plain()?);
    project.ok(&["upgrade", "a1"])?;
    let run = project.ok(&["upgrade", "--dry-run"])?;
    run.says(0, &["-- Running upgrade a1 -> b2, written by hand", "CREATE INDEX CONCURRENTLY by_id ON users (id);"])?;
    run.says(0, &["1 revision runs; the database was not changed"])?;
    ensure!(!run.stdout.contains("CREATE TABLE"), "what is applied is shown: {}", run.told());
    ensure!(database.psql("SELECT to_regclass('by_id') IS NULL")? == "t", "the database was changed");
    project.write_revision("c3", "b2", "ALTER TABLE users ADD bio texd;", "")?;
    project.run(&["upgrade", "--dry-run"])?.says(1, &["type \"texd\" does not exist"])?;
    ensure!(database.psql("SELECT count(*) FROM autogen_history")? == "1", "the database was changed");
    Ok(())
}

fn hooks_run_around(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let hooks = "[hooks]\nbefore_upgrade = \"echo $AUTOGEN_HOOK $AUTOGEN_REVISIONS $PGDATABASE >> told; ! test -e refuse\"\n\
                 after_upgrade = [\"sh\", \"-c\", \"echo $AUTOGEN_HOOK $AUTOGEN_REVISIONS >> told\"]\n\
                 before_downgrade = \"echo $AUTOGEN_DIRECTION >> told\"";
    let project = database.project(history(Project::new(hooks, "models.rs")?)?);
    project.write("refuse", "")?;
    let refused = project.run(&["upgrade"])?;
    refused.says(1, &["the hook before_upgrade failed (exit status: 1)", "[hooks]"])?;
    ensure!(database.psql("SELECT to_regclass('users') IS NULL")? == "t", "it went on");
    fs::remove_file(project.path("refuse"))?;
    fs::remove_file(project.path("told"))?;
    project.ok(&["upgrade"])?;
    // Nothing to do, nothing to hook.
    project.ok(&["upgrade"])?;
    project.ok(&["downgrade", "-1"])?;
    let told = fs::read_to_string(project.path("told"))?;
    let expected = format!("before_upgrade a1 b2 {}\nafter_upgrade a1 b2\ndowngrade\n", database.name());
    ensure!(told == expected, "the hooks told:\n{told}");
    Ok(())
}

fn status_of_a_bad_day(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(plain()?);
    project.write_revision(
        "c3",
        "b2",
        "CREATE TABLE t (id integer);\n-- autogen: autocommit\nVACUUM t;\nSELECT user_idd FROM (SELECT 1 AS user_id) x;",
        "DROP TABLE t;",
    )?;
    project.write_revision("d4", "c3", "", "")?;
    project.run(&["upgrade"])?.says(1, &["upgrade of c3 failed in step 3 of 3"])?;
    let run = project.ok(&["status"])?;
    run.says(
        0,
        &[
            ": 2 of 4 revisions applied",
            "upgrade, step 3 of 3: failed ",
            "column \"user_idd\" does not exist (42703)",
            "HINT: Perhaps you meant to reference the column \"x.user_id\".",
            "autogen upgrade c3   goes on",
        ],
    )?;
    let word = |id: &str| {
        let line = run.stdout.lines().find(|line| line.trim_start().starts_with(id)).unwrap_or_default();
        line.split_whitespace().nth(1).unwrap_or_default().to_owned()
    };
    let words: Vec<String> = ["a1", "b2", "c3", "d4"].into_iter().map(word).collect();
    ensure!(words == ["applied", "applied", "unfinished", "pending"], "{words:?}: {}", run.told());
    let json: serde_json::Value = serde_json::from_str(&project.ok(&["status", "--json"])?.stdout)?;
    ensure!(json["revisions"][2]["steps"][2]["code"] == "42703", "{json:#}");
    ensure!(json["revisions"][0]["applied_by"] == "postgres", "{json:#}");
    project.ok(&["status", "-v"])?.says(0, &["upgrade, step 1 of 1: done"])
}

fn an_edited_file_is_shown(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(Project::with_models(USERS)?);
    project.write_revision("a1", "", "CREATE TABLE users (id integer);", "DROP TABLE users;")?;
    project.ok(&["upgrade"])?;
    project.write_revision("a1", "", "CREATE TABLE users (id bigint);", "DROP TABLE users;")?;
    let shown =
        ["was edited after it was applied", "-CREATE TABLE users (id integer);", "+CREATE TABLE users (id bigint);"];
    project.ok(&["upgrade"])?.says(0, &shown)?;
    let status = project.ok(&["status"])?;
    status.says(0, &shown[1..])?;
    ensure!(status.stdout.contains("edited"), "{}", status.told());
    // It now says something else than the database, so that check has more to say too.
    project.run(&["check"])?.says(3, &shown)
}

fn every_tenant(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(plain()?);
    for number in 1..=6 {
        database.psql(&format!("CREATE SCHEMA tenant_{number}"))?;
    }
    // One of them is in the way.
    database.psql("CREATE TABLE tenant_4.users (id integer); CREATE SCHEMA other")?;
    let all = ["--each-schema", "tenant_*", "--jobs", "3"];
    let run = |arguments: &[&str]| project.run(&[arguments, &all].concat());
    let first = run(&["upgrade"])?;
    first.says(
        1,
        &[
            "failed tenant_4  upgrade of a1 failed: relation \"users\" already exists",
            "1 of 6 failed",
            "the same command",
        ],
    )?;
    ensure!(first.stdout.matches("2 revisions applied").count() == 5, "{}", first.told());
    run(&["current"])?.says(0, &["tenant_1  b2 (head)", "tenant_4  base"])?;
    run(&["current", "--check-heads"])?.says(4, &["1 of 6 failed"])?;
    run(&["status"])?.says(0, &["tenant_1  2 applied", "tenant_4  1 pending, 1 failed"])?;
    database.psql("DROP TABLE tenant_4.users")?;
    let second = run(&["upgrade"])?;
    second.says(0, &["ok tenant_4  2 revisions applied", "ok tenant_1  nothing to do"])?;
    let tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'users' AND schemaname LIKE 'tenant%'";
    ensure!(database.psql(tables)? == "6", "not every tenant has its table");
    ensure!(database.psql("SELECT to_regclass('other.users') IS NULL")? == "t", "another namespace was changed");
    run(&["downgrade", "-1"])?.says(5, &["--yes"])?;
    run(&["downgrade", "-1", "--yes"])?.says(0, &["ok tenant_6  1 revision taken back"])?;
    run(&["stamp", "head"])?.says(0, &["ok tenant_2  stamped head"])?;
    project.run(&["upgrade", "--each-schema", "nobody_*"])?.says(2, &["names no database and no namespace"])
}

fn every_server(suite: &Suite) -> Result<()> {
    let (one, two) = (suite.database()?, suite.database()?);
    let project = plain()?;
    let urls = format!(
        "# two that are there, one that is not\n{}\n\n{}\npostgresql://me:hunter2@localhost:1/x\n",
        one.server().url(one.name()),
        two.server().url(two.name())
    );
    project.write("urls", &urls)?;
    let run = project.run(&["upgrade", "--each-url", "urls"])?;
    run.says(1, &["1 of 3 failed", "nothing answers at localhost:1", "2 revisions applied"])?;
    ensure!(!run.told().contains("hunter2"), "the password is shown");
    for database in [&one, &two] {
        ensure!(database.psql("SELECT to_regclass('by_id') IS NOT NULL")? == "t", "{} was left out", database.name());
    }
    let json: serde_json::Value =
        serde_json::from_str(&project.run(&["current", "--each-url", "urls", "--json"])?.stdout)?;
    ensure!(json.as_array().is_some_and(|lines| lines.len() == 3), "{json:#}");
    project.write("urls", "postgresql://localhost/x\nnonsense\n")?;
    project.run(&["current", "--each-url", "urls"])?.says(2, &["the URL of urls:2 is malformed"])
}
