//! Runners beside each other, beside an application, and behind a pooler.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use autogen::error::Kind;

use crate::project::{Project, message};

#[tokio::test]
async fn of_eight_runners_one_applies_and_seven_find_nothing_to_do() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE t (id int);\nSELECT pg_sleep(0.5);", "DROP TABLE t;");
    project.revision("b", "a", "-- autogen: autocommit\nCREATE INDEX CONCURRENTLY i ON t (id);", "");
    let run = || project.upgrade("head");
    let all = tokio::join!(run(), run(), run(), run(), run(), run(), run(), run());
    let all = [all.0, all.1, all.2, all.3, all.4, all.5, all.6, all.7].map(Result::unwrap);
    assert_eq!(all.iter().filter(|applied| *applied == &["a", "b"]).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|applied| applied.is_empty()).count(), 7, "{all:?}");
    let waited = project.events().iter().filter(|event| event.starts_with("waiting for pid")).count();
    assert_eq!(waited, 7, "{:?}", project.events());
}

/// An application at work on the table: none of its statements waits longer than the lock timeout, and none fails.
#[tokio::test]
async fn readers_and_writers_go_on() {
    const TIMEOUT: Duration = Duration::from_millis(150);
    let mut project = Project::new().await;
    project.running.table_lock_timeout = TIMEOUT;
    project.running.table_lock_attempts = std::num::NonZeroU32::new(40).unwrap();
    project.run("CREATE TABLE users (id int PRIMARY KEY, n int); INSERT INTO users SELECT x, 0 FROM generate_series(1, 100) x").await;
    project.revision("a", "", "ALTER TABLE users ADD bio text;", "ALTER TABLE users DROP bio;");
    project.revision("b", "a", "-- autogen: autocommit\nCREATE INDEX CONCURRENTLY i ON users (n);", "");
    project.revision("c", "b", "ALTER TABLE users ADD CHECK (n >= 0) NOT VALID;", "");
    let over = AtomicBool::new(false);
    let (applied, slowest, _, _) = tokio::join!(
        async {
            let applied = project.upgrade("head").await;
            over.store(true, Ordering::SeqCst);
            applied
        },
        // Short statements, whose patience is measured.
        statements(&project, "SELECT count(*) FROM users", &over),
        statements(&project, "UPDATE users SET n = n + 1 WHERE id = 1", &over),
        // Transactions that hold their lock longer than the runner waits for it.
        async {
            let mut conn = project.connect().await;
            for _ in 0..2 {
                sqlx::raw_sql("BEGIN; SELECT * FROM users").execute(&mut conn).await.unwrap();
                tokio::time::sleep(TIMEOUT * 3).await;
                sqlx::raw_sql("COMMIT").execute(&mut conn).await.unwrap();
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
    );
    assert_eq!(applied.unwrap(), ["a", "b", "c"]);
    assert!(slowest < TIMEOUT + Duration::from_millis(150), "a statement waited {slowest:?}");
    assert!(project.events().iter().any(|event| event.contains("Waiting")), "nothing was in the way");
    assert!(project.events().iter().any(|event| event.contains("holds")), "{:?}", project.events());
}

async fn statements(project: &Project, sql: &'static str, over: &AtomicBool) -> Duration {
    let mut conn = project.connect().await;
    let mut slowest = Duration::ZERO;
    while !over.load(Ordering::SeqCst) {
        let begin = Instant::now();
        sqlx::raw_sql(sql).execute(&mut conn).await.expect("no statement of the application fails");
        slowest = slowest.max(begin.elapsed());
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    slowest
}

#[tokio::test]
async fn a_long_statement_tells_how_far_it_is() {
    let mut project = Project::new().await;
    project.watch = true;
    project.run("CREATE TABLE t (id int); INSERT INTO t VALUES (1)").await;
    // An index cannot be built concurrently past a transaction that is open.
    let mut old = project.connect().await;
    sqlx::raw_sql("BEGIN; UPDATE t SET id = 2").execute(&mut old).await.unwrap();
    project.revision("a", "", "-- autogen: autocommit\nCREATE INDEX CONCURRENTLY i ON t (id);", "");
    let (applied, ()) = tokio::join!(project.upgrade("head"), async {
        while !project.events().iter().any(|event| event.contains("Progress {")) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        sqlx::raw_sql("COMMIT").execute(&mut old).await.unwrap();
    });
    applied.unwrap();
    let progress = project.events().into_iter().find(|event| event.contains("Progress {")).unwrap();
    assert!(
        progress.contains("what: \"index, concurrently\", phase: \"waiting for writers before build\""),
        "{progress}"
    );
}

/// pgbouncer before the test's server, stopped when it is dropped.
struct Pooler {
    child: Child,
    folder: tempfile::TempDir,
}

impl Pooler {
    /// `None` where pgbouncer is not installed; `.ci/run` installs it.
    #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
    async fn start(project: &Project, mode: &str, settings: &str) -> Option<Self> {
        if Command::new("pgbouncer").arg("--version").stdout(Stdio::null()).status().is_err() {
            eprintln!("skipped: pgbouncer is not installed (apt-get install pgbouncer)");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("ag-pool-").tempdir_in("/tmp").expect("the pooler can be started");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777))
            .expect("the pooler can be started");
        let socket = project.options().get_socket().expect("the pooler can be started").clone();
        let (place, port) = (folder.path().display(), project.options().get_port());
        let text = format!(
            "[databases]\n* = host={} port={port} user={}\n[pgbouncer]\npool_mode = {mode}\nauth_type = any\n\
             unix_socket_dir = {place}\nlisten_port = 6432\nlogfile = {place}/log\npidfile = {place}/pid\n{settings}\n",
            socket.display(),
            project.options().get_username(),
        );
        std::fs::write(folder.path().join("ini"), text).expect("the pooler can be started");
        let mut command = Command::new("pgbouncer");
        let owner = std::fs::metadata(&socket)
            .map(|it| std::os::unix::fs::MetadataExt::uid(&it))
            .expect("the pooler can be started");
        if nix::unistd::geteuid().is_root() {
            std::os::unix::process::CommandExt::uid(&mut command, owner);
        }
        let child =
            command.arg("-q").arg(folder.path().join("ini")).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let pooler = Self { child: child.expect("the pooler can be started"), folder };
        for _ in 0..100 {
            if pooler.folder.path().join(".s.PGSQL.6432").exists() {
                return Some(pooler);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "pgbouncer does not start: {}",
            std::fs::read_to_string(pooler.folder.path().join("log")).unwrap_or_default()
        );
    }

    fn options(&self, project: &Project) -> sqlx::postgres::PgConnectOptions {
        project.options().socket(self.folder.path()).port(6432)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn behind_a_pooler_in_transaction_mode_it_refuses_and_in_session_mode_it_works() {
    for settings in ["", "default_pool_size = 1", "server_round_robin = 1"] {
        let project = Project::new().await;
        project.revision("a", "", "CREATE TABLE t (id int);", "");
        let extra = format!("ignore_startup_parameters = extra_float_digits\n{settings}");
        let Some(pooler) = Pooler::start(&project, "transaction", &extra).await else { return };
        let error = project.upgrade_through(pooler.options(&project)).await.unwrap_err();
        assert!(message(&error).contains("is behind a pooler in transaction mode"), "{settings}: {error}");
        assert!(error.hints()[0].contains("--database-url"), "{:?}", error.hints());
        assert_eq!(project.applied().await, []);
        let locks = "SELECT count(*)::int FROM pg_locks JOIN pg_database d ON d.oid = database \
                     WHERE locktype = 'advisory' AND datname = current_database()";
        assert_eq!(project.query(locks).await, 0, "a pooled session keeps the lock");
        drop(pooler);
        assert_eq!(project.upgrade("head").await.unwrap(), ["a"]);
    }
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE t (id int);", "");
    let settings = "ignore_startup_parameters = extra_float_digits";
    let Some(pooler) = Pooler::start(&project, "session", settings).await else { return };
    assert_eq!(project.upgrade_through(pooler.options(&project)).await.unwrap(), ["a"]);
}

#[tokio::test]
async fn a_pooler_that_refuses_the_session_is_told_apart() {
    let project = Project::new().await;
    project.revision("a", "", "CREATE TABLE t (id int);", "");
    let Some(pooler) = Pooler::start(&project, "transaction", "").await else { return };
    let error = project.upgrade_through(pooler.options(&project)).await.unwrap_err();
    let told = format!("{} {:?}", message(&error), error.hints());
    assert_eq!(error.kind(), Kind::Error);
    assert!(told.contains("pooler"), "{told}");
}
