//! What a long history costs: `cargo bench --bench history`.
//!
//! The promise: 2,000 revisions are read, checked and put in order in under 100 ms, branches and merges among them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use autogen::config::{Config, Environment, FILE_NAME, Overrides};
use autogen::migration::Folder;
use autogen::revision::Target;
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REVISIONS: usize = 2_000;

fn history(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), REVISIONS);
    let environment = Environment::from_pairs(&[]);
    let config = Config::resolve(folder.path().to_owned(), Overrides::default(), environment).expect("it loads");
    let mut group = criterion.benchmark_group("history");
    group.sampling_mode(SamplingMode::Flat).sample_size(20).throughput(Throughput::Elements(REVISIONS as u64));
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5));
    group.bench_with_input(BenchmarkId::new("load", REVISIONS), &config, |bencher, config| {
        bencher.iter(|| {
            let folder = Folder::load(config).expect("it loads");
            assert_eq!(folder.migrations().len(), REVISIONS);
            folder
        });
    });
    let folder = Folder::load(&config).expect("it loads");
    group.bench_function("path to head", |bencher| {
        bencher.iter(|| folder.graph().upgrade_path(&BTreeSet::new(), &Target::head()).expect("there is a path").len());
    });
    group.bench_function("edited and proved", |bencher| {
        bencher.iter(|| {
            assert!(folder.edited().is_empty());
            folder.migrations().iter().map(|it| folder.recorded_proofs(&it.revision.id).len()).sum::<usize>()
        });
    });
    group.finish();
}

/// A line of revisions; every tenth forks off beside its neighbour, and the one after it joins both.
fn write(root: &Path, count: usize) {
    fs::write(root.join(FILE_NAME), "").expect("it is written");
    let folder = root.join("migrations");
    fs::create_dir(&folder).expect("it is made");
    let id = |number: usize| format!("{number:012x}");
    let mut lock = String::new();
    for number in 0..count {
        let parents = match number {
            0 => String::new(),
            1 => id(0),
            _ if number % 10 == 3 => id(number - 2),
            _ if number % 10 == 4 => format!("{}, {}", id(number - 2), id(number - 1)),
            _ => id(number - 1),
        };
        let (minute, hour) = (number % 60, number / 60 % 24);
        let text = format!(
            "-- revision number {number}\n--\n-- Revision ID: {}\n-- Revises: {parents}\n\
             -- Create Date: 2025-01-{:02} {hour:02}:{minute:02}:00 UTC\n\n-- autogen: upgrade\n\n\
             -- add column users.c{number} (models/src/user.rs:{number})\n\
             ALTER TABLE \"users\" ADD COLUMN \"c{number}\" character varying(255) NOT NULL DEFAULT 'x';\n\n\
             CREATE INDEX \"idx-users-c{number}\" ON \"users\" (\"c{number}\");\n\n-- autogen: downgrade\n\n\
             DROP INDEX \"idx-users-c{number}\";\n\nALTER TABLE \"users\" DROP COLUMN \"c{number}\";\n",
            id(number),
            number / 1_440 + 1,
        );
        let name = format!("202501{:02}_{hour:02}{minute:02}_{}_revision.sql", number / 1_440 + 1, id(number));
        let migration = autogen::migration::Migration::parse(Path::new(&name), &name, &text).expect("it is sound");
        fs::write(folder.join(name), text).expect("it is written");
        let (id, hash) = (id(number), migration.hash);
        let _ = writeln!(lock, "{id} = {hash}\n{id} proved 15.18\n{id} + column public.users.c{number}");
    }
    fs::write(folder.join("autogen.lock"), lock).expect("it is written");
}

criterion_group!(benches, history);
criterion_main!(benches);
