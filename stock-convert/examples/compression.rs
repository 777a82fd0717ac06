//! How fast each compression writes, and what a second core adds:
//! `cargo run --release -p stock-convert --example compression`.
//!
//! Generates as many prices as the lesson has, 21 files of 77 015 rows, reads them in a plain loop,
//! and writes them in every compression, as tasks on one worker and on two.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use graph_exec::prelude::*;
use stock_convert::synthetic::{ROWS, SYMBOLS, write_prices};
use stock_convert::{
    BadLines, Compression, Layout, Loaded, Storage, Target, TargetMode, read, units, write,
};

const COMPRESSIONS: [Compression; 4] =
    [Compression::None, Compression::Deflate, Compression::Lz4, Compression::Zstd];

/// Of so many runs the fastest counts.
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut inputs = Vec::new();
    for (seed, symbol) in (1..).zip(SYMBOLS) {
        let path = folder.path().join(format!("{symbol}.json"));
        write_prices(&mut BufWriter::new(File::create(&path)?), ROWS, seed)?;
        inputs.push(path);
    }
    let started = Instant::now();
    let tables = inputs
        .iter()
        .map(|input| Ok((Arc::new(read(input, BadLines::Refuse)?), input.with_extension("h5"))));
    let tables: Vec<(Arc<Loaded>, PathBuf)> = tables.collect::<Result<_, Box<dyn Error>>>()?;
    let bytes_in: u64 = tables.iter().map(|(table, _)| table.origin.bytes).sum();
    println!("read {} at {}", units::bytes(bytes_in), rate(bytes_in, started.elapsed()));

    let raw = write_all(&tables, Storage::default(), 1)?.1;
    for layout in [Layout::Table, Layout::Columns] {
        for compression in COMPRESSIONS {
            let storage = Storage { layout, compression, ..Storage::default() };
            let (one, bytes) = write_all(&tables, storage, 1)?;
            let (two, _) = write_all(&tables, storage, 2)?;
            println!(
                "{} {}: {} of table, to {:.2} of its size, {:.2} times as fast on two workers",
                layout.name(),
                compression.name(),
                rate(raw, one),
                bytes as f64 / raw as f64,
                one.as_secs_f64() / two.as_secs_f64(),
            );
        }
    }
    Ok(())
}

/// How long it takes, and the bytes of all outputs, which are thrown away.
fn write_all(
    tables: &[(Arc<Loaded>, PathBuf)],
    storage: Storage,
    workers: usize,
) -> Result<(Duration, u64), graph_exec::Error> {
    let executor = Executor::builder().threads(workers).build()?;
    let mut best = (Duration::MAX, 0);
    for _ in 0..RUNS {
        let tasks: Vec<Delayed<u64>> = tables
            .iter()
            .map(|(table, path)| {
                let target = Target { path: path.clone(), mode: TargetMode::Rehearse, storage };
                value(table.clone())
                    .and_then(move |table| write(&table, &target).map(|written| written.bytes))
            })
            .collect();
        let started = Instant::now();
        let bytes = executor.compute(tasks)?.into_iter().sum();
        best = best.min((started.elapsed(), bytes));
    }
    Ok(best)
}

fn rate(bytes: u64, took: Duration) -> String {
    format!("{}/s", units::bytes((bytes as f64 / took.as_secs_f64()) as u64))
}
