//! What the database keeps: the way back without a file, and what was edited after it was applied.

use autogen::error::Kind;
use autogen::runner::{Origin, way_back};

use crate::project::{Project, message};

async fn two_applied() -> Project {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE users (id int);", "DROP TABLE users;");
    let steps = "CREATE TABLE t (id int);\n-- autogen: autocommit\nCREATE INDEX CONCURRENTLY i ON t (id);";
    let back = "-- autogen: autocommit\nDROP INDEX CONCURRENTLY i;\n\nDROP TABLE t;";
    project.revision("b", "a", steps, back);
    project.upgrade("head").await.expect("it goes up");
    project
}

#[tokio::test]
async fn a_revision_whose_file_is_gone_is_taken_back_by_the_text_of_the_database() {
    let project = two_applied().await;
    project.remove("b");
    project.revision("c", "a", "CREATE TABLE other (id int);", "DROP TABLE other;");
    let error = project.upgrade("head").await.unwrap_err();
    assert_eq!(message(&error), "the database has revisions that the folder lacks: b (message of b)");
    assert!(error.hints()[1].starts_with("autogen downgrade a   takes them back"), "{:?}", error.hints());
    assert_eq!(project.downgrade("a").await.unwrap(), ["b"]);
    assert!(project.events().contains(&"from the database b".to_owned()), "{:?}", project.events());
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname IN ('t', 'i')").await, 0);
    assert_eq!(project.query("SELECT count(*)::int FROM autogen_journal WHERE revision = 'b'").await, 2);
    assert_eq!(project.upgrade("head").await.unwrap(), ["c"]);
}

#[tokio::test]
async fn a_whole_branch_goes_back_without_its_files() {
    let project = two_applied().await;
    project.revision("m1", "b", "CREATE TABLE x (id int);", "DROP TABLE x;");
    project.revision("m2", "b", "CREATE TABLE y (id int);", "DROP TABLE y;");
    project.revision("m3", "m1, m2", "", "");
    project.upgrade("head").await.unwrap();
    for id in ["a", "b", "m1", "m2", "m3"] {
        project.remove(id);
    }
    let applied = project.applied().await;
    let back = way_back(&project.folder(), &applied, &"base".parse().unwrap()).unwrap();
    assert_eq!(back.len(), 5);
    assert_eq!(project.downgrade("base").await.unwrap().last().map(String::as_str), Some("a"));
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname IN ('users', 't', 'x', 'y')").await, 0);
}

#[tokio::test]
async fn where_file_and_database_differ_somebody_says_which_counts() {
    for (origin, left) in [(Origin::Database, 0), (Origin::File, 1)] {
        let project = two_applied().await;
        project.revision(
            "b",
            "a",
            "CREATE TABLE t (id int);",
            "DROP TABLE t;\nCREATE TABLE left_by_the_file (id int);",
        );
        let error = project.downgrade("a").await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert_eq!(message(&error), "the downgrade of b (message of b) was edited after it was applied here");
        assert!(error.hints()[0].starts_with("--from database"), "{:?}", error.hints());
        assert!(error.hints()[1].starts_with("--from file"), "{:?}", error.hints());
        assert_eq!(project.downgrade_from("a", Some(origin)).await.unwrap(), ["b"]);
        assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname = 'left_by_the_file'").await, left);
    }
}

#[tokio::test]
async fn line_ends_are_no_edit() {
    let project = two_applied().await;
    let text = std::fs::read_to_string(project.path("b")).unwrap();
    std::fs::write(project.path("b"), text.replace('\n', "\r\n")).unwrap();
    project.upgrade("head").await.unwrap();
    assert!(!project.events().iter().any(|event| event.starts_with("edited")), "{:?}", project.events());
    std::fs::write(project.path("b"), text.replace("message of b", "another message")).unwrap();
    project.upgrade("head").await.unwrap();
    assert!(project.events().contains(&"edited b".to_owned()), "{:?}", project.events());
    // The way back is the same, so that nothing stands in its way.
    project.downgrade("a").await.unwrap();
}

#[tokio::test]
async fn tables_of_the_first_version_are_read_and_brought_up_to_date() {
    let project = two_applied().await;
    project
        .run(
            "ALTER TABLE autogen_history DROP COLUMN source; ALTER TABLE autogen_journal DROP COLUMN failed_at, \
             DROP COLUMN code, DROP COLUMN message, DROP COLUMN hint",
        )
        .await;
    project.status().await;
    project.remove("b");
    assert_eq!(project.downgrade("a").await.unwrap(), ["b"]);
    assert_eq!(project.downgrade("base").await.unwrap(), ["a"]);
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
    assert!(project.applied().await[0].source.is_some());
}
