//! `autogen::embed!`: the macro and what it makes.

use autogen::embed::Migrations;
use autogen::error::Kind;

use crate::project::{Project, message};

static MIGRATIONS: Migrations = autogen::embed!("tests/embedded/migrations");

#[tokio::test]
async fn a_program_goes_up_and_down_with_the_same_journal() {
    let project = Project::new().await;
    assert_eq!(MIGRATIONS.pending(project.options()).await.unwrap(), ["00000000000a", "00000000000b"]);
    assert_eq!(MIGRATIONS.upgrade(project.options(), "+1").await.unwrap(), ["00000000000a"]);
    assert_eq!(MIGRATIONS.upgrade(project.options(), "head").await.unwrap(), ["00000000000b"]);
    assert_eq!(project.query("SELECT count(*)::int FROM autogen_journal WHERE finished_at IS NOT NULL").await, 2);
    assert_eq!(MIGRATIONS.pending(project.options()).await.unwrap(), Vec::<String>::new());
    assert_eq!(MIGRATIONS.downgrade(project.options(), "base").await.unwrap(), ["00000000000b", "00000000000a"]);
    // In a namespace of its own.
    project.run("CREATE SCHEMA tenant").await;
    MIGRATIONS.in_namespace("tenant").upgrade(project.options(), "head").await.unwrap();
    assert_eq!(project.query("SELECT count(*)::int FROM tenant.greetings").await, 0);
}

#[tokio::test]
async fn a_wrong_url_is_told_without_its_password() {
    let error = MIGRATIONS.upgrade("postgresql://me:secret@localhost:1/x", "head").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Error);
    assert!(message(&error).contains("from the program") && !message(&error).contains("secret"), "{error}");
}
