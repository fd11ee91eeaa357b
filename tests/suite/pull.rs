//! What the database knows, written into the entities.

use anyhow::{Result, ensure};

use crate::project::{Project, users};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("pull::writes_what_is_there", writes_what_is_there),
        Case::new("pull::makes_entities_of_tables", makes_entities_of_tables),
        Case::new("pull::keeps_nothing_that_would_change_something", keeps_nothing_that_would_change_something),
    ]
}

const MODELS: &str = include_str!("pull/before.rs.txt");
const PULLED: &str = include_str!("pull/after.rs.txt");
const HISTORY: &str = include_str!("pull/history.sql");
const EXTRAS: &str = include_str!("pull/extras.sql");

fn shop(suite: &Suite) -> Result<Project> {
    let project = Project::new("", "models.rs")?;
    project.write("models.rs", MODELS)?;
    project.write_revision("000000000001", "", HISTORY, "SELECT 1;")?;
    suite.scratch(project)
}

/// `check` is quiet before and after, hand-written code stays byte for byte, and what is declared is owned.
fn writes_what_is_there(suite: &Suite) -> Result<()> {
    let project = shop(suite)?;
    let read = |name: &str| std::fs::read_to_string(project.path(name));
    let config = read("autogen.toml")?;
    project.ok(&["check"])?;
    project
        .run(&["pull", "--dry-run"])?
        .says(0, &["+        #[sea_orm(indexed)]", "--- /dev/null", "nothing was written"])?;
    project.run(&["pull"])?.says(5, &["not answered: Write this?", "--yes"])?;
    ensure!(read("models.rs")? == MODELS && read("autogen.toml")? == config, "written before anybody said yes");
    // A part of it first.
    project.run(&["pull", "posts.*", "--yes"])?.says(0, &["wrote models.rs", "owned from now on"])?;
    ensure!(read("autogen.toml")? == config, "nothing of it needs SQL");
    let told = project.run(&["pull", "--types", "--yes"])?;
    told.says(
        0,
        &["tables without an entity, written where they are named: audit", "wrote autogen.toml, extras.sql, models.rs"],
    )?;
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/pull");
        std::fs::write(format!("{folder}/after.rs.txt"), read("models.rs")?)?;
        std::fs::write(format!("{folder}/extras.sql"), read("extras.sql")?)?;
    } else {
        ensure!(read("models.rs")? == PULLED, "{}", crate::dump::difference(PULLED, &read("models.rs")?));
        ensure!(read("extras.sql")? == EXTRAS, "{}", crate::dump::difference(EXTRAS, &read("extras.sql")?));
    }
    ensure!(read("autogen.toml")? == config.replace("[entities]\n", "[entities]\nextras = \"extras.sql\"\n"));
    project.run(&["check"])?.says(0, &["models and migrations agree", "left alone: 1 table that nobody declares"])?;
    let lock = read("migrations/autogen.lock")?;
    for owned in [
        "+ index public.users.ix_lower",
        "+ column public.users.bio",
        "+ view public.v",
        "+ label public.status.on%20hold",
    ] {
        ensure!(lock.contains(owned), "{owned}: {lock}");
    }
    project.run(&["pull"])?.says(0, &["the entities say everything that is there"])?;
    // What it wrote is declared: taken out, it goes.
    project.write("models.rs", &read("models.rs")?.replace("        #[sea_orm(default_value = 0)]\n", ""))?;
    project.run(&["check"])?.says(3, &["~ column users.visits"])
}

const ORDERS: &str = include_str!("pull/orders.rs.txt");

/// A file and a `mod` line for each table that is asked for.
fn makes_entities_of_tables(suite: &Suite) -> Result<()> {
    let project = Project::new("", "entity")?;
    project.write(
        "entity/Cargo.toml",
        "[package]\nname = \"entity\"\nversion = \"0.1.0\"\n[dependencies]\nsea-orm = \"2\"\n",
    )?;
    let root = "//! Mine.\n\npub mod user; // kept\n\nfn keep() {}\n";
    project.write("entity/src/lib.rs", root)?;
    project.write("entity/src/user.rs", &users("").replace("#[sea_orm::model]\n", ""))?;
    project.write_revision("000000000001", "", include_str!("pull/orders.sql"), "SELECT 1;")?;
    let project = suite.scratch(project)?;
    let told = ["+    pub code: String,", "wrote entity/src/lib.rs, entity/src/orders.rs"];
    project.run(&["pull", "orders", "--yes"])?.says(0, &told)?;
    let written = std::fs::read_to_string(project.path("entity/src/orders.rs"))?;
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/pull/orders.rs.txt"), &written)?;
    } else {
        ensure!(written == ORDERS, "{}", crate::dump::difference(ORDERS, &written));
    }
    let lib = std::fs::read_to_string(project.path("entity/src/lib.rs"))?;
    ensure!(lib == root.replace("// kept\n", "// kept\npub mod orders;\n"), "{lib}");
    let told = project.run(&["pull", "--all", "--yes"])?;
    told.says(0, &["warning: by hand: table log: it has no primary key", "order_lines.rs", "extras.sql"])?;
    project.run(&["check"])?.says(0, &["models and migrations agree", "left alone: 1 table that nobody declares"])
}

/// A function that was made unseen cannot be made again: the look after the writing finds it.
fn keeps_nothing_that_would_change_something(suite: &Suite) -> Result<()> {
    let project = Project::with_models(&users(""))?;
    let unseen = "CREATE TABLE users (id serial PRIMARY KEY);
        SET LOCAL check_function_bodies = off;
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT nothing FROM nowhere';
        CREATE SCHEMA other; CREATE TABLE other.t (id int); CREATE VIEW v AS SELECT t.id FROM other.t;";
    project.write_revision("000000000001", "", unseen, "SELECT 1;")?;
    let project = suite.scratch(project)?;
    // A view may stand on what is not looked at.
    project.ok(&["check"])?;
    let read = |name: &str| std::fs::read(project.path(name));
    let before = (read("models.rs")?, read("autogen.toml")?);
    let run = project.run(&["pull", "--yes"])?;
    ensure!(before == (read("models.rs")?, read("autogen.toml")?) && read("extras.sql").is_err(), "{}", run.told());
    run.says(2, &["nowhere", "nothing was kept: the files are as they were"])?;
    project.run(&["pull", "v", "--yes"])?.says(0, &["wrote autogen.toml, extras.sql; 4 owned from now on"])?;
    project.ok(&["check"]).map(drop)
}
