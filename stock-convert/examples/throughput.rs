//! How fast one core reads and writes: `cargo run --release -p stock-convert --example throughput`.
//!
//! Generates as many prices as the lesson has, 21 files of 77 015 rows, and converts them in a
//! plain loop, three times.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::time::{Duration, Instant};

use stock_convert::generate::{ROWS, SYMBOLS, write_prices};
use stock_convert::{BadLines, Storage, Target, TargetMode, read, units, write};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut inputs = Vec::new();
    for (seed, symbol) in (1..).zip(SYMBOLS) {
        let path = folder.path().join(format!("{symbol}.json"));
        write_prices(&mut BufWriter::new(File::create(&path)?), ROWS, seed)?;
        inputs.push(path);
    }
    for _ in 0..3 {
        let started = Instant::now();
        let (mut reading, mut writing) = (Duration::ZERO, Duration::ZERO);
        let (mut bytes_in, mut bytes_out) = (0, 0);
        for input in &inputs {
            let loaded = read(input, BadLines::Refuse)?;
            let path = input.with_extension("h5");
            let written = write(
                &loaded,
                &Target { path, mode: TargetMode::Replace, storage: Storage::default() },
            )?;
            reading += loaded.took;
            writing += written.took - loaded.took;
            bytes_in += loaded.origin.bytes;
            bytes_out += written.bytes;
        }
        let rate = |bytes: u64, took: Duration| {
            format!("{}/s", units::bytes((bytes as f64 / took.as_secs_f64()) as u64))
        };
        println!(
            "{} files: read {} at {}, wrote {} at {}, all in {}",
            inputs.len(),
            units::bytes(bytes_in),
            rate(bytes_in, reading),
            units::bytes(bytes_out),
            rate(bytes_out, writing),
            units::time(started.elapsed()),
        );
    }
    Ok(())
}
