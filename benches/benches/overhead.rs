//! What does a task cost beyond its own work? Builds, runs and drops graphs of empty tasks.
//!
//! It compares what can be called from here; the program `overhead` also measures libraries of
//! other languages, in processes of their own.

use std::{thread, time::Duration};

use benches::{
    overhead::{library::Who, shapes::Shape},
    peers,
};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};

const SIZES: [usize; 2] = [1_000, 10_000];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    overhead_per_task(&mut criterion);
    criterion.final_summary();
}

fn overhead_per_task(criterion: &mut Criterion) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    for shape in Shape::ALL {
        let mut group = criterion.benchmark_group(format!("overhead per task, {}", shape.name()));
        group.sampling_mode(SamplingMode::Flat);
        for tasks in SIZES {
            group.throughput(Throughput::Elements(shape.tasks(tasks) as u64));
            for who in Who::ALL {
                let threads = if who.is_serial() { 1 } else { cores };
                let Some(library) = peers::start(who, threads) else { continue };
                let expected = shape.expected(tasks);
                assert_eq!(library.round(shape, tasks).result, expected, "{who:?} {shape:?}");
                group.bench_function(BenchmarkId::new(who.name(), tasks), |bencher| {
                    bencher.iter(|| library.round(shape, tasks));
                });
            }
        }
        group.finish();
    }
}
