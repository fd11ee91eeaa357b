//! What the database knows, written into the entities.

use anyhow::{Result, ensure};

use crate::project::Project;
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("pull::writes_what_is_there", writes_what_is_there),
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

/// An attribute that the entity's own code overrules, or a macro that makes another field of it: the check after the
/// writing finds it.
fn keeps_nothing_that_would_change_something(suite: &Suite) -> Result<()> {
    let project = Project::with_models(
        "pub mod user {\n    use sea_orm::entity::prelude::*;\n    #[sea_orm::model]\n    #[derive(Clone, Debug, \
         PartialEq, DeriveEntityModel)]\n    #[sea_orm(table_name = \"users\")]\n    pub struct Model {\n        \
         #[sea_orm(primary_key)]\n        pub id: i32,\n    }\n    impl ActiveModelBehavior for ActiveModel {}\n}\n",
    )?;
    let view = "CREATE TABLE users (id serial PRIMARY KEY); CREATE SCHEMA other; CREATE TABLE other.t (id int);
        CREATE VIEW v AS SELECT users.id FROM users, other.t;";
    project.write_revision("000000000001", "", view, "SELECT 1;")?;
    let project = suite.scratch(project)?;
    let before = (std::fs::read(project.path("models.rs"))?, std::fs::read(project.path("autogen.toml"))?);
    let run = project.run(&["pull", "--yes"])?;
    let after = (std::fs::read(project.path("models.rs"))?, std::fs::read(project.path("autogen.toml"))?);
    // Whatever came of it, it is whole.
    if run.code == 0 {
        return project.ok(&["check"]).map(drop);
    }
    ensure!(before == after && !project.path("extras.sql").exists(), "{}", run.told());
    run.says(run.code, &["nothing was kept"])
}
