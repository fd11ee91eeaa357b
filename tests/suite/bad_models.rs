//! Entities that cannot be read: file, line, column and remedy, all in one run, and nothing written.

use std::fs;

use anyhow::{Result, ensure};

use crate::project::{Project, Run};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("bad_input::entities_missing", entities_missing),
        Case::new("bad_input::entities_not_text", entities_not_text),
        Case::new("bad_input::entities_unparsable", entities_unparsable),
        Case::new("bad_input::module_missing", module_missing),
        Case::new("bad_input::type_unresolvable", type_unresolvable),
        Case::new("bad_input::two_entities_on_one_table", two_entities_on_one_table),
        Case::new("bad_input::attribute_unknown", attribute_unknown),
        Case::new("bad_input::all_errors_in_one_run", all_errors_in_one_run),
        Case::new("bad_input::entities_without_any_entity", entities_without_any_entity),
        Case::new("bad_input::file_without_mod_warned_of", file_without_mod_warned_of),
        Case::new("no_toolchain::entities_are_read", no_toolchain),
        Case::new("bad_input::config_key_unknown", config_key_unknown),
        Case::new("bad_input::config_missing", config_missing),
    ]
}

/// An entity with these fields, its attributes on line 4, its first field on line 7.
fn entity(table: &str, fields: &str) -> String {
    format!(
        "use sea_orm::entity::prelude::*;\n\n#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n#[sea_orm(table_name = \
         \"{table}\")]\npub struct Model {{\n    #[sea_orm(primary_key)]\n    pub id: i32,\n{fields}}}\n"
    )
}

/// `create` and `check` say all this and write nothing.
fn refused(suite: &Suite, project: Project, texts: &[&str]) -> Result<Run> {
    let project = suite.scratch(project)?;
    project.run(&["check"])?.says(2, texts)?;
    let run = project.run(&["create", "anything"])?;
    run.says(2, texts)?;
    run.says(2, &["error"])?;
    // Source is complained about in rustc's form.
    ensure!(run.says(2, &["help:"]).is_ok() || run.says(2, &["hint:"]).is_ok(), "no remedy: {}", run.told());
    ensure!(project.revisions()?.is_empty(), "a revision was written: {}", run.told());
    ensure!(!project.path("migrations/autogen.lock").exists(), "a ledger was written: {}", run.told());
    Ok(run)
}

fn entities_missing(suite: &Suite) -> Result<()> {
    refused(suite, Project::new("", "nowhere/models")?, &["nowhere/models", "[entities]"]).map(drop)
}

fn entities_not_text(suite: &Suite) -> Result<()> {
    let project = Project::with_models("")?;
    fs::write(project.path("models.rs"), b"\xff\xfe not text")?;
    refused(suite, project, &["models.rs", "UTF-8"]).map(drop)
}

fn entities_unparsable(suite: &Suite) -> Result<()> {
    let models = entity("users", "    pub name: String\n    pub age: i32,\n");
    refused(suite, Project::with_models(&models)?, &["models.rs:9:"]).map(drop)
}

fn module_missing(suite: &Suite) -> Result<()> {
    let project = Project::new("", "models")?;
    project.write("models/src/lib.rs", "pub mod user;\npub mod gone;\n")?;
    project.write("models/src/user.rs", &entity("users", ""))?;
    refused(suite, project, &["models/src/lib.rs:2:", "gone"]).map(drop)
}

fn type_unresolvable(suite: &Suite) -> Result<()> {
    let models = entity("users", "    pub place: geo::Point,\n");
    refused(suite, Project::with_models(&models)?, &["models.rs:8:", "geo::Point"]).map(drop)
}

fn two_entities_on_one_table(suite: &Suite) -> Result<()> {
    let project = Project::new("", "models")?;
    project.write("models/src/lib.rs", "pub mod person;\npub mod user;\n")?;
    project.write("models/src/person.rs", &entity("users", ""))?;
    // The same twice would do no harm.
    project.write("models/src/user.rs", &entity("users", "    pub email: String,\n"))?;
    refused(suite, project, &["users", "models/src/person.rs:", "models/src/user.rs:"]).map(drop)
}

fn attribute_unknown(suite: &Suite) -> Result<()> {
    let models = entity("users", "    #[sea_orm(uniqe)]\n    pub email: String,\n");
    refused(suite, Project::with_models(&models)?, &["models.rs:8:", "uniqe"]).map(drop)
}

fn all_errors_in_one_run(suite: &Suite) -> Result<()> {
    let project = Project::new("", "models")?;
    project.write("models/src/lib.rs", "pub mod a;\npub mod b;\npub mod c;\n")?;
    project.write("models/src/a.rs", &entity("a", "    pub place: geo::Point,\n    pub other: geo::Line,\n"))?;
    project.write("models/src/b.rs", &entity("b", "    #[sea_orm(uniqe)]\n    pub email: String,\n"))?;
    project.write("models/src/c.rs", "pub struct {\n")?;
    refused(suite, project, &["a.rs:8:", "a.rs:9:", "b.rs:8:", "c.rs:1:"]).map(drop)
}

fn entities_without_any_entity(suite: &Suite) -> Result<()> {
    // An empty module on a full history is a wrong path far more often than the end of a project.
    let database = suite.database()?;
    let project = database.project(Project::with_models("//! Nothing here.\n")?);
    project.write("migrations/autogen.lock", "baseline + table public.posts\nbaseline + table public.users\n")?;
    project.write_revision("000000000001", "", "CREATE TABLE posts (); CREATE TABLE users ();", "")?;
    project.ok(&["upgrade"])?;
    let run = project.run(&["create", "anything"])?;
    ensure!(matches!(run.code, 2 | 5), "expected a refusal: {}", run.told());
    run.says(run.code, &["hint"])?;
    ensure!(project.revisions()?.len() == 1, "a revision was written: {}", run.told());
    Ok(())
}

fn file_without_mod_warned_of(suite: &Suite) -> Result<()> {
    let project = Project::new("", "models")?;
    project.write("models/Cargo.toml", "[package]\nname = \"models\"\n")?;
    project.write("models/src/lib.rs", "pub mod user;\n")?;
    project.write("models/src/user.rs", &entity("users", ""))?;
    project.write("models/src/post.rs", &entity("posts", ""))?;
    let project = suite.scratch(project)?;
    let warning = [
        "warning: no `mod` leads to this file",
        "--> models/src/post.rs:5",
        "write `pub mod post;` into models/src/lib.rs",
    ];
    project.run(&["check"])?.says(3, &warning)?;
    project.run(&["create", "users", "--dry-run"])?.says(0, &warning)?;
    let json = project.run(&["check", "--json", "--quiet"])?;
    ensure!(json.stderr.find("warning").is_none(), "--quiet is not quiet: {}", json.told());
    let json = json.stdout;
    ensure!(json.contains("\"severity\": \"warning\"") && json.contains("models/src/post.rs"), "{json}");
    Ok(())
}

/// As in a slim container: sources and the binary, and no program to be found.
fn no_toolchain(suite: &Suite) -> Result<()> {
    let project = suite.scratch(Project::new("", "models")?.env("PATH", ""))?;
    let manifest = "[package]\nname = \"models\"\nversion = \"0.1.0\"\n[dependencies]\nkinds = \"1\"\n";
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let lock = format!("[[package]]\nname = \"kinds\"\nversion = \"1.0.0\"\nsource = \"{registry}\"\n");
    project.write("models/Cargo.toml", manifest)?;
    project.write("models/Cargo.lock", &lock)?;
    project.write("models/src/lib.rs", &entity("users", "    pub size: kinds::Size,\n"))?;
    let kinds = "home/.cargo/registry/src/index.crates.io-0000000000000000/kinds-1.0.0";
    project.write(&format!("{kinds}/Cargo.toml"), "[package]\nname = \"kinds\"\nversion = \"1.0.0\"\n")?;
    project.write(&format!("{kinds}/src/lib.rs"), "pub type Size = i16;\n")?;
    project.run(&["create", "users"])?.says(0, &["created migrations/"])?;
    let revision = fs::read_to_string(project.path("migrations").join(&project.revisions()?[0]))?;
    ensure!(revision.contains("\"size\" smallint NOT NULL"), "{revision}");
    Ok(())
}

fn config_key_unknown(suite: &Suite) -> Result<()> {
    let project = Project::new("databse_url = \"x\"", "models.rs")?;
    refused(suite, project, &["autogen.toml:2:", "databse_url"]).map(drop)
}

fn config_missing(suite: &Suite) -> Result<()> {
    let project = Project::with_models("")?;
    fs::remove_file(project.path("autogen.toml"))?;
    refused(suite, project, &["autogen.toml", "autogen init"]).map(drop)
}
