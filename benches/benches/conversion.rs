//! How much faster is the conversion on more threads? A plain loop, the graph, and rayon by hand.

use std::{fs::File, io::BufWriter, path::Path, thread, time::Duration};

use benches::samples::Samples;
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use graph_exec::Executor;
use rayon::prelude::*;
use stock_convert::{
    Conversion, Input, ReadOptions, Storage, TargetMode, convert, convert_file,
    convert_sequentially,
    synthetic::{SYMBOLS, write_prices},
};

const FILES: usize = 8;
const ROWS: u64 = 20_000;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let speed_ups = speed_up_by_threads(&mut criterion);
    criterion.final_summary();
    print_table(&speed_ups);
}

/// The times of the conversion.
#[derive(Default)]
struct SpeedUps {
    plain_loop: Samples,
    /// Threads, with the times of the graph and of rayon by hand.
    by_threads: Vec<(usize, [Samples; 2])>,
}

fn speed_up_by_threads(criterion: &mut Criterion) -> SpeedUps {
    let mut speed_ups = SpeedUps::default();
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let conversions = conversions(folder.path());
    let bytes = conversions.iter().map(|c| c.input.path.metadata().map_or(0, |file| file.len()));
    let mut group = criterion.benchmark_group("speed-up of the conversion by threads");
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(bytes.sum()));

    check_rows(convert_sequentially(&conversions).results.iter().flatten().map(|w| w.origin.rows));
    group.bench_function("plain loop", |bencher| {
        let samples = &mut speed_ups.plain_loop;
        bencher.iter_custom(|rounds| samples.time(rounds, || convert_sequentially(&conversions)));
    });
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut threads = 1;
    while threads <= cores {
        let executor = Executor::builder().threads(threads).build().expect("a few threads");
        let (converted, _) = convert(&conversions, &executor).expect("the graph is sound");
        check_rows(converted.results.iter().flatten().map(|written| written.origin.rows));
        let (mut graph, mut by_rayon) = (Samples::default(), Samples::default());
        group.bench_function(BenchmarkId::new("graph", threads), |bencher| {
            bencher.iter_custom(|rounds| graph.time(rounds, || convert(&conversions, &executor)));
        });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.expect("a few threads");
        group.bench_function(BenchmarkId::new("rayon", threads), |bencher| {
            bencher.iter_custom(|rounds| {
                by_rayon.time(rounds, || pool.install(|| by_hand(&conversions)))
            });
        });
        speed_ups.by_threads.push((threads, [graph, by_rayon]));
        threads *= 2;
    }
    group.finish();
    speed_ups
}

/// Prints how many times faster than the plain loop the graph is, and rayon by hand.
fn print_table(speed_ups: &SpeedUps) {
    let SpeedUps { plain_loop, by_threads } = speed_ups;
    let times = |samples: &Samples| match samples.speed_up_over(plain_loop) {
        Some([median, low, high]) => format!("{median:.2} × ({low:.2} to {high:.2})"),
        None => "-".to_owned(),
    };
    if plain_loop.median().is_none() {
        return;
    }
    println!("\nspeed-up over a plain loop: the median, and the middle half");
    println!("threads  {:<24} rayon by hand", "graph");
    for (threads, [graph, by_rayon]) in by_threads {
        println!("{threads:>7}  {:<24} {}", times(graph), times(by_rayon));
    }
}

fn by_hand(conversions: &[Conversion]) -> usize {
    conversions.par_iter().filter(|conversion| convert_file(conversion).is_ok()).count()
}

fn check_rows(rows: impl Iterator<Item = u64>) {
    let rows: Vec<u64> = rows.collect();
    assert_eq!(rows, [ROWS; FILES], "every file is converted whole");
}

fn conversions(folder: &Path) -> Vec<Conversion> {
    let conversion = |(seed, symbol): (u64, &str)| {
        let path = folder.join(symbol).with_extension("json");
        let file = File::create(&path).expect("the temporary folder can be written");
        write_prices(&mut BufWriter::new(file), ROWS, seed).expect("the disk has room");
        let input = Input { output: path.with_extension("h5"), label: symbol.to_owned(), path };
        let (options, storage) = (ReadOptions::default(), Storage::default());
        Conversion { input, options, mode: TargetMode::DryRun, storage }
    };
    (1..).zip(SYMBOLS).take(FILES).map(conversion).collect()
}
