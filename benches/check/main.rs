//! What `autogen check` costs where nothing changed, on 1,000 and 5,000 tables, beside `pg_dump --schema-only` of the
//! same database: `cargo bench --bench check`.
//!
//! Each run is the whole command: sources, a scratch server, the history replayed on it, the comparison with the entities
//! and with the database.

#[path = "../reader/entity_crate.rs"]
mod entity_crate;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use autogen::scratch::{Options, Scratch};
use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};

fn check(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let start = Scratch::start(Options::new(Options::user_cache()), &|_| {});
    let server = runtime.block_on(start).expect("a server");
    let mut group = criterion.benchmark_group("check");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_secs(10));
    for entities in [1_000, 5_000] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        entity_crate::write(folder.path(), entities).expect("the crate is written");
        std::fs::write(folder.path().join("autogen.toml"), "[entities]\npath = \".\"\n").expect("it is written");
        let database = runtime.block_on(server.database()).expect("a database");
        let options = database.options();
        let socket = options.get_socket().expect("a private server").clone();
        let url = format!(
            "postgresql://{}@/{}?host={}",
            options.get_username(),
            database.name(),
            socket.display().to_string().replace('/', "%2F")
        );
        autogen(folder.path(), &url, &["create", "everything", "--from-history", "--no-prove"]);
        autogen(folder.path(), &url, &["upgrade"]);
        group.bench_function(BenchmarkId::new("autogen", entities), |bencher| {
            bencher.iter(|| autogen(folder.path(), &url, &["check"]));
        });
        group.bench_function(BenchmarkId::new("pg_dump", entities), |bencher| {
            bencher.iter(|| {
                let mut dump = Command::new("pg_dump");
                dump.args(["--schema-only", "-U", options.get_username(), "-d", database.name(), "-h"]).arg(&socket);
                assert!(dump.stdout(Stdio::null()).status().expect("pg_dump stands on the PATH").success());
            });
        });
        runtime.block_on(database.drop()).expect("it is dropped");
    }
    group.finish();
    runtime.block_on(server.stop()).expect("it stops");
}

fn autogen(folder: &Path, url: &str, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
    command.args(arguments).args(["--quiet", "--database-url", url]).current_dir(folder);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

criterion_group!(benches, check);
criterion_main!(benches);
