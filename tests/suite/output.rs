//! What is told, and what happens where it cannot be told.

use std::fs::OpenOptions;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::project::{CREATE_USERS, Project, users};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![Case::new("output::warnings_of_the_server", warnings_of_the_server), Case::new("output::full_disk", full_disk)]
}

fn project() -> Result<Project> {
    let project = Project::with_models(&users(""))?;
    let speak = "DO $$ BEGIN RAISE WARNING 'look at this'; RAISE NOTICE 'and at that'; END $$;";
    project.write_revision("000000000001", "", &format!("{CREATE_USERS}\n{speak}"), "DROP TABLE users;")?;
    Ok(project)
}

fn warnings_of_the_server(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(project()?);
    let told = project.ok(&["upgrade"])?.stderr;
    ensure!(told.contains("the server warns: look at this"), "{told}");
    ensure!(!told.contains("and at that"), "{told}");
    project.ok(&["downgrade", "-1", "--yes"])?;
    let told = project.ok(&["upgrade", "-v"])?.stderr;
    ensure!(told.contains("server: and at that"), "{told}");
    Ok(())
}

fn full_disk(_: &Suite) -> Result<()> {
    let project = project()?;
    let full = OpenOptions::new().write(true).open("/dev/full")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    let output = command.arg("history").current_dir(project.path("")).stdout(full).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(1), "{:?}: {told}", output.status);
    ensure!(told.starts_with("error: cannot write to stdout"), "{told}");
    Ok(())
}
