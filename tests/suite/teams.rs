//! What people do who work on one history at the same time.

use std::fs;

use anyhow::{Result, ensure};

use crate::project::{CREATE_USERS, Project, users};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("teams::the_head_is_amended", amend),
        Case::new("teams::what_is_amended_away", amended_away),
        Case::new("teams::merge_of_branches_that_touch_the_same", merge_refused),
        Case::new("teams::merge_of_branches_in_one_order_only", merge_in_one_order),
        Case::new("teams::rebase_makes_one_line", rebase),
        Case::new("teams::rebase_leaves_what_is_applied", rebase_refused),
        Case::new("teams::squash_on_databases_at_every_place", squash),
        Case::new("teams::squash_that_cannot_be_one", squash_refused),
    ]
}

/// A first revision that is applied, and models that say more.
fn started(fields: &str) -> Result<Project> {
    let project = Project::with_models(&users(fields))?;
    project.write_revision("000000000001", "", CREATE_USERS, "DROP TABLE users;")?;
    Ok(project)
}

fn amend(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(started("pub bio: Option<String>,")?);
    project.ok(&["upgrade"])?;
    let start = database.dump()?;
    project.ok(&["create", "add bio", "--rev-id", "00000000000b"])?;
    project.ok(&["upgrade"])?;
    let name = project.revisions()?.pop().unwrap_or_default();

    project.write("models.rs", &users("pub about: Option<String>,"))?;
    project.run(&["create", "--amend"])?.says(5, &["is applied on", "--yes   answers yes"])?;
    project.ok(&["create", "--amend", "--yes"])?;
    database.must_be(&start, "what was applied is taken back")?;
    ensure!(project.revisions()?.last() == Some(&name), "the file keeps its name: {:?}", project.revisions()?);
    let text = fs::read_to_string(project.path("migrations").join(&name))?;
    ensure!(text.starts_with("-- add bio\n--\n-- Revision ID: 00000000000b\n-- Revises: 000000000001\n"), "{text}");
    ensure!(text.contains("ADD COLUMN \"about\"") && !text.contains("\"bio\""), "{text}");
    let lock = fs::read_to_string(project.path("migrations/autogen.lock"))?;
    ensure!(lock.contains("users.about") && !lock.contains("users.bio"), "{lock}");
    ensure!(lock.matches("00000000000b = ").count() == 1, "{lock}");

    // Another message, another name; there is still one file.
    project.ok(&["create", "--amend", "say what they are about"])?;
    let revisions = project.revisions()?;
    ensure!(revisions.len() == 2 && revisions[1].ends_with("_say_what_they_are_about.sql"), "{revisions:?}");
    project.ok(&["upgrade"])?;
    project.ok(&["check"]).map(drop)
}

fn amended_away(suite: &Suite) -> Result<()> {
    let project = suite.scratch(started("pub bio: Option<String>,")?)?;
    project.ok(&["create", "add bio", "--rev-id", "00000000000b"])?;
    project.write("models.rs", &users(""))?;
    let before = project.revisions()?;
    project
        .run(&["create", "--amend"])?
        .says(5, &["without 00000000000b (add bio) there is nothing to do", "git rm"])?;
    ensure!(project.revisions()? == before, "nothing is written");
    Ok(())
}

fn with_email() -> Result<Project> {
    let project = Project::with_models(&users(""))?;
    project.write_revision("000000000001", "", "CREATE TABLE users (id integer, email text);", "DROP TABLE users;")?;
    Ok(project)
}

/// Two branches behind the first revision.
fn forked(project: &Project, one: &str, other: &str) -> Result<()> {
    project.write_revision("00000000000a", "000000000001", one, "SELECT 1;")?;
    project.write_revision("00000000000b", "000000000001", other, "SELECT 1;")
}

fn merge_refused(suite: &Suite) -> Result<()> {
    let project = suite.scratch(with_email()?)?;
    let alter = |to: &str| format!("ALTER TABLE users ALTER COLUMN email SET DEFAULT '{to}';");
    forked(&project, &alter("a"), &alter("b"))?;
    let told = ["which of 00000000000a and 00000000000b comes first", "alter column users.email", "autogen rebase"];
    project.run(&["merge", "heads"])?.says(7, &told)?;
    ensure!(project.revisions()?.len() == 3, "nothing is written");
    project.ok(&["merge", "heads", "--no-prove"]).map(drop)
}

fn merge_in_one_order(suite: &Suite) -> Result<()> {
    let project = suite.scratch(with_email()?)?;
    let drop_email = "ALTER TABLE users DROP COLUMN email;";
    forked(&project, drop_email, "ALTER TABLE users ALTER COLUMN email SET DEFAULT 'b';")?;
    let told = [
        "applied one after the other, one of them fails",
        "upgrade of 00000000000b failed: column \"email\"",
        "autogen rebase",
    ];
    project.run(&["merge", "heads"])?.says(7, &told)
}

fn rebase(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(started("pub bio: Option<String>,")?);
    let add = "ALTER TABLE users ADD COLUMN bio text;";
    project.write_revision("00000000000a", "000000000001", add, "ALTER TABLE users DROP COLUMN bio;")?;
    project.write_revision("00000000000b", "000000000001", "CREATE VIEW v AS SELECT 1 AS a;", "DROP VIEW v;")?;
    project.write_revision("00000000000c", "00000000000b", "CREATE VIEW w AS SELECT 1 AS a;", "DROP VIEW w;")?;
    project.ok(&["upgrade", "00000000000a"])?;
    project.ok(&["rebase", "00000000000c"])?;
    let heads = project.ok(&["heads"])?.stdout;
    ensure!(heads.lines().count() == 1 && heads.contains("00000000000c"), "{heads}");
    let lock = fs::read_to_string(project.path("migrations/autogen.lock"))?;
    ensure!(lock.contains("00000000000b proved") && lock.contains("00000000000c proved"), "{lock}");
    project.ok(&["upgrade"])?;
    project.ok(&["downgrade", "000000000001"])?;
    project.ok(&["upgrade"]).map(drop)
}

fn rebase_refused(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(started("")?);
    forked(&project, "CREATE VIEW a AS SELECT 1;", "CREATE VIEW b AS SELECT 1;")?;
    project.ok(&["upgrade", "heads"])?;
    let told = ["00000000000b (", "is applied on", "autogen downgrade 000000000001", "autogen merge heads"];
    project.run(&["rebase", "00000000000b"])?.says(5, &told)?;
    project.run(&["rebase", "000000000001"])?.says(2, &["only line"]).map(drop)
}

/// Four revisions: a table, a column and its rows, an index.
fn four() -> Result<Project> {
    let project = started("#[sea_orm(indexed)] pub bio: Option<String>,")?;
    let add = "ALTER TABLE users ADD COLUMN bio varchar;";
    project.write_revision("00000000000a", "000000000001", add, "ALTER TABLE users DROP COLUMN bio;")?;
    project.write_revision(
        "00000000000b",
        "00000000000a",
        "INSERT INTO users (bio) VALUES ('b')",
        "DELETE FROM users;",
    )?;
    let index = "CREATE INDEX \"idx-users-bio\" ON users (bio);";
    project.write_revision("00000000000c", "00000000000b", index, "DROP INDEX \"idx-users-bio\";")?;
    Ok(project)
}

fn squash(suite: &Suite) -> Result<()> {
    let old = suite.database()?;
    let project = old.project(four()?);
    project.ok(&["upgrade", "000000000001"])?;
    let start = old.dump()?;
    project.ok(&["upgrade", "00000000000a"])?;
    project.run(&["squash", "00000000000a:00000000000b"])?.says(
        5,
        &["the database is at 00000000000a", "in the middle of what 00000000000b", "autogen upgrade 00000000000b"],
    )?;
    project.ok(&["upgrade"])?;
    let end = old.dump()?;
    let files: Vec<(String, String)> = project
        .revisions()?
        .into_iter()
        .map(|name| Ok((fs::read_to_string(project.path("migrations").join(&name))?, name)))
        .map(|read: Result<_>| read.map(|(text, name)| (name, text)))
        .collect::<Result<_>>()?;

    project.ok(&["squash", "00000000000a:00000000000c", "-m", "biographies"])?;
    ensure!(project.revisions()?.len() == 2, "{:?}", project.revisions()?);
    let lock = fs::read_to_string(project.path("migrations/autogen.lock"))?;
    ensure!(lock.contains("00000000000c proved"), "{lock}");

    // A database that has all of them has the one; nothing was edited, and the way back is that of all.
    let current = project.ok(&["current"])?.stdout;
    ensure!(current.lines().count() == 1 && current.contains("00000000000c"), "{current}");
    let again = project.ok(&["upgrade"])?.told();
    ensure!(!again.contains("edited") && !again.contains("Running"), "{again}");
    project.ok(&["check"])?;
    ensure!(!project.ok(&["status"])?.told().contains("edited"), "{}", project.ok(&["status"])?.told());
    project.ok(&["downgrade", "-1", "--yes"])?;
    old.must_be(&start, "the way back is that of all three")?;
    ensure!(project.ok(&["current"])?.stdout.contains("000000000001"), "{}", project.ok(&["current"])?.told());

    // One that gets it as one is the same, for who has the old files too.
    project.ok(&["upgrade"])?;
    old.must_be(&end, "as one they lead to the same schema")?;
    ensure!(old.psql("SELECT bio FROM users")? == "b", "the rows of the second are there");
    let squashed = project.revisions()?.pop().unwrap_or_default();
    fs::remove_file(project.path("migrations").join(squashed))?;
    for (name, text) in &files {
        fs::write(project.path("migrations").join(name), text)?;
    }
    let heads = project.ok(&["current"])?.stdout;
    ensure!(heads.lines().count() == 1 && heads.contains("00000000000c"), "{heads}");
    let again = project.ok(&["upgrade"])?.told();
    ensure!(!again.contains("Running"), "nothing runs twice: {again}");
    old.must_be(&end, "nothing runs twice")?;
    // The way back that the database keeps is that of all three; the files have it one by one.
    for from in [&["downgrade", "-1"][..], &["downgrade", "-1", "--from", "database"]] {
        project.run(from)?.says(5, &["was applied as one with 00000000000a, 00000000000b", "--from file"])?;
    }
    old.must_be(&end, "nothing is taken back")?;
    project.ok(&["downgrade", "000000000001", "--from", "file", "--yes"])?;
    old.must_be(&start, "one by one they lead back too")
}

fn squash_refused(suite: &Suite) -> Result<()> {
    let project = suite.scratch(four()?)?;
    project.run(&["squash", "00000000000c:"])?.says(5, &["holds fewer than two revisions"])?;
    project.write_revision("00000000000d", "00000000000b", "SELECT 1;", "SELECT 1;")?;
    project.run(&["squash", "00000000000a:00000000000c"])?.says(5, &["00000000000d", "branches off after"])?;

    let project = suite.scratch(Project::with_models("")?)?;
    project.write_revision("00000000000a", "", "CREATE TYPE e AS ENUM ('a');", "DROP TYPE e;")?;
    project.write_revision("00000000000b", "00000000000a", "ALTER TYPE e ADD VALUE 'b';", "SELECT 1;")?;
    let uses = "CREATE TABLE t (e e DEFAULT 'b');";
    project.write_revision("00000000000c", "00000000000b", uses, "DROP TABLE t;")?;
    project.run(&["squash", "00000000000b:"])?.says(7, &["they cannot be one", "a smaller range may do"])?;
    ensure!(project.revisions()?.len() == 3, "nothing is written");

    // A file that came back stands beside what replaces it.
    let before = fs::read_to_string(project.path("migrations").join(&project.revisions()?[0]))?;
    let name = project.revisions()?.remove(0);
    project.ok(&["squash", ":00000000000b"])?;
    fs::write(project.path("migrations").join(&name), before)?;
    project.run(&["heads"])?.says(1, &["which replaces it", &format!("rm migrations/{name}")])
}
