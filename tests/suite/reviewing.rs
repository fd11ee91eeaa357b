//! What a reviewer reads.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::project::{CREATE_USERS, Project, users};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![Case::new("review::of_each_revision", of_each_revision), Case::new("review::of_nothing", of_nothing)]
}

/// In the terminal, as a page, as JSON; of one revision and of several.
fn of_each_revision(suite: &Suite) -> Result<()> {
    let project = Project::with_models(&users(""))?;
    project.write_revision("000000000001", "", CREATE_USERS, "DROP TABLE users;")?;
    let up = "-- rename column users.name -> full (models.rs:9)\nALTER TABLE users ADD COLUMN name text;
        UPDATE users SET name = '<script>';\nCOMMENT ON COLUMN users.name IS '<script>alert(1)</script>';";
    project.write_revision("000000000002", "000000000001", up, "ALTER TABLE users DROP COLUMN name;")?;
    let up = "ALTER TABLE users RENAME COLUMN name TO \"<script>\"; CREATE TABLE posts (id int, \"user\" int REFERENCES users);";
    project.write_revision("000000000003", "000000000002", up, "DROP TABLE posts;")?;
    let project = suite.scratch(project)?;
    let told = project.ok(&["review", "000000000002"])?.stdout;
    for text in ["! not proved", "  + column users.name  text", "the downgrade loses-data", "    +     \"name\" text"] {
        ensure!(told.contains(text), "{text}: {told}");
    }
    let json: Value = serde_json::from_str(&project.ok(&["review", "--json"])?.stdout)?;
    let changes = json["revisions"][0]["changes"].as_array().map_or(0, Vec::len);
    ensure!(changes == 3 && json["revisions"][0]["changes"][0]["sign"] == "~", "{json:#}");
    project.run(&["review", "base:head", "--html", "out/review.html"])?.says(0, &["wrote out/review.html"])?;
    let page = std::fs::read_to_string(project.path("out/review.html"))?;
    ensure!(!page.contains("<script") && page.contains("&#60;script"), "{page}");
    ensure!(page.matches("<section").count() == 3 && page.matches("<svg").count() == 3, "{page}");
    ensure!(project.revisions()?.len() == 3, "a review writes no revision");
    project.write("models.rs", &users("    pub bio: Option<String>,\n"))?;
    project
        .run(&["create", "add it", "--review", "out/new.html"])?
        .says(0, &["created migrations/", "its review: out/new.html"])?;
    let page = std::fs::read_to_string(project.path("out/new.html"))?;
    ensure!(page.contains("<h1>add it</h1>") && page.contains("proved on PostgreSQL"), "{page}");
    project.write_revision("000000000004", "000000000003", "SELECT nothing;", "")?;
    project
        .run(&["review", "000000000004"])?
        .says(1, &["000000000004_by_hand.sql does not run on scratch", "\"nothing\" does not exist"])?;
    project.run(&["review", "current:"])?.says(2, &["a review asks no database"])
}

fn of_nothing(_: &Suite) -> Result<()> {
    let project = Project::with_models(&users(""))?;
    project.run(&["review"])?.says(2, &["there is no revision to review", "autogen create MESSAGE"])
}
