//! What others make of the same projects, as they are and after an edit: `make compared` builds them and prints the table
//! that tests/seaorm/README.md shows. Nothing is concluded from their documentation: what counts is the file that one
//! writes, what its `up` does, and what `pg_dump` says of a database that the other has synchronized.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::{FIXTURES, Fixture, copied, read};
use crate::project::Project;
use crate::{Case, Database, Suite};

const COMPARED: &str = "AUTOGEN_COMPARED";
/// Pinned: another version is another comparison.
const GENERATOR: &str = "0.3.3";
const SYNC: &str = "=2.0.4";

pub(super) fn trials() -> Option<Case> {
    std::env::var_os(COMPARED).map(|_| Case::new("seaorm::compared", compared))
}

/// A change of the entities of the first project.
struct Edit {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// How a person answers what autogen asks.
    answer: &'static [&'static str],
}

const EDITS: [Edit; 6] = [
    Edit {
        what: "a NOT NULL column, on a table with rows",
        file: "entity/src/filling.rs",
        from: "    pub name: String,\n",
        to: "    pub name: String,\n    pub weight: i32,\n",
        answer: &["--fill", "filling.weight=0"],
    },
    Edit {
        what: "numeric(10,2) becomes numeric(12,2)",
        file: "entity/src/cake.rs",
        from: "Some((10, 2))",
        to: "Some((12, 2))",
        answer: &[],
    },
    Edit {
        what: "a column is renamed",
        file: "entity/src/order.rs",
        from: "pub note:",
        to: "pub remark:",
        answer: &["--rename", "order.note=remark"],
    },
    Edit {
        what: "a column is no longer unique",
        file: "entity/src/order.rs",
        from: "    #[sea_orm(unique)]\n",
        to: "",
        answer: &["--allow-drops"],
    },
    Edit {
        what: "a column goes",
        file: "entity/src/filling.rs",
        from: "    pub tags: Option<Vec<String>>,\n",
        to: "",
        answer: &["--allow-drops"],
    },
    Edit {
        what: "an enum gets a value",
        file: "entity/src/cake.rs",
        from: "    Pie,\n",
        to: "    Pie,\n    #[sea_orm(string_value = \"tart\")]\n    Tart,\n",
        answer: &[],
    },
];

const ROWS: &str = "INSERT INTO cake (name) VALUES ('plain');
INSERT INTO filling (cake_id, name, tags) VALUES (1, 'jam', '{red}');
INSERT INTO \"order\" (number, note) VALUES ('AB1', 'soon');";

/// Where the entities of a project are, for the two others: a folder of files; the file of the modules, and these.
fn entities(fixture: Fixture) -> (&'static str, &'static str, &'static [&'static str]) {
    match fixture.folder {
        "a-workspace-1.1" => ("entity/src", "entity/src/lib.rs", &["cake", "filling", "order"]),
        "b-workspace-2.0" => ("crates/domain/src/tables", "crates/domain/src/tables/mod.rs", &["author", "book"]),
        "c-loco-1.1" => ("src/models/_entities", "src/models/_entities/mod.rs", &["users", "notes"]),
        _ => ("src", "src/db.rs", &["post"]),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what is asked for")]
fn compared(suite: &Suite) -> Result<()> {
    let tools = Tools::built()?;
    println!("| project | autogen | seaorm-auto-migration {GENERATOR} | schema-sync of SeaORM {} |", &SYNC[1..]);
    println!("|---|---|---|---|");
    for fixture in FIXTURES {
        let cells = Trial { fixture, edit: None, tools: &tools, suite }.cells()?;
        println!("| {}, as it is | {} |", fixture.folder, cells.join(" | "));
    }
    for edit in &EDITS {
        let cells = Trial { fixture: FIXTURES[0], edit: Some(edit), tools: &tools, suite }.cells()?;
        println!("| {} | {} |", edit.what, cells.join(" | "));
    }
    Ok(())
}

/// The others, and where what they need is built.
struct Tools {
    generator: PathBuf,
    target: PathBuf,
}

impl Tools {
    fn built() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
        let root = std::env::var_os("CARGO_TARGET_DIR").map_or(root, PathBuf::from).join("compared");
        let generator = root.join("bin/seaorm-auto-migration");
        let target = root.join("target");
        if !generator.is_file() {
            let mut install = Command::new("cargo");
            install.args(["install", "seaorm-auto-migration", "--version", GENERATOR, "--locked", "--debug", "--root"]);
            let status = install.arg(&root).env("CARGO_TARGET_DIR", &target).status()?;
            ensure!(status.success(), "cargo install seaorm-auto-migration");
        }
        Ok(Self { generator, target })
    }
}

/// One project, as it is or after an edit, before all three.
struct Trial<'a> {
    fixture: Fixture,
    edit: Option<&'a Edit>,
    tools: &'a Tools,
    suite: &'a Suite,
}

impl Trial<'_> {
    fn cells(&self) -> Result<[String; 3]> {
        Ok([self.autogen()?, self.generator()?, self.sync()?])
    }

    /// The project with its filled database, before any edit.
    fn begun(&self) -> Result<(Database, Project)> {
        let database = self.suite.database()?;
        let project = database.project(copied(self.fixture)?);
        project.ok(&["init"])?;
        database.psql(&read(&project, "database.sql")?)?;
        if self.fixture.folder == FIXTURES[0].folder {
            database.psql(ROWS)?;
        }
        project.ok(&["stamp", "head"])?;
        Ok((database, project))
    }

    /// The same for the two others. After an edit, without what neither gets past: their first failure would hide the rest.
    fn begun_easier(&self) -> Result<(Database, Project)> {
        let (database, project) = self.begun()?;
        if self.edit.is_some() {
            database.psql("DROP VIEW order_count; DROP INDEX filling_once")?;
        }
        Ok((database, project))
    }

    fn edit(&self, project: &Project) -> Result<()> {
        let Some(edit) = self.edit else { return Ok(()) };
        let text = read(project, edit.file)?;
        ensure!(text.contains(edit.from), "{} has no `{}`", edit.file, edit.from);
        project.write(edit.file, &text.replacen(edit.from, edit.to, 1))
    }

    fn autogen(&self) -> Result<String> {
        let (_database, project) = self.begun()?;
        project.ok(&["baseline"])?;
        self.edit(&project)?;
        let answer = self.edit.map_or(&[][..], |it| it.answer);
        let plain = project.run(&["create", "x"])?;
        let asks = if plain.code == 5 { format!("asks (`{}`), then ", answer.join(" ")) } else { String::new() };
        let run = if plain.code == 5 { project.ok(&[&["create", "x"], answer].concat())? } else { plain };
        ensure!(run.code == 0, "{}", run.told());
        let operations: Vec<String> = run
            .stdout
            .lines()
            .filter(|it| ["  + ", "  ~ ", "  - "].iter().any(|sign| it.starts_with(sign)))
            .map(words)
            .collect();
        Ok(if operations.is_empty() {
            "nothing to do".to_owned()
        } else {
            format!("{asks}{}; proved both ways", operations.join(", "))
        })
    }

    fn generator(&self) -> Result<String> {
        let (database, project) = self.begun_easier()?;
        self.edit(&project)?;
        let (folder, _, _) = entities(self.fixture);
        let url = database.server().url_of("postgres", None, database.name());
        let before: BTreeSet<PathBuf> = files(&project.path(self.fixture.migrations))?;
        let output = Command::new(&self.tools.generator)
            .args([
                "generate",
                "x",
                "--entities",
                folder,
                "--migration-dir",
                self.fixture.migrations,
                "--database-url",
                &url,
            ])
            .current_dir(project.path(""))
            .stdin(Stdio::null())
            .output()?;
        if !output.status.success() {
            return Ok(format!("fails: {}", last_line(&output)));
        }
        let new = files(&project.path(self.fixture.migrations))?.difference(&before).next().cloned();
        let Some(new) = new else { return Ok("nothing to do".to_owned()) };
        let text = fs::read_to_string(new)?;
        let up = text.split("async fn down").next().unwrap_or_default();
        let told = counted(up);
        if self.edit.is_none() {
            return Ok(told);
        }
        let dump = database.dump()?;
        let applied = self.cargo(&project, &["run", "--manifest-path", "migration/Cargo.toml", "--", "up"], &url)?;
        let outcome = match applied.status.success() {
            true if dump == database.dump()? => "; `up` changes nothing".to_owned(),
            true => String::new(),
            false => format!("; `up` fails: {}", last_line(&applied)),
        };
        Ok(format!("{told}{outcome}"))
    }

    fn sync(&self) -> Result<String> {
        let (database, project) = self.begun_easier()?;
        self.edit(&project)?;
        let (_, root, modules) = entities(self.fixture);
        let file = project.path(root);
        let registered: String =
            modules.iter().map(|it| format!("        .register(entities::{it}::Entity)\n")).collect();
        project.write(
            "sync/src/main.rs",
            &format!("#[allow(unused)]\n#[path = {file:?}]\nmod entities;\n\n{MAIN}",)
                .replace("        .register\n", &registered),
        )?;
        project.write("sync/Cargo.toml", &MANIFEST.replace("VERSION", SYNC))?;
        let url = database.server().url_of("postgres", None, database.name());
        let built = self.cargo(&project, &["build", "--manifest-path", "sync/Cargo.toml"], &url)?;
        ensure!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let before = database.dump()?;
        let output = self.cargo(&project, &["run", "--manifest-path", "sync/Cargo.toml"], &url)?;
        let after = database.dump()?;
        let changes = changed(&before.0, &after.0);
        let told = if changes.is_empty() { "changes nothing".to_owned() } else { changes };
        Ok(if output.status.success() { told } else { format!("fails: {}", last_line(&output)) })
    }

    fn cargo(&self, project: &Project, arguments: &[&str], url: &str) -> Result<Output> {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).current_dir(project.path("")).stdin(Stdio::null());
        let output = cargo.env("DATABASE_URL", url).env("CARGO_TARGET_DIR", &self.tools.target).output()?;
        Ok(output)
    }
}

const MAIN: &str = r#"#[tokio::main]
async fn main() -> Result<(), sea_orm::DbErr> {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let database = sea_orm::Database::connect(url).await?;
    database
        .get_schema_builder()
        .register
        .sync(&database)
        .await
}
"#;

const MANIFEST: &str = r#"[workspace]

[package]
name = "sync"
version = "0.1.0"
edition = "2021"

[dependencies]
sea-orm = { version = "VERSION", default-features = false, features = ["macros", "runtime-tokio", "sqlx-postgres", "schema-sync", "with-json", "with-chrono", "with-uuid", "with-rust_decimal", "postgres-array"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[profile.dev]
debug = false
"#;

/// What a generated `up` does, by kind.
fn counted(up: &str) -> String {
    let kinds = [
        (".create_table(", "creates", "table"),
        ("Table::drop()", "drops", "table"),
        (".add_column(", "adds", "column"),
        (".drop_column(", "drops", "column"),
        (".rename_column(", "renames", "column"),
        ("\\\" TYPE ", "changes the type of", "column"),
        (" SET DEFAULT ", "sets the default of", "column"),
        (" DROP DEFAULT", "drops the default of", "column"),
        (" SET NOT NULL", "sets NOT NULL on", "column"),
        (" DROP NOT NULL", "drops NOT NULL of", "column"),
        (".create_index(", "creates", "index"),
        (".drop_index(", "drops", "index"),
        (".create_foreign_key(", "creates", "foreign key"),
        (".drop_foreign_key(", "drops", "foreign key"),
    ];
    let told = kinds.into_iter().filter_map(|(pattern, verb, noun)| match up.matches(pattern).count() {
        0 => None,
        1 => Some(format!("{verb} 1 {noun}")),
        count if noun == "index" => Some(format!("{verb} {count} indexes")),
        count => Some(format!("{verb} {count} {noun}s")),
    });
    let told = told.collect::<Vec<_>>().join(", ");
    let tables = up.split("Table::drop().table(").skip(1).filter_map(|it| it.split("::").next());
    let tables: Vec<&str> = tables.collect();
    told.replace("drops 1 table", &format!("drops {}", tables.join(", ")))
}

/// The lines that only one of two dumps has.
fn changed(before: &str, after: &str) -> String {
    let lines = |text: &str| -> BTreeSet<String> {
        text.lines()
            .map(|it| it.trim().trim_end_matches(',').to_owned())
            .filter(|it| !it.is_empty() && !it.starts_with('\\'))
            .collect()
    };
    let (before, after) = (lines(before), lines(after));
    let gone = before.difference(&after).map(|it| format!("- `{it}`"));
    let new = after.difference(&before).map(|it| format!("+ `{it}`"));
    gone.chain(new).collect::<Vec<_>>().join(", ")
}

/// `  + column filling.weight   integer not null` as `+ column filling.weight`.
fn words(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let kind = if matches!(words.get(1), Some(&"unique" | &"foreign")) { 2 } else { 1 };
    words.into_iter().take(2 + kind).collect::<Vec<_>>().join(" ")
}

/// What it said of its failure: Postgres' message, where there is one.
fn last_line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = text.lines().rev().find(|it| it.to_lowercase().contains("error")).or(text.lines().last());
    let said = said.unwrap_or_default().trim().replace('|', "/");
    let message = said.split_once("message: \"").and_then(|(_, rest)| rest.split_once("\", detail"));
    message.map_or(said.clone(), |(message, _)| message.replace("\\\"", "\""))
}

fn files(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    fs::read_dir(folder)?.map(|it| Ok(it?.path())).collect::<Result<_>>().context("the migrations")
}
