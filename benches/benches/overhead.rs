//! What does a task cost beyond its own work? Builds, runs and drops graphs of empty tasks.
//!
//! It compares what can be called from here; the program `overhead` also measures libraries of
//! other languages, in processes of their own.

use std::{thread, time::Duration};

use benches::{
    overhead::{library::Who, shapes::Shape},
    peers,
    samples::Samples,
};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};

const SIZES: [usize; 2] = [1_000, 10_000];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let rows = overhead_per_task(&mut criterion);
    criterion.final_summary();
    print_table(&rows);
}

/// The times of one shape and size.
struct Row {
    shape: Shape,
    tasks: usize,
    samples: Vec<(Who, Samples)>,
}

fn overhead_per_task(criterion: &mut Criterion) -> Vec<Row> {
    let mut rows = Vec::new();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    for shape in Shape::ALL {
        let mut group = criterion.benchmark_group(format!("overhead per task, {}", shape.name()));
        group.sampling_mode(SamplingMode::Flat);
        for tasks in SIZES {
            let mut row = Row { shape, tasks, samples: Vec::new() };
            group.throughput(Throughput::Elements(shape.tasks(tasks) as u64));
            for who in Who::ALL {
                let threads = if who.is_serial() { 1 } else { cores };
                let Some(library) = peers::start(who, threads) else { continue };
                let expected = shape.expected(tasks);
                assert_eq!(library.round(shape, tasks).result, expected, "{who:?} {shape:?}");
                let mut samples = Samples::default();
                group.bench_function(BenchmarkId::new(who.name(), tasks), |bencher| {
                    bencher
                        .iter_custom(|rounds| samples.time(rounds, || library.round(shape, tasks)));
                });
                row.samples.push((who, samples));
            }
            rows.push(row);
        }
        group.finish();
    }
    rows
}

/// Prints what a task costs here, and how many times as much it costs the others.
fn print_table(rows: &[Row]) {
    let of = |row: &Row, who| {
        let mut samples = row.samples.iter();
        samples.find(|(other, _)| *other == who).and_then(|(_, samples)| samples.median())
    };
    let others: Vec<Who> = Who::ALL
        .into_iter()
        .filter(|&who| who != Who::Ours && rows.iter().any(|row| of(row, who).is_some()))
        .collect();
    if others.is_empty() {
        return;
    }
    println!("\noverhead per task of ours, and that of others ÷ ours (medians)");
    let names: Vec<String> = others.iter().map(|who| format!("{:>14}", who.name())).collect();
    println!("{:<12} {:>7} {:>10}{}", "shape", "tasks", "ours", names.concat());
    for row in rows {
        let Some(ours) = of(row, Who::Ours) else { continue };
        let ratio = |&who: &Who| match of(row, who) {
            Some(other) => format!("{:>12.2} ×", other / ours),
            None => format!("{:>14}", "-"),
        };
        let ratios: Vec<String> = others.iter().map(ratio).collect();
        let per_task = ours * 1e9 / row.shape.tasks(row.tasks) as f64;
        let name = row.shape.name();
        println!("{name:<12} {:>7} {per_task:>7.0} ns{}", row.tasks, ratios.concat());
    }
}
