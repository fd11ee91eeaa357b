//! Questions at a terminal, and the flags that answer them.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rexpect::session::{PtySession, spawn_command};

use crate::project::{Project, REVISION, users};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("command::create_asks_at_a_terminal", create_asks),
        Case::new("command::create_asks_and_takes_no", create_takes_no),
        Case::new("command::create_is_interrupted_at_a_question", create_is_interrupted),
        Case::new("bad_input::no_rename_of_nothing", no_rename_of_nothing),
        Case::new("command::renames_of_the_configuration", configured_renames),
    ]
}

const BEFORE: &str = "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, nick text, age uuid NOT NULL);";
const FIELDS: &str =
    "    pub full_name: String,\n    pub nickname: Option<String>,\n    pub age: i32,\n    pub city: String,\n";

fn project(suite: &Suite, fields: &str) -> Result<Project> {
    let project = suite.scratch(Project::with_models(&users(fields))?)?;
    project.write_revision("000000000001", "", BEFORE, "DROP TABLE users;")?;
    project.write(
        "migrations/autogen.lock",
        "baseline + column public.users.name\nbaseline + column public.users.nick\n",
    )?;
    Ok(project)
}

/// `create` on a terminal.
fn at_a_terminal(project: &Project, arguments: &[&str]) -> Result<PtySession> {
    let arguments = [&["create", "Ada's change", "--rev-id", REVISION], arguments].concat();
    let mut command = project.command(&arguments);
    command.env("TERM", "xterm-256color");
    Ok(spawn_command(command, Some(60_000))?)
}

/// The question comes, and is answered once it stands there.
fn answer(session: &mut PtySession, question: &str, keys: &str) -> Result<()> {
    session.exp_string(question).with_context(|| question.to_owned())?;
    std::thread::sleep(Duration::from_millis(300));
    session.send(keys)?;
    session.flush()?;
    Ok(())
}

fn written(project: &Project) -> Result<String> {
    let name = project.revisions()?.into_iter().find(|name| name.contains(REVISION)).context("no revision")?;
    Ok(std::fs::read_to_string(project.path("migrations").join(name))?)
}

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";

fn create_asks(suite: &Suite) -> Result<()> {
    let project = project(suite, FIELDS)?;
    let mut session = at_a_terminal(&project, &[])?;
    answer(&mut session, "column users.name goes. Was it renamed?", ENTER)?;
    answer(&mut session, "column users.nick goes. Was it renamed?", ENTER)?;
    answer(&mut session, "What do existing rows get?", "'Paris'\r")?;
    answer(&mut session, "users.age becomes integer, and Postgres has no cast.", "42\r")?;
    answer(&mut session, "And back to uuid in the downgrade.", "gen_random_uuid()\r")?;
    let flags = "--rename users.name=full_name --rename users.nick=nickname --fill 'users.city='\\''Paris'\\''' \
                 --using users.age=42 --using-down 'users.age=gen_random_uuid()'";
    session.exp_string(&format!("autogen create 'Ada'\\''s change' {flags}"))?;
    session.exp_string("ok created")?;
    session.exp_eof()?;
    let asked = written(&project)?;
    ensure!(asked.contains("-- autogen: rename users.name -> users.full_name\n"), "{asked}");
    ensure!(asked.contains("-- autogen: rename users.nick -> users.nickname\n"), "{asked}");

    // The flags say the same.
    let silent = self::project(suite, FIELDS)?;
    let flags = [
        "create",
        "Ada's change",
        "--rev-id",
        REVISION,
        "--rename",
        "users.name=full_name",
        "--rename",
        "users.nick=nickname",
        "--fill",
        "users.city='Paris'",
        "--using",
        "users.age=42",
        "--using-down",
        "users.age=gen_random_uuid()",
    ];
    silent.ok(&flags)?;
    ensure!(written(&silent)? == asked, "{asked}\nand\n{}", written(&silent)?);
    Ok(())
}

fn create_takes_no(suite: &Suite) -> Result<()> {
    let project = project(suite, "    pub full_name: Option<String>,\n    pub nickname: Option<String>,\n")?;
    let mut session = at_a_terminal(&project, &[])?;
    answer(&mut session, "column users.name goes. Was it renamed?", &format!("{DOWN}{DOWN}{ENTER}"))?;
    answer(&mut session, "column users.nick goes. Was it renamed?", ENTER)?;
    session.exp_string("--no-rename=users.name --rename users.nick=nickname")?;
    session.exp_string("ok created")?;
    session.exp_eof()?;
    let text = written(&project)?;
    ensure!(text.contains("DROP COLUMN \"name\"") && !text.contains("users.name ->"), "{text}");

    let silent = self::project(suite, "    pub full_name: Option<String>,\n    pub nickname: Option<String>,\n")?;
    let flags = ["--no-rename=users.name", "--rename", "users.nick=nickname"];
    silent.run(&["create", "one is none"])?.says(
        5,
        &[
            "column users.name -> full_name   (both texts, same place, 62 % of the name)",
            "hint: if they are renames: --rename users.name=full_name --rename users.nick=nickname",
            "if the old values may go: --no-rename=users.name, or for all of them --no-rename",
        ],
    )?;
    silent.ok(&[&["create", "Ada's change", "--rev-id", REVISION][..], &flags].concat())?;
    ensure!(written(&silent)? == text, "{text}\nand\n{}", written(&silent)?);
    Ok(())
}

fn create_is_interrupted(suite: &Suite) -> Result<()> {
    let project = project(suite, FIELDS)?;
    let mut session = at_a_terminal(&project, &[])?;
    answer(&mut session, "column users.name goes. Was it renamed?", "\x03")?;
    session.exp_string("interrupted; nothing was written")?;
    session.exp_eof()?;
    ensure!(project.revisions()?.len() == 1, "a revision was written");
    // Whoever forbids questions gets the flags.
    let mut session = at_a_terminal(&project, &["--no-input"])?;
    session.exp_string("--rename users.name=full_name --rename users.nick=nickname")?;
    session.exp_eof()?;
    Ok(())
}

fn no_rename_of_nothing(suite: &Suite) -> Result<()> {
    let project = project(suite, FIELDS)?;
    let run = project.run(&["create", "it", "--no-rename=users.nmae"])?;
    run.says(2, &["--no-rename=users.nmae: nothing here is called users.nmae", "did you mean users.name?"])
}

/// Written down once, they are carried out once, and do no harm afterwards.
fn configured_renames(suite: &Suite) -> Result<()> {
    let project = project(suite, "    pub full_name: String,\n    pub nick: Option<String>,\n    pub age: Uuid,\n")?;
    let config = |renames: &str| {
        project.write("autogen.toml", &format!("[entities]\npath = \"models.rs\"\n\n[renames]\n{renames}\n"))
    };
    config("\"users.name\" = \"full_name\"\n\"users.never\" = \"was\"")?;
    project.run(&["check"])?.says(3, &["~ column users.name  -> full_name"])?;
    project.ok(&["create", "Ada's change", "--rev-id", REVISION])?;
    let text = written(&project)?;
    ensure!(text.contains("-- autogen: rename users.name -> users.full_name\n"), "{text}");
    project.ok(&["check"])?;
    project.run(&["create", "again"])?.says(0, &["nothing to do"])?;
    config("\"users..name\" = \"full_name\"")?;
    project.run(&["check"])?.says(2, &["[renames] in autogen.toml: `users..name` is no name"])
}
