//! What autogen does not do until it is asked better, and a proof that fails.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::project::{CREATE_USERS, Project, REVISION, users};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("bad_input::message_empty", message_empty),
        Case::new("bad_input::message_without_ascii", message_without_ascii),
        Case::new("bad_input::message_of_several_lines", message_of_several_lines),
        Case::new("bad_input::revision_id_illegal", revision_id_illegal),
        Case::new("bad_input::flag_unknown", flag_unknown),
        Case::new("bad_input::downgrade_base_asks", downgrade_base_asks),
        Case::new("bad_input::proof_fails", proof_fails),
        Case::new("bad_input::default_unknown_to_postgres", default_unknown_to_postgres),
        Case::new("bad_input::rename_of_nothing", rename_of_nothing),
        Case::new("bad_input::name_too_long", name_too_long),
        Case::new("command::dry_run_writes_nothing", dry_run_writes_nothing),
        Case::new("command::init_never_overwrites", init_never_overwrites),
        Case::new("command::check_finds_differences", check_finds_differences),
        Case::new("command::check_finds_drift", check_finds_drift),
        Case::new("command::no_autogenerate", no_autogenerate),
        Case::new("command::stamp_runs_nothing", stamp_runs_nothing),
        Case::new("command::history_and_current", history_and_current),
    ]
}

fn project(fields: &str) -> Result<Project> {
    let project = Project::with_models(&users(fields))?;
    project.write_revision("000000000001", "", CREATE_USERS, "DROP TABLE users;")?;
    Ok(project)
}

/// `create` with these arguments stops with this, and writes nothing.
fn create_stops(suite: &Suite, fields: &str, arguments: &[&str], code: i32, texts: &[&str]) -> Result<()> {
    let project = suite.scratch(project(fields)?)?;
    let run = project.run(&[&["create"], arguments].concat())?;
    run.says(code, texts)?;
    ensure!(project.revisions()?.len() == 1, "a revision was written: {}", run.told());
    ensure!(!project.path("migrations/autogen.lock").exists(), "a ledger was written: {}", run.told());
    Ok(())
}

fn message_empty(suite: &Suite) -> Result<()> {
    create_stops(suite, "    pub bio: Option<String>,\n", &[""], 2, &["error", "hint"])?;
    create_stops(suite, "    pub bio: Option<String>,\n", &["  \t "], 2, &["error", "hint"])
}

fn message_without_ascii(suite: &Suite) -> Result<()> {
    for message in ["добавить поля", "添加字段", "🦀"] {
        let project = suite.scratch(project("    pub bio: Option<String>,\n")?)?;
        let run = project.ok(&["create", message, "--rev-id", REVISION])?;
        let written = project.revisions()?.into_iter().find(|name| name.contains(REVISION)).context(run.told())?;
        ensure!(written.is_ascii() && written.ends_with(".sql"), "the file's name is {written}");
        let text = fs::read_to_string(project.path("migrations").join(&written))?;
        ensure!(text.starts_with(&format!("-- {message}\n")), "the message is lost:\n{text}");
        project.ok(&["history"])?.says(0, &[REVISION, message])?;
    }
    Ok(())
}

fn message_of_several_lines(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project("    pub bio: Option<String>,\n")?);
    project.ok(&["upgrade"])?;
    let message = "add bio\n\n-- autogen: upgrade\nDROP TABLE users;";
    let run = project.run(&["create", message, "--rev-id", REVISION])?;
    if run.code == 0 {
        // Written: then the message is no more than a message.
        project.ok(&["upgrade"])?;
        ensure!(database.psql("SELECT bio FROM users")?.is_empty(), "the message was run as SQL");
        return Ok(());
    }
    run.says(2, &["error", "hint"])
}

fn revision_id_illegal(suite: &Suite) -> Result<()> {
    for id in ["", "a b", "a@b", "a+1", "-1", "../../x", "a/b"] {
        let id = format!("--rev-id={id}");
        create_stops(suite, "    pub bio: Option<String>,\n", &["bio", &id], 2, &["error"])?;
    }
    let taken = "--rev-id=000000000001";
    create_stops(suite, "    pub bio: Option<String>,\n", &["bio", taken], 2, &["error", "000000000001"])
}

fn flag_unknown(suite: &Suite) -> Result<()> {
    create_stops(suite, "", &["bio", "--no-such-flag"], 2, &["--no-such-flag"])
}

fn downgrade_base_asks(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project("")?);
    project.ok(&["upgrade"])?;
    let before = database.dump()?;
    // Standard input is no terminal here.
    project.run(&["downgrade", "base"])?.says(5, &["hint", "--yes"])?;
    database.must_be(&before, "the database changed")?;
    project.ok(&["downgrade", "base", "--yes"])?;
    ensure!(database.psql("SELECT to_regclass('users') IS NULL")? == "t", "the table is still there");
    Ok(())
}

fn proof_fails(suite: &Suite) -> Result<()> {
    let fields = "    pub name: String,\n";
    let fill = ["name", "--fill", "users.name=no_such_function()"];
    create_stops(suite, fields, &fill, 7, &["no_such_function", "does not exist", "UPDATE"])
}

fn default_unknown_to_postgres(suite: &Suite) -> Result<()> {
    let fields = "    #[sea_orm(default_expr = \"Expr::cust(\\\"no_such_function()\\\")\")]\n    pub name: String,\n";
    let project = suite.scratch(project(fields)?)?;
    let run = project.run(&["create", "name"])?;
    ensure!(run.code != 0, "Postgres knows no such function: {}", run.told());
    run.says(run.code, &["no_such_function", "users.name", "models.rs:10"])?;
    ensure!(project.revisions()?.len() == 1, "a revision was written: {}", run.told());
    Ok(())
}

fn rename_of_nothing(suite: &Suite) -> Result<()> {
    let fields = "    pub full_name: Option<String>,\n";
    let rename = ["name", "--rename", "users.nmae=users.full_name"];
    create_stops(suite, fields, &rename, 2, &["error", "users.nmae"])
}

fn name_too_long(suite: &Suite) -> Result<()> {
    let name = "x".repeat(64);
    create_stops(suite, &format!("    pub {name}: Option<i32>,\n"), &["name"], 2, &["models.rs:9:", &name, "63"])
}

fn dry_run_writes_nothing(suite: &Suite) -> Result<()> {
    let project = suite.scratch(project("    pub bio: Option<String>,\n")?)?;
    let run = project.ok(&["create", "bio", "--dry-run"])?;
    ensure!(run.stdout.contains("-- autogen: upgrade") && run.stdout.contains("ADD COLUMN"), "{}", run.told());
    ensure!(project.revisions()?.len() == 1, "a revision was written: {}", run.told());
    ensure!(!project.path("migrations/autogen.lock").exists(), "a ledger was written: {}", run.told());
    Ok(())
}

fn init_never_overwrites(_: &Suite) -> Result<()> {
    let project = Project::with_models("")?;
    fs::remove_file(project.path("autogen.toml"))?;
    fs::remove_dir(project.path("migrations"))?;
    project.ok(&["init"])?;
    for file in ["autogen.toml", "migrations", ".env.example"] {
        ensure!(project.path(file).exists(), "init did not write {file}");
    }
    project.write("autogen.toml", "# mine\n")?;
    project.write(".env.example", "# mine too\n")?;
    let run = project.run(&["init"])?;
    ensure!(fs::read_to_string(project.path("autogen.toml"))? == "# mine\n", "overwritten: {}", run.told());
    ensure!(fs::read_to_string(project.path(".env.example"))? == "# mine too\n", "overwritten: {}", run.told());
    Ok(())
}

fn check_finds_differences(suite: &Suite) -> Result<()> {
    let project = suite.scratch(project("    pub bio: Option<String>,\n")?)?;
    let run = project.run(&["check"])?;
    run.says(3, &["users.bio", "models.rs:9"])?;
    ensure!(!project.path("migrations/autogen.lock").exists(), "check wrote: {}", run.told());
    Ok(())
}

fn check_finds_drift(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project("")?);
    project.ok(&["upgrade"])?;
    project.ok(&["check"])?;
    database.psql("ALTER TABLE users ADD by_hand integer; CREATE INDEX by_hand_index ON users (by_hand)")?;
    project.run(&["check"])?.says(3, &["database drift", "users.by_hand"])
}

fn no_autogenerate(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project("    pub bio: Option<String>,\n")?);
    project.ok(&["upgrade"])?;
    project.ok(&["create", "move the data", "--no-autogenerate", "--rev-id", REVISION])?;
    let text = fs::read_to_string(project.path(&format!("migrations/20241211_1430_{REVISION}_move_the_data.sql")))?;
    ensure!(!text.contains("ALTER TABLE"), "it is not empty:\n{text}");
    project.ok(&["upgrade"])?;
    project.ok(&["downgrade", "-1", "--yes"])?;
    Ok(())
}

fn stamp_runs_nothing(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project("")?);
    project.ok(&["stamp", "head"])?;
    project.ok(&["current"])?.says(0, &["000000000001"])?;
    ensure!(database.psql("SELECT to_regclass('users') IS NULL")? == "t", "stamp ran the revision");
    project.ok(&["upgrade"])?;
    ensure!(database.psql("SELECT to_regclass('users') IS NULL")? == "t", "upgrade ran a stamped revision");
    project.ok(&["stamp", "base"])?;
    project.ok(&["upgrade"])?;
    ensure!(database.psql("SELECT to_regclass('users') IS NULL")? == "f", "upgrade ran nothing");
    Ok(())
}

fn history_and_current(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project("")?);
    project.write_revision(REVISION, "000000000001", "SELECT 1;", "SELECT 1;")?;
    let run = project.ok(&["history"])?;
    let (newer, older) = (run.stdout.find(&format!("-> {REVISION}")), run.stdout.find("-> 000000000001"));
    ensure!(newer.is_some() && newer < older.or(Some(usize::MAX)), "newest first: {}", run.told());
    project.ok(&["history", "-v"])?.says(0, &["migrations/20240101_0000_000000000001_by_hand.sql"])?;
    project.ok(&["heads"])?.says(0, &[REVISION])?;
    project.ok(&["upgrade", "+1"])?;
    project.ok(&["current"])?.says(0, &["000000000001"])?;
    project.ok(&["upgrade", "+1"])?;
    project.ok(&["current"])?.says(0, &[REVISION])?;
    project.ok(&["downgrade", &format!("{REVISION}-1"), "--yes"])?;
    let current = project.ok(&["current"])?;
    ensure!(!current.stdout.contains(REVISION), "still there: {}", current.told());
    project.ok(&["downgrade", "-1", "--yes"])?;
    project.ok(&["upgrade", "0000"])?;
    Ok(())
}
