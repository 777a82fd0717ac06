//! How much faster is the conversion on more threads? A plain loop, the graph, and rayon by hand.

use std::{fs::File, io::BufWriter, path::Path, thread, time::Duration};

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
    speed_up_by_threads(&mut criterion);
    criterion.final_summary();
}

fn speed_up_by_threads(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let conversions = conversions(folder.path());
    let bytes = conversions.iter().map(|c| c.input.path.metadata().map_or(0, |file| file.len()));
    let mut group = criterion.benchmark_group("speed-up of the conversion by threads");
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(bytes.sum()));

    check_rows(convert_sequentially(&conversions).results.iter().flatten().map(|w| w.origin.rows));
    group.bench_function("plain loop", |bencher| {
        bencher.iter(|| convert_sequentially(&conversions));
    });
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut threads = 1;
    while threads <= cores {
        let executor = Executor::builder().threads(threads).build().expect("a few threads");
        let (converted, _) = convert(&conversions, &executor).expect("the graph is sound");
        check_rows(converted.results.iter().flatten().map(|written| written.origin.rows));
        group.bench_function(BenchmarkId::new("graph", threads), |bencher| {
            bencher.iter(|| convert(&conversions, &executor));
        });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.expect("a few threads");
        group.bench_function(BenchmarkId::new("rayon", threads), |bencher| {
            bencher.iter(|| pool.install(|| by_hand(&conversions)));
        });
        threads *= 2;
    }
    group.finish();
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
