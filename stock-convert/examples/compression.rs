//! How fast the conversion is with each compression, and what a second core adds:
//! `cargo run --release -p stock-convert --example compression`.
//!
//! Generates as many prices as the lesson has, 21 files of 77 015 rows, and converts them in every
//! compression, as a graph of tasks on one worker and on two.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Duration;

use graph_exec::__format as format;
use graph_exec::Executor;
use stock_convert::synthetic::{ROWS, SYMBOLS, write_prices};
use stock_convert::{
    Compression, Conversion, Input, Layout, ReadOptions, Storage, TargetMode, convert,
};

const COMPRESSIONS: [Compression; 4] =
    [Compression::None, Compression::Deflate, Compression::Lz4, Compression::Zstd];

/// How often each conversion runs; the fastest counts.
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut inputs = Vec::new();
    let mut bytes_in = 0;
    for (seed, symbol) in (1..).zip(SYMBOLS) {
        let path = folder.path().join(format!("{symbol}.json"));
        let mut file = BufWriter::new(File::create(&path)?);
        write_prices(&mut file, ROWS, seed)?;
        file.flush()?;
        bytes_in += path.metadata()?.len();
        inputs.push(Input { output: path.with_extension("h5"), label: symbol.into(), path });
    }
    println!("{} files, {} of JSON lines", inputs.len(), format::bytes(bytes_in));

    let (_, raw) = convert_all(&inputs, Storage::default(), 1)?;
    for layout in [Layout::Table, Layout::Columns] {
        for compression in COMPRESSIONS {
            let storage = Storage { layout, compression, ..Storage::default() };
            let (one, bytes) = convert_all(&inputs, storage, 1)?;
            let (two, _) = convert_all(&inputs, storage, 2)?;
            println!(
                "{} {}: {} of JSON, to {:.2} of the uncompressed size, {:.2} times as fast on two \
                 workers",
                layout.name(),
                compression.name(),
                rate(bytes_in, one),
                bytes as f64 / raw as f64,
                one.as_secs_f64() / two.as_secs_f64(),
            );
        }
    }
    Ok(())
}

/// The time of the fastest of [`RUNS`] runs, and the bytes of all outputs, which are thrown away.
fn convert_all(
    inputs: &[Input],
    storage: Storage,
    workers: usize,
) -> Result<(Duration, u64), Box<dyn Error>> {
    let executor = Executor::builder().threads(workers).build()?;
    let conversion = |input: &Input| {
        let (options, mode) = (ReadOptions::default(), TargetMode::DryRun);
        Conversion { input: input.clone(), options, mode, storage }
    };
    let conversions: Vec<Conversion> = inputs.iter().map(conversion).collect();
    let mut best = (Duration::MAX, 0);
    for _ in 0..RUNS {
        let (converted, _) = convert(&conversions, &executor)?;
        let mut bytes = 0;
        for result in converted.results {
            bytes += result?.bytes;
        }
        best = best.min((converted.wall, bytes));
    }
    Ok(best)
}

fn rate(bytes: u64, elapsed: Duration) -> String {
    format!("{}/s", format::bytes((bytes as f64 / elapsed.as_secs_f64()) as u64))
}
