//! What a database has beside its history, and what protects it.

use anyhow::{Result, ensure};

use crate::project::{CREATE_USERS, Project, users};
use crate::{Case, Database, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("command::merge_joins_heads", merge_joins_heads),
        Case::new("command::baseline_takes_over", baseline_takes_over),
        Case::new("command::from_history_writes_what_was_made_by_hand", from_history),
        Case::new("bad_input::migration_that_runs_here_only", runs_here_only),
        Case::new("bad_input::downgrade_to_base_by_number_asks", downgrade_to_base_by_number_asks),
        Case::new("bad_input::protected_whatever_the_target", protected_whatever_the_target),
        Case::new("bad_input::downgrade_edited_after_it_was_applied", downgrade_edited),
    ]
}

/// A database at the head of a history of one revision.
fn applied(suite: &Suite, fields: &str) -> Result<(Database, Project)> {
    let database = suite.database()?;
    let project = Project::with_models(&users(fields))?;
    project.write_revision("000000000001", "", CREATE_USERS, "DROP TABLE users;")?;
    let project = database.project(project);
    project.ok(&["upgrade"])?;
    Ok((database, project))
}

fn merge_joins_heads(suite: &Suite) -> Result<()> {
    let project = suite.scratch(Project::with_models(&users(""))?)?;
    project.write_revision("000000000001", "", CREATE_USERS, "DROP TABLE users;")?;
    project.write_revision("00000000000a", "000000000001", "CREATE VIEW a AS SELECT 1;", "DROP VIEW a;")?;
    project.write_revision("00000000000b", "000000000001", "CREATE VIEW b AS SELECT 1;", "DROP VIEW b;")?;
    project.run(&["create", "anything"])?.says(8, &["autogen merge"])?;
    project.ok(&["merge", "heads", "--rev-id", "00000000000c"])?;
    ensure!(project.ok(&["heads"])?.stdout.contains("00000000000c"), "the merge is the only head");
    project.ok(&["check"]).map(drop)
}

fn baseline_takes_over(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let tables = "CREATE TABLE users (id serial PRIMARY KEY, bio varchar(9) DEFAULT 'x' CHECK (bio <> ''));
        CREATE INDEX by_bio ON users (lower(bio)) WHERE bio > 'a';
        CREATE TABLE theirs (id int, at date) PARTITION BY RANGE (at);
        CREATE VIEW shown AS SELECT bio FROM users;";
    database.psql(tables)?;
    let before = database.dump()?;
    let project = database.project(Project::with_models(&users("    pub bio: Option<String>,\n"))?);
    project.run(&["create", "anything"])?.says(5, &["autogen baseline"])?;
    let run = project.run(&["baseline"])?;
    run.says(0, &["view shown"])?;
    ensure!(database.dump()? == before, "baseline changed the database");
    project.run(&["create", "anything"])?.says(0, &["nothing to do"])?;
    project.ok(&["check"])?;
    ensure!(project.revisions()?.len() == 1, "one revision, the baseline");
    Ok(())
}

fn from_history(suite: &Suite) -> Result<()> {
    let (database, project) = applied(suite, "    pub bio: Option<String>,\n")?;
    database.psql("ALTER TABLE users ADD COLUMN bio text")?;
    project.run(&["create", "bio"])?.says(5, &["--from-history", "autogen stamp head"])?;
    project.ok(&["create", "bio", "--from-history"])?;
    project.ok(&["stamp", "head"])?;
    // The database keeps its text, the entity's String says no more than that.
    project.run(&["create", "again"])?.says(0, &["nothing to do"])
}

fn runs_here_only(suite: &Suite) -> Result<()> {
    let (database, project) = applied(suite, "")?;
    database.psql("ALTER TABLE users ADD COLUMN bio text")?;
    project.write("migrations/autogen.lock", "baseline + column public.users.bio\n")?;
    project.run(&["create", "drop it"])?.says(5, &["beside its history", "autogen check"])?;
    ensure!(project.revisions()?.len() == 1, "a revision was written");
    Ok(())
}

fn downgrade_to_base_by_number_asks(suite: &Suite) -> Result<()> {
    let (database, project) = applied(suite, "")?;
    project.run(&["downgrade", "-1"])?.says(5, &["--yes"])?;
    ensure!(database.psql("SELECT count(*) FROM users")? == "0", "the table is there");
    project.ok(&["downgrade", "-1", "--yes"]).map(drop)
}

fn protected_whatever_the_target(suite: &Suite) -> Result<()> {
    let (database, project) = applied(suite, "")?;
    let url = database.server().url(database.name());
    let config = "locking = \"simple\"\n[entities]\npath = \"models.rs\"\n[env.production]\nprotected = true\n";
    project.write("autogen.toml", &format!("{config}database_url = \"{url}\"\n"))?;
    for target in ["base", "-1"] {
        project.run(&["--env", "production", "downgrade", target, "--yes"])?.says(5, &["protected"])?;
    }
    ensure!(database.psql("SELECT count(*) FROM users")? == "0", "the table is there");
    Ok(())
}

fn downgrade_edited(suite: &Suite) -> Result<()> {
    let (database, project) = applied(suite, "")?;
    project.write_revision("000000000001", "", CREATE_USERS, "DROP TABLE users CASCADE;")?;
    project.run(&["downgrade", "-1", "--yes"])?.says(5, &["edited after it was applied", "--from database"])?;
    ensure!(database.psql("SELECT count(*) FROM users")? == "0", "the table is there");
    project.run(&["upgrade"])?.says(0, &["edited after it was applied"])
}
