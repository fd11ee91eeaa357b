//! Why a database could not be reached, told apart on a real Postgres.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use autogen::config::{Config, Environment, FILE_NAME, Overrides, connect};
use autogen::error::Error;
use autogen::scratch::{Options, Scratch};
use sqlx::Executor;

/// Connects with this URL from the environment, and fails.
async fn refusal(url: &str) -> Error {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE_NAME), "").unwrap();
    let environment = Environment::from_pairs(&[("DATABASE_URL", url)]);
    let config = Config::resolve(folder.path().to_path_buf(), Overrides::default(), environment).unwrap();
    let error = connect(&config.target().unwrap().unwrap()).await.unwrap_err();
    let everything = format!("{error} {error:?}");
    assert!(everything.contains("(from DATABASE_URL)") && !everything.contains("secret"), "{everything}");
    error
}

#[tokio::test]
async fn what_the_server_refuses() {
    let scratch = Scratch::start(server::options().await, &|_| {}).await.unwrap();
    let database = scratch.database().await.unwrap();
    let mut conn = database.connect().await.unwrap();
    // The server itself writes its pg_hba.conf: only it may.
    conn.execute(
        "create role locked login password 'right'; create role outside login;
         create temp table hba (line text);
         insert into hba values ('local all locked scram-sha-256'), ('local all outside reject'), ('local all all trust');
         do $$ begin execute format('copy hba to %L', current_setting('hba_file')); end $$;
         select pg_reload_conf(); select pg_sleep(0.3)",
    )
    .await
    .unwrap();
    let options = database.options();
    let socket = options.get_socket().unwrap().display().to_string();
    let url =
        |login: &str, name: &str| format!("postgresql://{login}@/{name}?host={socket}&port={}", options.get_port());
    let user = options.get_username();

    let error = refusal(&url("locked:secret", database.name())).await;
    assert!(error.to_string().ends_with("wrong password"), "{error}");
    assert!(error.to_string().contains("locked:***@"), "{error}");

    let error = refusal(&url("outside", database.name())).await;
    assert!(error.to_string().ends_with("the server does not let this user in"), "{error}");

    let error = refusal(&url("nobody_at_all", database.name())).await;
    assert!(error.to_string().ends_with("the server does not let this user in"), "{error}");

    let error = refusal(&url(user, "nowhere")).await;
    assert!(error.to_string().ends_with("this database does not exist"), "{error}");
    assert_eq!(error.hints(), ["autogen db init   creates it"]);
    scratch.stop().await.unwrap();
}

#[tokio::test]
async fn servers_that_are_not_there() {
    let error = refusal("postgresql://me:secret@127.0.0.1:1/app").await;
    assert!(error.to_string().ends_with("nothing answers at 127.0.0.1:1"), "{error}");
    assert_eq!(error.hints()[0], "is Postgres running there? pg_isready -h 127.0.0.1 -p 1");

    let error = refusal("postgresql://me:secret@nowhere.invalid/app").await;
    assert!(error.to_string().ends_with("the host `nowhere.invalid` is not known"), "{error}");

    let error = refusal("postgresql://me:secret@/app?host=/nowhere").await;
    assert!(error.to_string().ends_with("there is no server at the socket in /nowhere"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // The answer of a server without TLS to the request for it is the letter N.
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 8]).await.unwrap();
        stream.write_all(b"N").await.unwrap();
    });
    let error = refusal(&format!("postgresql://me:secret@127.0.0.1:{port}/app?sslmode=require")).await;
    assert!(error.to_string().ends_with("TLS failed"), "{error}");
    assert!(error.hints()[0].starts_with("sslmode=disable"));
}
