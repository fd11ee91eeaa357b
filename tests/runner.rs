//! The runner and the executor on a real Postgres: what is applied, what a failure leaves, what goes on afterwards.

mod project;
#[path = "running/embed.rs"]
mod embed;
#[path = "running/journal.rs"]
mod journal;
#[path = "running/locks.rs"]
mod locks;
#[path = "running/stored.rs"]
mod stored;
mod server;

use std::time::{Duration, Instant};

use autogen::error::Kind;
use autogen::execute::{self, Direction, Run, Stop};
use autogen::migration::Statement;
use project::{Project, message};

#[tokio::test]
async fn up_and_down_and_up_again() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE users (id int);", "DROP TABLE users;");
    project.revision("b", "a", "ALTER TABLE users ADD bio text;", "ALTER TABLE users DROP bio;");
    project.revision("c", "b", "", "");
    assert_eq!(project.upgrade("head").await.unwrap(), ["a", "b", "c"]);
    assert_eq!(project.upgrade("head").await.unwrap(), Vec::<String>::new());
    assert_eq!(
        project.query("SELECT count(*)::int FROM information_schema.columns WHERE table_name = 'users'").await,
        2
    );
    let applied = project.applied().await;
    assert_eq!(applied.iter().map(|a| a.revision.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(applied[1].parents, ["a"]);
    assert_eq!(applied[1].downgrade.trim(), "ALTER TABLE users DROP bio;");
    assert_eq!(project.downgrade("-2").await.unwrap(), ["c", "b"]);
    assert_eq!(project.downgrade("base").await.unwrap(), ["a"]);
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname = 'users'").await, 0);
    assert_eq!(project.upgrade("+2").await.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn who_only_reads_writes_nothing() {
    let project = Project::new().await;
    assert_eq!(project.applied().await, []);
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname LIKE 'autogen%'").await, 0);
}

#[tokio::test]
async fn a_failed_step_is_taken_back_and_told_in_full() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE users (id int);", "");
    project.revision("b", "a", "CREATE TABLE t (id int);\nALTER TABLE users\n  ADD bio texd;", "");
    let error = project.upgrade("head").await.unwrap_err();
    assert_eq!(
        message(&error),
        "upgrade of b failed: type \"texd\" does not exist (42704)\n    ALTER TABLE users\n      ADD bio texd\n              ^"
    );
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname IN ('users', 't')").await, 1);
    project.revision("b", "a", "CREATE TABLE t (id int);\nALTER TABLE users\n  ADD bio text;", "");
    assert_eq!(project.upgrade("head").await.unwrap(), ["b"]);
}

#[tokio::test]
async fn what_only_commit_finds_is_taken_back_too() {
    let project = Project::new().await;
    let up = "CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES t DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO t VALUES (1, 2);";
    project.revision("a", "", up, "");
    let error = project.upgrade("head").await.unwrap_err();
    assert!(message(&error).contains("(23503)\n  DETAIL: Key (p)=(2)"), "{error}");
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname = 't'").await, 0);
    assert_eq!(project.applied().await, []);
}

const THREE_STEPS: &str = "CREATE TABLE users (id int);\n-- autogen: autocommit\nCREATE INDEX CONCURRENTLY idx ON users (id);\n\
                           ALTER TABLE users ADD bio texd;";

#[tokio::test]
async fn a_run_goes_on_behind_the_steps_that_are_done() {
    let project = Project::new().await;
    project.revision("a", "", THREE_STEPS, "DROP TABLE users;");
    let error = project.upgrade("head").await.unwrap_err();
    assert!(message(&error).starts_with("upgrade of a failed in step 3 of 3"), "{error}");
    assert_eq!(error.hints(), ["2 of 3 steps are done; the same command goes on from there"]);
    assert_eq!(project.applied().await, []);
    let error = project.downgrade("base").await.unwrap_err();
    assert_eq!(message(&error), "the upgrade of a stopped after 2 of 3 steps");
    project.revision("a", "", &THREE_STEPS.replace("texd", "text").replace("users (id int)", "users (id int8)"), "");
    let error = project.upgrade("head").await.unwrap_err();
    assert!(message(&error).contains("the file has been changed since"), "{error}");
    project.revision("a", "", &THREE_STEPS.replace("texd", "text"), "DROP TABLE users;");
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
    assert_eq!(project.downgrade("base").await.unwrap(), ["a"]);
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
}

#[tokio::test]
async fn an_index_that_cannot_be_built_leaves_nothing() {
    let project = Project::new().await;
    project.run("CREATE TABLE users (id int); INSERT INTO users VALUES (1), (1)").await;
    project.revision("a", "", "-- autogen: autocommit\nCREATE UNIQUE INDEX CONCURRENTLY idx ON users (id);", "");
    let error = project.upgrade("head").await.unwrap_err();
    assert!(message(&error).contains("(23505)"), "{error}");
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname = 'idx'").await, 0);
    assert_eq!(project.query("SELECT count(*)::int FROM autogen_journal WHERE failed_at IS NULL").await, 0);
    project.run("TRUNCATE users").await;
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
    assert_eq!(project.query("SELECT indisvalid::int FROM pg_index WHERE indexrelid = 'idx'::regclass").await, 1);
}

#[tokio::test]
async fn an_invalid_index_of_a_killed_run_is_built_again_and_a_valid_one_kept() {
    for valid in [false, true] {
        let project = Project::new().await;
        project.run("CREATE TABLE users (id int); INSERT INTO users VALUES (1), (1)").await;
        project.revision(
            "a",
            "",
            "-- autogen: autocommit\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS idx ON users (id);",
            "",
        );
        project.upgrade("head").await.unwrap_err();
        // What a kill leaves: the step begun, and an index.
        project
            .run("DELETE FROM autogen_journal; INSERT INTO autogen_journal (revision, direction, step, steps, hash) VALUES ('a', 'upgrade', 0, 1, '')")
            .await;
        if !valid {
            project.try_run("CREATE UNIQUE INDEX CONCURRENTLY idx ON users (id)").await.unwrap_err();
            assert_eq!(
                project.query("SELECT indisvalid::int FROM pg_index WHERE indexrelid = 'idx'::regclass").await,
                0
            );
        }
        project.run("TRUNCATE users").await;
        if valid {
            project.run("CREATE UNIQUE INDEX idx ON users (id)").await;
        }
        let before = project.query("SELECT coalesce(to_regclass('idx')::oid::int, 0)").await;
        assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
        assert_eq!(project.query("SELECT indisvalid::int FROM pg_index WHERE indexrelid = 'idx'::regclass").await, 1);
        assert_eq!(project.query("SELECT to_regclass('idx')::oid::int").await == before, valid);
    }
}

#[tokio::test]
async fn a_new_label_can_be_used_in_the_next_step() {
    let project = Project::new().await;
    project.run("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood)").await;
    let up = "ALTER TYPE mood ADD VALUE 'happy';\nINSERT INTO t VALUES ('happy');";
    project.revision("a", "", up, "");
    let error = project.upgrade("head").await.unwrap_err();
    assert!(message(&error).contains("(55P04)"), "{error}");
    assert!(error.hints().iter().any(|hint| hint.contains("-- autogen: autocommit")));
    project.revision("a", "", &format!("-- autogen: autocommit\n{up}"), "");
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
}

#[tokio::test]
async fn a_missing_autocommit_is_explained() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE t (id int);\nCREATE INDEX CONCURRENTLY i ON t (id);", "");
    let error = project.upgrade("head").await.unwrap_err();
    assert_eq!(error.hints()[0], "write `-- autogen: autocommit` on the line above this statement");
}

#[tokio::test]
async fn a_step_that_changes_role_and_search_path_disturbs_nothing() {
    let project = Project::new().await;
    let up = "CREATE SCHEMA other;\nSET search_path = other;\nCREATE TABLE t (id int);\nSET ROLE pg_monitor;";
    project.revision("a", "", up, "");
    project.revision("b", "a", "CREATE TABLE u (id int);", "");
    assert_eq!(project.upgrade("head").await.unwrap(), ["a", "b"]);
    assert_eq!(
        project.query("SELECT count(to_regclass('other.t'))::int + count(to_regclass('public.u'))::int").await,
        2
    );
}

#[tokio::test]
async fn the_second_runner_waits_and_finds_nothing_to_do() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE t (id int);\nSELECT pg_sleep(1);", "");
    let (first, second) = tokio::join!(project.upgrade("head"), project.upgrade("head"));
    let mut both = [first.unwrap(), second.unwrap()].concat();
    both.sort();
    assert_eq!(both, ["a"]);
    assert!(project.events().iter().any(|event| event.starts_with("waiting for pid")), "{:?}", project.events());
}

#[tokio::test]
async fn a_runner_without_patience_names_who_holds_the_lock() {
    let mut project = Project::new().await;
    project.running.wait = Duration::ZERO;
    project.revision("a", "", "SELECT pg_sleep(1);", "");
    let (first, second) = tokio::join!(project.upgrade("head"), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        project.upgrade("head").await
    });
    first.unwrap();
    let error = second.unwrap_err();
    assert_eq!(error.kind(), Kind::Locked);
    assert!(message(&error).starts_with("another runner is at work: pid "), "{error}");
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had_names_who_holds_it() {
    let project = Project::new().await;
    project.run("CREATE TABLE users (id int)").await;
    let mut reader = project.connect().await;
    sqlx::raw_sql("BEGIN; SELECT * FROM users").execute(&mut reader).await.unwrap();
    let (steps, stop) = (execute::steps(&[Statement::new("ALTER TABLE users ADD bio text")]), Stop::default());
    let run = Run {
        lock_timeout: Duration::from_millis(100),
        attempts: 2,
        ..Run::new("a", Direction::Upgrade, &steps, "public", &stop)
    };
    let mut conn = project.connect().await;
    let failure = execute::run(&mut conn, &run, &mut |_| {}).await.unwrap_err();
    assert_eq!(failure.cause.code.as_deref(), Some("55P03"));
    assert!(failure.cause.blockers[0].contains("holds AccessShareLock on users"), "{failure}");
    sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
    execute::run(&mut conn, &run, &mut |_| {}).await.unwrap();
}

#[tokio::test]
async fn an_interrupted_run_takes_its_step_back() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE t (id int);\nSELECT pg_sleep(30);", "");
    let begin = Instant::now();
    let (result, ()) = tokio::join!(project.upgrade("head"), async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        project.stop.ask();
    });
    let error = result.unwrap_err();
    assert_eq!(error.kind(), Kind::Interrupted);
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(project.query("SELECT count(*)::int FROM pg_class WHERE relname = 't'").await, 0);
    assert_eq!(project.query("SELECT count(*)::int FROM autogen_journal WHERE failed_at IS NULL").await, 0);
}

#[tokio::test]
async fn a_terminated_backend_loses_nothing_that_was_done() {
    let project = Project::new().await;
    let up =
        "CREATE TABLE t (id int);\n-- autogen: autocommit\nVACUUM t;\nINSERT INTO t VALUES (1);\nSELECT pg_sleep(0.8);";
    project.revision("a", "", up, "");
    let kill = "SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()";
    let (result, killed) = tokio::join!(project.upgrade("head"), async {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let killed = project.query(kill).await;
            if killed > 0 {
                break killed;
            }
        }
    });
    assert_eq!(killed, 1);
    let error = result.unwrap_err();
    assert!(
        error.hints().iter().any(|hint| hint.starts_with("autogen upgrade   goes on")),
        "{error}: {:?}",
        error.hints()
    );
    assert_eq!(project.query("SELECT count(*)::int FROM t").await, 0);
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
    assert_eq!(project.query("SELECT count(*)::int FROM t").await, 1);
}

#[tokio::test]
async fn a_revision_that_the_folder_lacks_is_refused_by_name() {
    let project = Project::new().await;
    project.revision("a", "", "", "");
    project.revision("b", "a", "", "");
    project.upgrade("head").await.unwrap();
    project.remove("b");
    let error = project.upgrade("head").await.unwrap_err();
    assert_eq!(message(&error), "the database has revisions that the folder lacks: b (message of b)");
    project.stamp("head", false).await.unwrap_err();
    project.stamp("head", true).await.unwrap();
    assert_eq!(project.applied().await.len(), 1);
}

#[tokio::test]
async fn stamping_marks_and_runs_nothing() {
    let project = Project::new().await;
    project.revision("a", "", "SELECT 1/0;", "SELECT 1/0;");
    project.revision("b", "a", "SELECT 1/0;", "SELECT 1/0;");
    project.stamp("head", false).await.unwrap();
    assert_eq!(project.applied().await.len(), 2);
    project.stamp("a", false).await.unwrap();
    assert_eq!(project.applied().await.len(), 1);
    project.stamp("base", false).await.unwrap();
    assert_eq!(project.applied().await, []);
    project.upgrade("head").await.unwrap_err();
}

#[tokio::test]
async fn the_session_of_a_killed_run_is_waited_for() {
    let mut project = Project::new().await;
    project.running.wait = Duration::ZERO;
    project.revision("a", "", "", "");
    // The lock is free, since its process is gone; the server still works on the other session's statement.
    let mut orphan = project.connect().await;
    let fence = "SELECT pg_advisory_lock(hashtextextended('autogen work public', 0))";
    sqlx::raw_sql(fence).execute(&mut orphan).await.unwrap();
    let error = project.upgrade("head").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Locked);
    assert!(message(&error).starts_with("another runner is at work: pid "), "{error}");
    drop(orphan);
    project.running.wait = Duration::from_secs(20);
    assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
}
