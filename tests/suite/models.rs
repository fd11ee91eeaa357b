//! `autogen models`: what it prints, and that `[entities] command` leads the same way as entities.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::project::{Project, Run, USERS};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    let mut trials = vec![
        Case::new("models::view", view),
        Case::new("models::names", names),
        Case::new("models::extras", extras),
        Case::new("models::needs_nothing", needs_nothing),
        Case::new("models::reader_goes_away", reader_goes_away),
        Case::new("models::command_there_and_back", command_there_and_back),
        Case::new("models::command_is_autogen_elsewhere", command_is_autogen_elsewhere),
        Case::new("bad_input::command_missing", command_missing),
        Case::new("bad_input::command_fails", command_fails),
        Case::new("bad_input::command_prints_no_schema", command_prints_no_schema),
        Case::new("bad_input::command_calls_itself", command_calls_itself),
        Case::new("bad_input::command_beside_path", command_beside_path),
        Case::new("bad_input::command_with_what_postgres_refuses", command_with_what_postgres_refuses),
    ];
    trials.extend(FROM_NOTHING.iter().map(|name| {
        Case::new(format!("models::sql_makes_what_create_makes::{name}"), move |suite| {
            sql_makes_what_create_makes(suite, name)
        })
    }));
    trials
}

const AUTOGEN: &str = env!("CARGO_BIN_EXE_autogen");
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios");
/// Scenarios that begin with an empty database.
const FROM_NOTHING: [&str; 7] = [
    "extras_first",
    "extras_only",
    "first_migration",
    "first_migration_compact",
    "foreign_key_cycle_of_new_tables",
    "names_of_63_bytes",
    "names_that_need_quotes",
];

/// A project with the entities of a scenario.
fn scenario(name: &str) -> Result<Project> {
    let folder = Path::new(SCENARIOS).join(name);
    let entities = if folder.join("models").is_dir() { "models" } else { "models.rs" };
    let project = Project::new("", entities)?;
    if folder.join(entities).exists() {
        project.copy(&folder.join(entities), entities)?;
    }
    if folder.join("extras.sql").exists() {
        project.copy(&folder.join("extras.sql"), "extras.sql")?;
        let path = if folder.join(entities).exists() { format!("path = \"{entities}\"\n") } else { String::new() };
        project.write("autogen.toml", &format!("[entities]\n{path}extras = \"extras.sql\"\n"))?;
    }
    Ok(project)
}

/// A project whose command is this shell script, in a file of its own.
fn scripted(script: &str) -> Result<Project> {
    let project = commanded(&["./dump", "--json"])?;
    project.write("dump", &format!("#!/bin/sh\n{script}\n"))?;
    fs::set_permissions(project.path("dump"), fs::Permissions::from_mode(0o755))?;
    Ok(project)
}

fn commanded(command: &[&str]) -> Result<Project> {
    let project = Project::new("", "models.rs")?;
    project.write("autogen.toml", &format!("locking = \"simple\"\n\n[entities]\ncommand = {command:?}\n"))?;
    Ok(project)
}

fn view(_: &Suite) -> Result<()> {
    let run = scenario("names_that_need_quotes")?.ok(&["models"])?;
    let expected = "\
table Order Line                                                    models.rs:44
  column      type       null  default
  orderId     integer                   key
  lineNumber  integer                   key
  lineState   LineState

  primary key  (orderId, lineNumber)
  foreign key  orderId -> order.id

table order                                                          models.rs:7
  -- It's \"quoted\"; -- and more
  column        type                 null  default
  id            integer                    [identity]         key
  userName      [character varying]                           index
  select        integer                                       unique
  with space    integer              null
  with \" quote  integer              null
      -- a ' and a \\ and a $$
  größe         integer
  note          [character varying]        E'it\\'s; -- fine'

enum LineState                                                      models.rs:32
  New, 'don''t know', größer
";
    ensure!(run.stdout == expected, "{}", crate::dump::difference(expected, &run.stdout));
    ensure!(run.stderr.starts_with("in [ ]: left unsaid"), "{}", run.told());
    Ok(())
}

fn names(_: &Suite) -> Result<()> {
    let project = scenario("names_that_need_quotes")?;
    let heads = |arguments: &[&str]| -> Result<Vec<String>> {
        let run = project.ok(arguments)?;
        let heads = run.stdout.lines().filter(|line| line.starts_with(char::is_alphabetic));
        Ok(heads.map(|line| line.split("  ").next().unwrap_or_default().to_owned()).collect())
    };
    ensure!(heads(&["models", "order"])? == ["table order"]);
    // With the enums that it uses.
    ensure!(heads(&["models", "public.Order*"])? == ["table Order Line", "enum LineState"]);
    ensure!(heads(&["models", "-q", "*State"])? == ["enum LineState"]);
    let json = project.ok(&["models", "order", "--json"])?.stdout;
    ensure!(json.contains("\"größe\"") && !json.contains("Order Line"), "{json}");
    let sql = project.ok(&["models", "order", "--sql"])?.stdout;
    ensure!(sql.contains("CREATE TABLE \"order\"") && !sql.contains("Order Line"), "{sql}");
    project.run(&["models", "ordr"])?.says(2, &["no table or enum is called ordr", "hint: there is order"])?;
    project.run(&["models", "--sql", "--json"])?.says(2, &["--sql and --json"])
}

/// What is declared in SQL stands below, each statement with its place.
fn extras(_: &Suite) -> Result<()> {
    let project = scenario("extras_first")?;
    let run = project.ok(&["models", "-q"])?;
    let (_, below) = run.stdout.split_once("\nsql beside the entities\n").with_context(|| run.told())?;
    ensure!(below.starts_with("  CREATE FUNCTION slug(t text) ") && below.contains("…  extras.sql:2\n"), "{below}");
    ensure!(below.lines().all(|line| line.chars().count() == 80), "{below}");
    let run = project.ok(&["models", "tenants"])?;
    let view = "  CREATE VIEW tenants AS SELECT DISTINCT tenant FROM users         extras.sql:18";
    ensure!(run.stdout.lines().collect::<Vec<_>>() == ["sql beside the entities", view], "{}", run.told());
    let run = project.ok(&["models", "--json"])?;
    ensure!(run.stdout.contains("\"users\"") && !run.stdout.contains("tenants"), "{}", run.told());
    ensure!(run.stderr.contains("what extras.sql declares is not in the JSON"), "{}", run.told());
    Ok(())
}

/// No database, no cargo, no server: an address that nobody listens at changes nothing.
fn needs_nothing(_: &Suite) -> Result<()> {
    let project = Project::with_models(USERS)?
        .env("DATABASE_URL", "postgresql://nobody:secret@localhost:1/none")
        .env("AUTOGEN_SCRATCH_URL", "postgresql://nobody:secret@localhost:1/none")
        .env("PATH", "");
    for form in [&["models"][..], &["models", "--json"], &["models", "--sql"]] {
        let run = project.ok(form)?;
        ensure!(run.stdout.contains("users") && !run.told().contains("secret"), "{}", run.told());
    }
    Ok(())
}

/// `autogen models | head -1`.
fn reader_goes_away(_: &Suite) -> Result<()> {
    let project = Project::with_models(&many_entities(300))?;
    for form in ["models", "models --json", "models --sql"] {
        let output = Command::new("sh")
            .args(["-c", &format!("'{AUTOGEN}' {form} | head -1")])
            .current_dir(project.path("."))
            .stdin(Stdio::null())
            .output()?;
        let talk = String::from_utf8_lossy(&output.stderr);
        ensure!(!talk.contains("panicked") && !talk.contains("error"), "{form}: {talk}");
        ensure!(output.stdout.iter().filter(|byte| **byte == b'\n').count() == 1, "{form}");
    }
    Ok(())
}

/// More than a pipe holds.
fn many_entities(count: usize) -> String {
    let entity = USERS.replacen("use sea_orm::entity::prelude::*;", "", 1);
    let module = |number| {
        let entity = entity.replace("\"users\"", &format!("\"users_{number}\""));
        format!("pub mod users_{number} {{\n    use sea_orm::entity::prelude::*;\n{entity}}}\n")
    };
    (0..count).map(module).collect()
}

fn sql_makes_what_create_makes(suite: &Suite, name: &str) -> Result<()> {
    let (created, printed) = (suite.database()?, suite.database()?);
    let project = created.project(scenario(name)?);
    project.ok(&["create", "everything"])?;
    project.ok(&["upgrade"])?;
    printed.psql(&project.ok(&["models", "--sql"])?.stdout)?;
    printed.must_be(&created.dump()?, "`models --sql` makes something else than `create`")
}

const SCHEMA: &str = r#"{
  "version": 1,
  "enums": [{ "name": "Order State", "labels": [{ "name": "new" }, { "name": "it's sent" }] }],
  "tables": [
    {
      "schema": "billing",
      "name": "orders",
      "place": { "file": "schema.json", "line": 7 },
      "comment": "What was bought",
      "columns": [
        { "name": "id", "type": "int8", "nullable": false, "default": { "identity": "always" },
          "place": { "file": "schema.json", "line": 12 } },
        { "name": "user_id", "type": "uuid", "nullable": false },
        { "name": "state", "type": "\"Order State\"", "nullable": false, "default": { "expression": "'new'" } },
        { "name": "history", "type": "\"Order State\"[]", "nullable": true },
        { "name": "total", "type": "decimal(12, 2)", "nullable": false, "comment": "In euros" },
        { "name": "note", "type": "varchar(20)", "nullable": true, "collation": "\"C\"" }
      ],
      "primary_key": { "columns": ["id"] },
      "uniques": [{ "columns": ["user_id", "total"] }],
      "foreign_keys": [
        { "columns": ["user_id"], "references": { "table": "users", "columns": ["id"] }, "on_delete": "cascade" }
      ],
      "checks": [{ "name": "total_is_not_negative", "expression": "total >= 0" }],
      "indexes": [{ "columns": ["state", "total"] }, { "name": "notes", "columns": ["note"] }]
    },
    {
      "name": "users",
      "columns": [
        { "name": "id", "type": "uuid", "nullable": false, "default": { "expression": "gen_random_uuid()" } },
        { "name": "email", "type": "text", "nullable": false, "unsaid": ["type"] }
      ],
      "primary_key": { "columns": ["id"] }
    }
  ]
}
"#;

/// create, upgrade, check, a change, downgrade: as with entities.
fn command_there_and_back(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    // What it says for people comes through.
    let project = database.project(scripted("echo \"reading $(pwd -P | wc -l) folder\" >&2\ncat schema.json")?);
    project.write("schema.json", SCHEMA)?;
    let run = project.ok(&["create", "everything"])?;
    run.says(0, &["`./dump --json`: 2 tables", "reading 1 folder", "schema.json:7"])?;
    project.ok(&["upgrade"])?;
    project.ok(&["check"])?;
    project.ok(&["check", "--strict"])?;
    let before = database.dump()?;

    project.write(
        "schema.json",
        &SCHEMA
            .replace("\"name\": \"note\",", "\"name\": \"remark\", \"renamed_from\": \"note\",")
            .replace("[\"note\"]", "[\"remark\"]"),
    )?;
    project.run(&["check"])?.says(3, &["orders.note", "-> remark"])?;
    project.ok(&["create", "rename the note"])?;
    project.ok(&["upgrade"])?;
    project.ok(&["check"])?;
    project.ok(&["downgrade", "-1", "--yes"])?;
    database.must_be(&before, "the downgrade does not lead back")
}

/// The format is the same in both directions, places and all.
fn command_is_autogen_elsewhere(suite: &Suite) -> Result<()> {
    let elsewhere = scenario("first_migration")?;
    let folder = elsewhere.path(".").display().to_string();
    let database = suite.database()?;
    let project = database.project(commanded(&[AUTOGEN, "-C", &folder, "models", "--json"])?);
    for form in [&["models"][..], &["models", "--json"], &["models", "--sql"]] {
        let (here, there) = (project.ok(form)?.stdout, elsewhere.ok(form)?.stdout);
        ensure!(here == there, "{form:?}: {}", crate::dump::difference(&there, &here));
    }
    database.project(scenario("first_migration")?).ok(&["create", "everything", "--rev-id", "000000000001"])?;
    project.ok(&["create", "everything", "--rev-id", "000000000001"])?;
    project.ok(&["upgrade"])?;
    project.ok(&["check"]).map(drop)
}

/// `models`, `create` and `check` all refuse, and nothing is written.
fn refused(suite: &Suite, project: Project, texts: &[&str]) -> Result<Run> {
    let project = suite.scratch(project)?.env("DATABASE_PASSWORD", "hunter2");
    for command in [&["models"][..], &["create", "anything"], &["check"]] {
        let run = project.run(command)?;
        run.says(2, texts)?;
        ensure!(run.says(2, &["hint:"]).is_ok() || run.says(2, &["help:"]).is_ok(), "no remedy: {}", run.told());
        ensure!(!run.told().contains("hunter2"), "{}", run.told());
    }
    ensure!(project.revisions()?.is_empty(), "a revision was written");
    project.run(&["models"])
}

fn command_missing(suite: &Suite) -> Result<()> {
    let texts = ["cannot run `./target/debug/dump-schema 'a b'`", "[entities] command", "build it first"];
    refused(suite, commanded(&["./target/debug/dump-schema", "a b"])?, &texts)?;
    let project = commanded(&["./dump"])?;
    project.write("dump", "#!/bin/sh\n")?;
    refused(suite, project, &["cannot run `./dump`", "chmod +x"])?;
    refused(suite, commanded(&[])?, &["autogen.toml:4:1: `command` is empty"]).map(drop)
}

fn command_fails(suite: &Suite) -> Result<()> {
    let run = refused(suite, scripted("echo why >&2; echo '{}'; exit 3")?, &["why", "exit status: 3", "[entities]"])?;
    ensure!(run.stdout.is_empty(), "{}", run.told());
    refused(suite, scripted("kill -9 $$")?, &["signal: 9"]).map(drop)
}

fn command_prints_no_schema(suite: &Suite) -> Result<()> {
    for (printed, texts) in [
        ("", &["one thing to settle in the output of `./dump --json`", "--> line 1, column 0", "\"version\": 1"][..]),
        ("Compiling..", &["line 1, column 1", "and nothing else"]),
        ("{\"version\": 7}", &["version 7 of the format is not known", "update autogen"]),
        ("{\"tables\": []}", &["the version of the format is missing"]),
        (
            "{\"version\": 1, \"tables\": [{\"name\": \"users\",\n\"colums\": []}]}",
            &["line 2, column 8, tables[0].colums", "unknown field `colums`", "docs/models-json.md"],
        ),
        (
            "{\"version\": 1, \"tables\": [{\"name\": \"users\", \"columns\": [], \"primary_key\": {\"columns\": [\"id\"]}}]}",
            &["tables[0].primary_key.columns[0]", "public.users has no column `id`"],
        ),
        ("{\"version\": 1, \"tables\": []}", &["no tables in the output of `./dump --json`"]),
    ] {
        let project = scripted("cat schema.json")?;
        project.write("schema.json", printed)?;
        refused(suite, project, texts).with_context(|| printed.to_owned())?;
    }
    refused(suite, scripted("printf '{\"a\": \"\\377\"}'")?, &["not UTF-8: byte 8"]).map(drop)
}

fn command_calls_itself(suite: &Suite) -> Result<()> {
    refused(suite, commanded(&[AUTOGEN, "models", "--json"])?, &["in its own folder, without end", "-C"]).map(drop)
}

fn command_beside_path(suite: &Suite) -> Result<()> {
    let project = Project::with_models(USERS)?;
    project.write("autogen.toml", "[entities]\npath = \"models.rs\"\ncommand = [\"./dump\"]\n")?;
    refused(suite, project, &["autogen.toml:3:1: `command` and `path` are both set", "leave one of them out"]).map(drop)
}

/// What only Postgres knows to be wrong has the place that the document gives.
fn command_with_what_postgres_refuses(suite: &Suite) -> Result<()> {
    let project = suite.scratch(scripted("cat schema.json")?)?;
    project.write(
        "schema.json",
        &SCHEMA.replace("\"int8\"", "\"vektor(3)\"").replace("{ \"identity\": \"always\" }", "null"),
    )?;
    let run = project.run(&["create", "anything"])?;
    run.says(2, &["billing.orders.id (schema.json:12)", "vektor"])?;
    ensure!(project.revisions()?.is_empty(), "a revision was written");
    Ok(())
}
