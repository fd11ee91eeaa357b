//! What reading entities costs, in CPU-seconds: `cargo bench --bench reader`.
//!
//! The promise: 1,000 files under 0.5 CPU-seconds, and a cost a file that stays the same up to 10,000.

mod cpu_time;
mod entity_crate;

use std::path::PathBuf;
use std::time::Duration;

use autogen::introspect::{Source, models};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

use cpu_time::CpuTime;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn reader(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("reader");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(10));
    for entities in [100, 1_000, 3_000, 10_000] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        entity_crate::write(folder.path(), entities).expect("the crate is written");
        let source = Source {
            root: folder.path().to_owned(),
            paths: vec![PathBuf::from(".")],
            default_namespace: "public".to_owned(),
            ..Source::default()
        };
        group.throughput(Throughput::Elements(entities as u64));
        group.bench_with_input(BenchmarkId::from_parameter(entities), &source, |bencher, source| {
            bencher.iter(|| {
                let reading = models(source).unwrap_or_else(|problems| panic!("{problems}"));
                assert_eq!(reading.models.schema.tables.len(), entities);
                reading
            });
        });
    }
    group.finish();
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(CpuTime); targets = reader);
criterion_main!(benches);
