//! Revisions that do not fit together, or not the database.

use std::fs;

use anyhow::{Result, ensure};

use crate::project::{CREATE_USERS, Project, REVISION, USERS, revision};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("bad_input::revision_twice", revision_twice),
        Case::new("bad_input::revision_missing", revision_missing),
        Case::new("bad_input::revisions_in_a_circle", revisions_in_a_circle),
        Case::new("bad_input::header_broken", header_broken),
        Case::new("bad_input::quote_unclosed", quote_unclosed),
        Case::new("bad_input::revision_unknown_to_the_folder", revision_unknown_to_the_folder),
        Case::new("bad_input::database_behind", database_behind),
        Case::new("bad_input::database_full_and_history_empty", database_full_and_history_empty),
        Case::new("bad_input::several_heads", several_heads),
        Case::new("bad_input::targets_unknown", targets_unknown),
        Case::new("bad_input::statement_fails", statement_fails),
        Case::new("bad_input::statement_fails_half_way", statement_fails_half_way),
        Case::new("bad_input::rows_in_the_way", rows_in_the_way),
    ]
}

fn project() -> Result<Project> {
    let project = Project::with_models(USERS)?;
    project.write_revision("000000000001", "", CREATE_USERS, "DROP TABLE users;")?;
    Ok(project)
}

/// Whatever is asked, the folder is refused with these words and the database stays empty.
fn folder_refused(suite: &Suite, project: Project, code: i32, texts: &[&str]) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project);
    let before = project.revisions()?;
    for command in [["upgrade"].as_slice(), &["create", "anything"], &["history"], &["check"]] {
        let run = project.run(command)?;
        run.says(code, texts)?;
        run.says(code, &["error", "hint"])?;
    }
    ensure!(project.revisions()? == before, "the folder changed");
    ensure!(database.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")? == "0", "a table was created");
    Ok(())
}

fn revision_twice(suite: &Suite) -> Result<()> {
    let project = project()?;
    project.write("migrations/20240102_0000_copy.sql", &revision("000000000001", "", "SELECT 1;", ""))?;
    folder_refused(
        suite,
        project,
        1,
        &["000000000001", "20240101_0000_000000000001_by_hand.sql", "20240102_0000_copy.sql"],
    )
}

fn revision_missing(suite: &Suite) -> Result<()> {
    let project = project()?;
    project.write_revision("000000000003", "000000000002", "SELECT 1;", "")?;
    folder_refused(suite, project, 1, &["000000000003", "000000000002"])
}

fn revisions_in_a_circle(suite: &Suite) -> Result<()> {
    let project = project()?;
    project.write_revision("000000000002", "000000000003", "SELECT 1;", "")?;
    project.write_revision("000000000003", "000000000002", "SELECT 1;", "")?;
    folder_refused(suite, project, 1, &["000000000002", "000000000003"])
}

fn header_broken(suite: &Suite) -> Result<()> {
    for (text, word) in [
        ("CREATE TABLE x (id integer);\n".to_owned(), "header"),
        (revision("", "", "SELECT 1;", ""), "Revision ID"),
        (revision("not an id", "", "SELECT 1;", ""), "Revision ID"),
        (
            revision("000000000002", "000000000001", "SELECT 1;", "").replace("-- autogen: upgrade\n", ""),
            "autogen: upgrade",
        ),
        (revision("000000000002", "000000000001", "-- autogen: upgrdae\nSELECT 1;", ""), "upgrdae"),
    ] {
        let project = project()?;
        project.write("migrations/20240102_0000_broken.sql", &text)?;
        folder_refused(suite, project, 1, &["20240102_0000_broken.sql", word])?;
    }
    Ok(())
}

fn quote_unclosed(suite: &Suite) -> Result<()> {
    let project = project()?;
    project.write_revision("000000000002", "000000000001", "COMMENT ON TABLE users IS 'it;\n", "SELECT 1;")?;
    folder_refused(suite, project, 1, &["000000000002_by_hand.sql"])
}

fn revision_unknown_to_the_folder(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    project.write_revision("000000000002", "000000000001", "ALTER TABLE users ADD bio text;", "")?;
    project.ok(&["upgrade"])?;
    fs::remove_file(project.path("migrations/20240101_0000_000000000002_by_hand.sql"))?;
    let before = database.dump()?;
    // The way back needs no file: the database has kept it.
    for command in [["upgrade"].as_slice(), &["create", "anything"]] {
        let run = project.run(command)?;
        ensure!(matches!(run.code, 1 | 4), "expected a refusal: {}", run.told());
        run.says(run.code, &["000000000002", "hint"])?;
    }
    database.must_be(&before, "the database changed")?;
    ensure!(project.revisions()?.len() == 1, "the folder changed");
    Ok(())
}

fn database_behind(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    for _ in 0..2 {
        project
            .run(&["create", "anything"])?
            .says(4, &["Target database is not up to date.", "hint", "autogen upgrade"])?;
        project.write_revision("000000000002", "000000000001", "SELECT 1;", "")?;
        project.ok(&["upgrade", "000000000001"])?;
    }
    project.run(&["check"])?.says(4, &["autogen upgrade"])?;
    project.ok(&["upgrade"])?;
    project.ok(&["check"])?;
    Ok(())
}

fn database_full_and_history_empty(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    database.psql(CREATE_USERS)?;
    let project = database.project(Project::with_models(USERS)?);
    let run = project.run(&["create", "anything"])?;
    ensure!(run.code != 0, "it should stop: {}", run.told());
    run.says(run.code, &["hint", "autogen baseline"])?;
    ensure!(project.revisions()?.is_empty(), "a revision was written");
    Ok(())
}

fn several_heads(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    project.write_revision("00000000000a", "000000000001", "ALTER TABLE users ADD a text;", "")?;
    project.write_revision("00000000000b", "000000000001", "ALTER TABLE users ADD b text;", "")?;
    let heads = project.ok(&["heads"])?;
    heads.says(0, &["00000000000a", "00000000000b"])?;
    for command in [["upgrade"].as_slice(), &["upgrade", "head"], &["create", "anything"]] {
        project.run(command)?.says(8, &["00000000000a", "00000000000b", "hint"])?;
    }
    project.run(&["upgrade", "00000000000"])?.says(8, &["00000000000a", "00000000000b"])?;
    ensure!(project.revisions()?.len() == 3, "a revision was written");
    Ok(())
}

fn targets_unknown(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    project.ok(&["upgrade"])?;
    let before = database.dump()?;
    for command in [
        ["upgrade", "ffff"].as_slice(),
        &["downgrade", "ffff", "--yes"],
        &["downgrade", "-5", "--yes"],
        &["stamp", "ffff"],
    ] {
        let run = project.run(command)?;
        ensure!(run.code != 0, "it should stop: {}", run.told());
        run.says(run.code, &["error", "hint"])?;
    }
    database.must_be(&before, "the database changed")?;
    Ok(())
}

fn statement_fails(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    project.write_revision(
        REVISION,
        "000000000001",
        "ALTER TABLE users ADD a text;\n\nALTER TABLE users ADD b nosuchtype;",
        "",
    )?;
    let run = project.run(&["upgrade"])?;
    run.says(1, &[REVISION, "nosuchtype", "does not exist", "hint"])?;
    let columns = "SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0";
    ensure!(database.psql(columns)? == "id", "a part of the failed revision was applied");
    project.ok(&["current"])?.says(0, &["000000000001"])?;
    project.write_revision(
        REVISION,
        "000000000001",
        "ALTER TABLE users ADD a text;\n\nALTER TABLE users ADD b text;",
        "",
    )?;
    project.ok(&["upgrade"])?;
    ensure!(database.psql(columns)? == "id,a,b", "the repaired revision was not applied");
    Ok(())
}

fn statement_fails_half_way(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    let good =
        "ALTER TABLE users ADD a text;\n\n-- autogen: autocommit\nCREATE INDEX CONCURRENTLY users_a ON users (a);\n\n";
    project.write_revision(REVISION, "000000000001", &format!("{good}ALTER TABLE users ADD b nosuchtype;"), "")?;
    project.run(&["upgrade"])?.says(1, &[REVISION, "nosuchtype", "hint"])?;
    project.write_revision(REVISION, "000000000001", &format!("{good}ALTER TABLE users ADD b text;"), "")?;
    // The first two steps are done and journalled; the run goes on behind them.
    project.ok(&["upgrade"])?;
    project.ok(&["current"])?.says(0, &[REVISION])
}

fn rows_in_the_way(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    project.write_revision(
        REVISION,
        "000000000001",
        "ALTER TABLE users ADD n integer DEFAULT 1 NOT NULL UNIQUE;",
        "",
    )?;
    project.ok(&["upgrade", "+1"])?;
    database.psql("INSERT INTO users SELECT FROM generate_series(1, 2)")?;
    let before = database.dump()?;
    project
        .run(&["upgrade"])?
        .says(1, &[REVISION, "ALTER TABLE users ADD n", "could not create unique index", "hint"])?;
    database.must_be(&before, "the database changed")?;
    Ok(())
}
