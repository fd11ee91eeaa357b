//! Projects with a Migrator of their own, as tests/seaorm holds them: taken over as they are, and gone on with.
//!
//! What reads text alone runs always. `AUTOGEN_SEAORM=10 cargo test --test suite -- seaorm::compiled` builds the
//! migration crates and takes each project through so many edits of its entities, in both formats; `make seaorm` does.

mod compared;
mod edits;
mod published;
mod pulled;
mod walk;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::project::{Project, Run};
use crate::{Case, Suite};
use edits::Edits;
use walk::Walk;

/// A project of tests/seaorm.
#[derive(Debug, Clone, Copy)]
struct Fixture {
    folder: &'static str,
    /// `[entities] path`, as init finds it.
    entities: &'static str,
    /// A file of an entity, and one that declares the modules of entities.
    entity: &'static str,
    modules: &'static str,
    /// The file of the Migrator.
    migrator: &'static str,
    /// The folder of the migrations.
    migrations: &'static str,
    head: &'static str,
    table: &'static str,
    /// What a line of `init` says of how they are run.
    runs: &'static str,
}

const FIXTURES: [Fixture; 4] = [
    Fixture {
        folder: "a-workspace-1.1",
        entities: "entity",
        entity: "entity/src/cake.rs",
        modules: "entity/src/lib.rs",
        migrator: "migration/src/lib.rs",
        migrations: "migration/src",
        head: "m20230612_083000_orders_by_hand",
        table: "seaql_migrations",
        runs: "cargo run --manifest-path migration/Cargo.toml -- up",
    },
    Fixture {
        folder: "b-workspace-2.0",
        entities: "crates/domain/src/tables/mod.rs",
        entity: "crates/domain/src/tables/book.rs",
        modules: "crates/domain/src/tables/mod.rs",
        migrator: "crates/schema-history/src/lib.rs",
        migrations: "crates/schema-history/src/steps",
        head: "v2_books",
        table: "schema_steps",
        runs: "cargo run --manifest-path crates/schema-history/Cargo.toml -- up",
    },
    Fixture {
        folder: "c-loco-1.1",
        entities: "src/models/_entities/mod.rs",
        entity: "src/models/_entities/users.rs",
        modules: "src/models/_entities/mod.rs",
        migrator: "migration/src/lib.rs",
        migrations: "migration/src",
        head: "m20240203_101500_notes",
        table: "seaql_migrations",
        runs: "a small program that autogen writes around the library",
    },
    Fixture {
        folder: "d-one-crate-2.0",
        entities: "src/db.rs",
        entity: "src/db.rs",
        modules: "src/db.rs",
        migrator: "src/migrator/mod.rs",
        migrations: "src/migrator",
        head: "m20250101_000001_post",
        table: "seaql_migrations",
        runs: "a small program that autogen writes around the library",
    },
];

/// How many edits each project goes through; without it nothing is compiled.
const ROUNDS: &str = "AUTOGEN_SEAORM";

pub(crate) fn trials() -> Vec<Case> {
    let text =
        FIXTURES.into_iter().map(|it| Case::new(format!("seaorm::text_{}", it.folder), move |suite| text(it, suite)));
    let others = [
        Case::new("seaorm::commands_that_need_sql_files", commands_that_need_sql_files),
        Case::new("seaorm::an_unusual_migrator_gets_lines_to_paste", an_unusual_migrator_gets_lines_to_paste),
        Case::new("seaorm::a_command_runs_them", a_command_runs_them),
        Case::new("seaorm::published_are_found", published::are_found),
        Case::new("seaorm::without_an_entity", pulled::without_an_entity),
    ];
    let rounds = std::env::var(ROUNDS).ok().and_then(|it| it.parse::<u32>().ok());
    let compiled = rounds.into_iter().flat_map(|rounds| {
        FIXTURES
            .map(|it| Case::new(format!("seaorm::compiled_{}", it.folder), move |suite| compiled(it, rounds, suite)))
    });
    let published = rounds.into_iter().flat_map(published::trials);
    let pulled = rounds.into_iter().flat_map(|_| pulled::trials());
    text.chain(others).chain(compiled).chain(published).chain(pulled).chain(compared::trials()).collect()
}

/// A copy of a fixture without an autogen.toml.
fn copied(fixture: Fixture) -> Result<Project> {
    let project = Project::new("", "models")?;
    std::fs::remove_file(project.path("autogen.toml"))?;
    std::fs::remove_dir(project.path("migrations"))?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seaorm").join(fixture.folder);
    for entry in std::fs::read_dir(&folder)? {
        let entry = entry?;
        project.copy(&entry.path(), &entry.file_name().to_string_lossy())?;
    }
    Ok(project)
}

fn read(project: &Project, path: &str) -> Result<String> {
    std::fs::read_to_string(project.path(path)).with_context(|| path.to_owned())
}

/// The new file of a run that ended well.
fn created(run: &Run) -> Result<String> {
    let line = run.stdout.lines().find_map(|line| line.strip_prefix("ok created ")).with_context(|| run.told())?;
    Ok(line.to_owned())
}

/// What rustfmt, with its own settings, would change.
fn must_be_formatted(project: &Project, files: &[&str]) -> Result<()> {
    let files: Vec<PathBuf> = files.iter().map(|file| project.path(file)).collect();
    let output =
        Command::new("rustfmt").args(["--check", "--edition", "2021"]).args(&files).output().context("rustfmt")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

/// init, baseline, check, create and the commands of the history: nothing is compiled.
fn text(fixture: Fixture, suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(copied(fixture)?);
    let before = files(&project)?;
    project
        .ok(&["init"])?
        .says(0, &["ok wrote autogen.toml", fixture.entities, fixture.migrator, fixture.table, fixture.runs])?;
    let new: Vec<String> = files(&project)?.into_iter().filter(|it| !before.contains(it)).collect();
    ensure!(new == ["autogen.toml"], "{new:?}");
    project.run(&["check"])?.says(4, &["Target database is not up to date", "autogen upgrade"])?;

    database.psql(&read(&project, "database.sql")?)?;
    project.ok(&["stamp", "head"])?;
    project.ok(&["current"])?.says(0, &[&format!("{} (head)", fixture.head)])?;
    project.ok(&["baseline"])?.says(0, &["owned from now on", "no revision is written"])?;
    project.ok(&["check"])?.says(0, &["models and migrations agree", "the database is at head and agrees"])?;
    project.ok(&["create", "nothing"])?.says(0, &["nothing to do"])?;
    let untouched = read(&project, fixture.migrator)?;

    let mut edits = Edits::new(fixture.folder, 7, false);
    edits.add_column(&project, fixture.entity)?;
    let run = project.ok(&["create", "add \"one\" column"])?;
    let file = created(&run)?;
    ensure!(file.starts_with(fixture.migrations), "{file}");
    must_be_formatted(&project, &[&file])?;
    let id = Path::new(&file).file_stem().context("a name")?.to_string_lossy().into_owned();
    ensure!(id.starts_with("m2") && id.ends_with("_add_one_column"), "{id}");
    // Whatever was in the Migrator is there, in this order.
    let edited = read(&project, fixture.migrator)?;
    let mut rest = edited.lines().map(str::trim);
    let is_kept = |line: &&str| !line.contains("vec![");
    ensure!(
        untouched.lines().map(str::trim).filter(is_kept).all(|line| line.split("), Box").all(|part| {
            let part = part.trim_end_matches(['(', ')', ']']);
            rest.any(|it| it.contains(part))
        })),
        "{edited}"
    );
    project.ok(&["heads"])?.says(0, &[&format!("{id} (head)")])?;
    project
        .ok(&["history", "-i"])?
        .says(0, &[&format!("{} -> {id} (head), add \"one\" column", fixture.head), "(current)"])?;
    project.run(&["check"])?.says(4, &[&id])?;
    project.run(&["create", "too early"])?.says(4, &["Target database is not up to date"])?;
    project.ok(&["show", "head"])?.says(0, &[&file])?;
    Ok(())
}

/// Every file, but what autogen and the tests keep.
fn files(project: &Project) -> Result<Vec<String>> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) -> Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("home") && !path.ends_with("target") {
                walk(&path, root, found)?;
            } else if path.is_file() {
                found.push(path.strip_prefix(root)?.to_string_lossy().into_owned());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    walk(&project.path(""), &project.path(""), &mut found)?;
    found.sort();
    Ok(found)
}

fn commands_that_need_sql_files(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(copied(FIXTURES[0])?);
    project.ok(&["init"])?;
    for command in [
        &["merge", "heads"][..],
        &["rebase", "x"],
        &["status"],
        &["create", "--amend"],
        &["upgrade", "--sql"],
        &["upgrade", "--dry-run"],
        &["downgrade", "--sql", "head:base"],
        &["stamp", "--sql", "head"],
        &["db", "ensure-version"],
        &["create", "x", "--head", "base"],
        &["create", "x", "--version-path", "y"],
    ] {
        project
            .run(command)?
            .says(2, &["with format = \"seaorm\" the Migrator of the project is the history", "hint:"])?;
    }
    // What cannot be counted along the list.
    project.ok(&["stamp", "m20220118"])?;
    project.run(&["upgrade", "nowhere"])?.says(1, &["there is no revision `nowhere`"])?;
    database.psql("DELETE FROM seaql_migrations WHERE version LIKE 'm20220101%'")?;
    project.run(&["downgrade", "m20220101"])?.says(1, &[])?;
    // Another format can be had.
    let project = database.project(copied(FIXTURES[0])?);
    project.ok(&["init", "--format", "sql"])?.says(0, &["wrote migrations/.gitattributes"])?;
    let empty = Project::new("", "models")?;
    std::fs::remove_file(empty.path("autogen.toml"))?;
    empty.run(&["init", "--format", "seaorm"])?.says(2, &["there is no `impl MigratorTrait for ..`"])
}

fn an_unusual_migrator_gets_lines_to_paste(suite: &Suite) -> Result<()> {
    let fixture = FIXTURES[0];
    let database = suite.database()?;
    let project = database.project(copied(fixture)?);
    let list = read(&project, fixture.migrator)?
        .replace("        vec![", "        let all: Vec<Box<dyn MigrationTrait>> = vec![");
    project.write(fixture.migrator, &list.replace("        ]\n", "        ];\n        all.into_iter().collect()\n"))?;
    project.ok(&["init"])?.says(0, &["is not one `vec![Box::new(..), ..]`"])?;
    database.psql(&read(&project, "database.sql")?)?;
    project.ok(&["stamp", "head"])?;
    project.ok(&["baseline"])?;
    Edits::new("unusual", 7, false).add_column(&project, fixture.entity)?;
    let before = read(&project, fixture.migrator)?;
    project.run(&["create", "more", "--rev-id", "m20300101_000000_more"])?.says(
        5,
        &[
            "migration/src/m20300101_000000_more.rs is written, but migration/src/lib.rs is left alone",
            "write into migration/src/lib.rs:   mod m20300101_000000_more;",
            "Box::new(m20300101_000000_more::Migration),",
        ],
    )?;
    ensure!(read(&project, fixture.migrator)? == before, "the Migrator was touched");
    Ok(())
}

/// `[seaorm] command` gets the arguments and the database, and no password is shown.
fn a_command_runs_them(suite: &Suite) -> Result<()> {
    let fixture = FIXTURES[3];
    let database = suite.database()?;
    let project = copied(fixture)?;
    project.ok(&["init"])?;
    let command = "\n[seaorm]\ncommand = [\"sh\", \"migrate.sh\"]\n";
    let config = read(&project, "autogen.toml")?.replace("\n[seaorm]\n", command);
    project.write("autogen.toml", &config)?;
    let script = "echo \"to $DATABASE_URL: $*\"\npsql -qX \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -f database.sql -c \"CREATE TABLE \
                  seaql_migrations (version varchar PRIMARY KEY, applied_at bigint NOT NULL)\" -c \"INSERT INTO seaql_migrations VALUES \
                  ('m20250101_000001_post', 0)\"\n";
    project.write("migrate.sh", script)?;
    let url = database.server().url_of("postgres", Some("s3cret"), database.name());
    let project = suite.scratch(project)?.env("DATABASE_URL", url);
    let run = project.ok(&["upgrade"])?;
    run.says(0, &["running sh migrate.sh up", ":***@", "ok 1 revision applied"])?;
    ensure!(!run.told().contains("s3cret"), "{}", run.told());
    project.ok(&["upgrade"])?.says(0, &["nothing to do"])?;
    project.ok(&["check"])?.says(0, &["models and migrations agree"])?;
    Ok(())
}

/// The long way: the migration crate is built and run, `rounds` edits go through both formats, up and down again.
fn compiled(fixture: Fixture, rounds: u32, suite: &Suite) -> Result<()> {
    let begin = Instant::now();
    let (database, beside) = (suite.database()?, suite.database()?);
    let project = with_cargo(database.project(copied(fixture)?))?;
    let sql = beside.project(copied(fixture)?);
    project.ok(&["init"])?;
    patient(&project, &["upgrade"])?;
    let built = begin.elapsed().as_secs();
    patient(&project, &["baseline"])?;
    project.ok(&["check"])?.says(0, &["models and migrations agree", "the database is at head and agrees"])?;
    sql.ok(&["init", "--format", "sql"])?;
    beside.psql(&read(&sql, "database.sql")?)?;
    sql.ok(&["baseline"])?;
    sql.ok(&["check"])?;
    let mut walk = Walk {
        name: fixture.folder,
        entity: fixture.entity,
        modules: fixture.modules,
        edits: Edits::new(fixture.folder, 1, fixture.folder.ends_with("2.0")),
        operations: 0,
    };
    walk.all(rounds, [(&project, &database), (&sql, &beside)])?;
    cargo(&project, fixture.migrations, &["clippy", "--quiet", "--", "-D", "warnings"])?;
    // Without a database: the crate runs on scratch.
    let alone = project.env("DATABASE_URL", "");
    patient(&alone, &["check"])?.says(0, &["models and migrations agree"])?;
    walk.tell(rounds, built, begin);
    Ok(())
}

/// With cargo, and the folder where all projects are built.
fn with_cargo(project: Project) -> Result<Project> {
    let target = std::env::var_os("AUTOGEN_SEAORM_TARGET")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/seaorm"), PathBuf::from);
    let home = std::env::home_dir().context("a home")?;
    let of = |name: &str, folder: &str| {
        std::env::var(name).unwrap_or_else(|_| home.join(folder).to_string_lossy().into_owned())
    };
    Ok(project
        .env("CARGO_HOME", of("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", of("RUSTUP_HOME", ".rustup"))
        .env("CARGO_TARGET_DIR", target.to_string_lossy().into_owned()))
}

/// What cargo says in a folder of the project; it must end well.
fn cargo(project: &Project, folder: &str, arguments: &[&str]) -> Result<String> {
    let variables = project.command(&[]);
    let set = variables.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let output = Command::new("cargo").args(arguments).envs(set).current_dir(project.path(folder)).output()?;
    let told = |of: &[u8]| String::from_utf8_lossy(of).into_owned();
    ensure!(output.status.success(), "cargo {}: {}{}", arguments.join(" "), told(&output.stdout), told(&output.stderr));
    Ok(told(&output.stdout))
}

/// A run that may build crates first.
fn patient(project: &Project, arguments: &[&str]) -> Result<Run> {
    let status = project
        .command(arguments)
        .stdin(std::process::Stdio::null())
        .stdout(std::fs::File::create(project.path("home/stdout"))?)
        .stderr(std::fs::File::create(project.path("home/stderr"))?)
        .status()?;
    let run = project.finished(arguments, status)?;
    ensure!(run.code == 0, "{}", run.told());
    Ok(run)
}
