//! A scenario is a folder: the entities, the database before, the migration that autogen must write, byte for byte.
//!
//! | file | what it holds |
//! |---|---|
//! | `models.rs` or `models/` | the entities, one module file or a crate folder; without them, SQL is all there is |
//! | `before.sql` | the database before: the upgrade section of a first revision; without it the history is empty |
//! | `owned.lock` | ledger lines: what the models declared before, and so may be dropped |
//! | `extras.sql` | what is declared in SQL; with `--strict` and without models it is all that is there after the upgrade |
//! | `kept.sql` | what is there beside it then, because it is kept and never compared: storage, privileges, partitions |
//! | `case.toml` | [`Case`] |
//! | `expected.sql` | the migration; `UPDATE_EXPECT=1` writes it |
//! | `expected-16.sql` | the same from this major on, where it prints an expression or a view in other words |

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::dump::{Dump, difference};
use crate::project::{Project, REVISION, Run};
use crate::{Case as Test, Database, Suite};

/// What a scenario may say about itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Case {
    /// Lines for the top of autogen.toml.
    config: String,
    /// Flags for `create`.
    create: Vec<String>,
    /// Rows of the database before, as SQL.
    seed: String,
    /// Queries that give the same before and after upgrade and downgrade.
    survive: Vec<String>,
    /// Queries and what they give after the upgrade.
    after: BTreeMap<String, String>,
    /// SQL that must work after the upgrade; what it does is rolled back.
    works: String,
    /// The exit code of `create`; other than 0, nothing may be written.
    exit: i32,
    /// False where `create` must find nothing to do.
    changes: Option<bool>,
    /// What `create` says.
    says: Vec<String>,
    /// Majors that cannot do it, and why.
    skip: BTreeMap<String, String>,
}

/// The first revision of a scenario that has a `before.sql`.
const START: &str = "000000000001";

/// One test a folder; with `AUTOGEN_TEST_SAMPLE=40` that many, spread over all.
pub(crate) fn trials() -> Vec<Test> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort_unstable();
    if let Some(sample) = sample() {
        let all = folders.len();
        let is_next = |at: &usize| at * sample / all != (at + 1) * sample / all;
        folders = (0..all).filter(is_next).map(|at| folders[at].clone()).collect();
    }
    folders
        .into_iter()
        .map(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Test::new(format!("scenario::{name}"), move |suite| run(suite, &folder))
        })
        .collect()
}

/// How many scenarios are enough.
pub(crate) fn sample() -> Option<usize> {
    std::env::var("AUTOGEN_TEST_SAMPLE").ok().and_then(|sample| sample.parse().ok())
}

fn run(suite: &Suite, folder: &Path) -> Result<()> {
    let case = read_case(folder)?;
    if case.skip.contains_key(&suite.server()?.major()?) {
        return Ok(());
    }
    let database = suite.database()?;
    let project = database.project(project(folder, &case)?);
    if folder.join("before.sql").exists() {
        project.ok(&["upgrade"]).context("the database before")?;
    }
    database.psql(&case.seed).context("the rows before")?;

    let start = State::of(&database, &case)?;
    let created = create(&project, &case)?;
    created.says(case.exit, &case.says.iter().map(String::as_str).collect::<Vec<_>>())?;
    // A proof without rows proves little: a scenario has to say that a table stays empty, and why.
    let empty = created
        .stderr
        .lines()
        .find(|line| line.contains("stays empty") && !case.says.iter().any(|it| line.contains(it)));
    ensure!(empty.is_none(), "{}", created.told());
    start.must_hold(&database, &case, "`create` changed the database")?;
    if case.exit != 0 || case.changes == Some(false) {
        ensure!(written(&project)?.is_none(), "a revision was written: {}", created.told());
        return match case.exit {
            0 => nothing_to_do(&project),
            _ => Ok(()),
        };
    }
    let revision = written(&project)?.with_context(|| format!("no revision was written: {}", created.told()))?;
    expect(folder, &suite.server()?.major()?, &fs::read_to_string(project.path("migrations").join(&revision))?)?;
    let goal = if case.create.iter().any(|flag| flag == "--strict") { goal(&database, folder)? } else { None };
    there_and_back(&project, &database, &case, &start, goal.as_ref())
}

/// What must be there after the upgrade where SQL alone declares it, made by that SQL in a database of its own.
fn goal(database: &Database, folder: &Path) -> Result<Option<Dump>> {
    if folder.join("models.rs").exists() || folder.join("models").exists() {
        return Ok(None);
    }
    let sql = ["extras.sql", "kept.sql"].map(|file| fs::read_to_string(folder.join(file)).unwrap_or_default());
    database.dump_of(&sql.join("\n")).map(Some)
}

/// Up, nothing left to do, down to the start, up again to the same.
fn there_and_back(
    project: &Project,
    database: &Database,
    case: &Case,
    start: &State,
    goal: Option<&Dump>,
) -> Result<()> {
    project.ok(&["upgrade"])?;
    let end = database.dump()?;
    if let Some(goal) = goal {
        database.must_be(goal, "the upgrade does not lead to what extras.sql declares")?;
    }
    for (query, expected) in &case.after {
        let rows = database.psql(query)?;
        ensure!(rows == *expected, "after the upgrade `{query}` gives\n{rows}\nand not\n{expected}");
    }
    database.psql(&format!("BEGIN; {}; ROLLBACK", case.works)).context("after the upgrade")?;
    nothing_to_do(project)?;
    project.ok(&["downgrade", "-1", "--yes"])?;
    start.must_hold(database, case, "the downgrade does not lead back to the start")?;
    project.ok(&["upgrade"])?;
    database.must_be(&end, "the second upgrade differs from the first")
}

/// `create` and `check` see that models and database agree.
fn nothing_to_do(project: &Project) -> Result<()> {
    let before = project.revisions()?;
    let run = project.ok(&["create", "again"]).context("models and database should agree now")?;
    ensure!(project.revisions()? == before, "the second `create` wrote a revision: {}", run.told());
    project.ok(&["check"]).map(drop)
}

/// What must be as before when everything is taken back.
struct State {
    dump: Dump,
    rows: Vec<String>,
}

impl State {
    fn of(database: &Database, case: &Case) -> Result<Self> {
        Ok(Self { dump: database.dump()?, rows: rows(database, case)? })
    }

    fn must_hold(&self, database: &Database, case: &Case, what: &str) -> Result<()> {
        database.must_be(&self.dump, what)?;
        let rows = rows(database, case)?;
        ensure!(rows == self.rows, "{what}: the rows are\n{rows:#?}\nand not\n{:#?}", self.rows);
        Ok(())
    }
}

fn rows(database: &Database, case: &Case) -> Result<Vec<String>> {
    case.survive.iter().map(|query| database.psql(query)).collect()
}

fn read_case(folder: &Path) -> Result<Case> {
    match fs::read_to_string(folder.join("case.toml")) {
        Ok(text) => toml::from_str(&text).context("case.toml"),
        Err(_) => Ok(Case::default()),
    }
}

fn project(folder: &Path, case: &Case) -> Result<Project> {
    let entities = if folder.join("models").is_dir() { "models" } else { "models.rs" };
    let sources = [("path", entities), ("extras", "extras.sql")];
    let sources: Vec<_> = sources.into_iter().filter(|(_, file)| folder.join(file).exists()).collect();
    let lines: Vec<String> = sources.iter().map(|(key, file)| format!("{key} = \"{file}\"")).collect();
    let project = Project::declared_by(&case.config, &lines.join("\n"))?;
    for (_, file) in sources {
        project.copy(&folder.join(file), file)?;
    }
    if let Ok(before) = fs::read_to_string(folder.join("before.sql")) {
        project.write_revision(START, "", before.trim_end(), "")?;
    }
    if folder.join("owned.lock").exists() {
        project.copy(&folder.join("owned.lock"), "migrations/autogen.lock")?;
    }
    Ok(project)
}

fn create(project: &Project, case: &Case) -> Result<Run> {
    let mut arguments = vec!["create", "the change", "--rev-id", REVISION];
    arguments.extend(case.create.iter().map(String::as_str));
    project.run(&arguments)
}

/// The file that `create` wrote.
fn written(project: &Project) -> Result<Option<String>> {
    Ok(project.revisions()?.into_iter().find(|name| name == &format!("20241211_1430_{REVISION}_the_change.sql")))
}

fn expect(folder: &Path, major: &str, actual: &str) -> Result<()> {
    let major: u32 = major.parse()?;
    let since = |since: &u32| folder.join(format!("expected-{since}.sql"));
    let newer = (13..=major).rev().find(|it| since(it).exists());
    let path = newer.map_or_else(|| folder.join("expected.sql"), |it| since(&it));
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if actual == expected {
        return Ok(());
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        // The plain file is what 15 prints; views and named NOT NULLs are printed otherwise from 16 on.
        let anew = if newer.is_none() && major >= 16 && !expected.is_empty() { since(&16) } else { path };
        return Ok(fs::write(anew, actual)?);
    }
    let difference = difference(&expected, actual);
    bail!("the revision differs from {} (UPDATE_EXPECT=1 accepts it):\n{difference}", path.display())
}
