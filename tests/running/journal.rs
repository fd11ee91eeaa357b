//! What `status` knows: history and journal together.

use autogen::runner::Standing;

use crate::project::Project;

fn standings(status: &autogen::runner::Status) -> Vec<(String, Standing)> {
    status.revisions.iter().map(|it| (it.revision.id.clone(), it.standing())).collect()
}

fn expected(pairs: &[(&str, Standing)]) -> Vec<(String, Standing)> {
    pairs.iter().map(|(id, standing)| ((*id).to_owned(), *standing)).collect()
}

#[tokio::test]
async fn a_failure_is_kept_with_what_postgres_said_and_goes_with_the_next_attempt() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE users (id int);", "DROP TABLE users;");
    project.revision("b", "a", "SELECT 1;\nSELECT user_id FROM users;", "");
    project.revision("c", "b", "", "");
    assert_eq!(
        standings(&project.status().await),
        expected(&[("a", Standing::Pending), ("b", Standing::Pending), ("c", Standing::Pending)])
    );
    project.upgrade("head").await.unwrap_err();
    let status = project.status().await;
    assert_eq!(
        standings(&status),
        expected(&[("a", Standing::Applied), ("b", Standing::Failed), ("c", Standing::Pending)])
    );
    assert!(status.at_work.is_none());
    let step = &status.revisions[1].steps[0];
    assert_eq!(step.code.as_deref(), Some("42703"));
    assert_eq!(step.message.as_deref(), Some("column \"user_id\" does not exist"));
    assert!(step.failed_at.is_some() && step.finished_at.is_none());
    // A failure that left nothing stands in nobody's way.
    project.downgrade("base").await.unwrap();
    project.revision("b", "a", "SELECT 1;", "");
    assert_eq!(project.upgrade("head").await.unwrap(), ["a", "b", "c"]);
    let status = project.status().await;
    assert_eq!(
        standings(&status),
        expected(&[("a", Standing::Applied), ("b", Standing::Applied), ("c", Standing::Applied)])
    );
    assert!(status.revisions[1].steps[0].message.is_none());
}

#[tokio::test]
async fn a_run_that_stopped_half_way_is_unfinished() {
    let project = Project::new().await;
    let up = "CREATE TABLE t (id int);\n-- autogen: autocommit\nVACUUM t;\nSELECT 1/0;";
    project.revision("a", "", up, "DROP TABLE t;");
    project.upgrade("head").await.unwrap_err();
    let status = project.status().await;
    assert_eq!(standings(&status), expected(&[("a", Standing::Unfinished)]));
    let steps: Vec<_> = status.revisions[0].steps.iter().map(|step| (step.step, step.finished_at.is_some())).collect();
    assert_eq!(steps, [(1, true), (2, true), (3, false)]);
    // What was left to do is taken out of the file: the revision is done.
    project.revision("a", "", "CREATE TABLE t (id int);\n-- autogen: autocommit\nVACUUM t;", "DROP TABLE t;");
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
    assert_eq!(standings(&project.status().await), expected(&[("a", Standing::Applied)]));
    project.downgrade("base").await.unwrap();
    project.upgrade("head").await.unwrap();
}

#[tokio::test]
async fn a_failure_in_one_transaction_is_kept_too() {
    let mut project = Project::new().await;
    project.running.transaction = autogen::config::Transaction::All;
    project.revision("a", "", "CREATE TABLE t (id int);", "");
    project.revision("b", "a", "SELECT 1/0;", "");
    project.upgrade("head").await.unwrap_err();
    assert_eq!(standings(&project.status().await), expected(&[("a", Standing::Pending), ("b", Standing::Failed)]));
    project.revision("b", "a", "SELECT 1;", "");
    assert_eq!(project.upgrade("head").await.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn what_only_the_database_has_is_named() {
    let project = Project::new().await;
    project.revision("a", "", "", "");
    project.revision("b", "a", "", "");
    project.upgrade("head").await.unwrap();
    project.remove("b");
    project.revision("a", "", "SELECT 2;", "");
    let status = project.status().await;
    assert_eq!(standings(&status), expected(&[("a", Standing::Applied), ("b", Standing::Unknown)]));
    assert!(status.revisions[0].is_edited() && !status.revisions[1].is_edited());
}
