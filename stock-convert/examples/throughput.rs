//! Where the time of a conversion goes: `cargo run --release -p stock-convert --example throughput`.
//!
//! Generates as many prices as the lesson has, 21 files of 77 015 rows, and takes them through each
//! stage on one core, beside what this machine needs to copy, scan and store as many bytes. With a
//! folder as its argument it takes the `.json` files in that instead. Every stage runs five times
//! in turn with the others; the fastest counts.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use stock_convert::synthetic::{ROWS, SYMBOLS, write_prices};
use stock_convert::{
    BadLines, BlockParser, Blocks, Conversion, Input, LineBlock, Parser, ReadOptions, Schema,
    Storage, TargetMode, convert_file, units,
};
use xxhash_rust::xxh3::xxh3_128;

const ROUNDS: usize = 5;

const BLOCK_BYTES: usize = 256 * 1024;

/// A stage by name: the bytes that go through it, and its fastest time.
struct Stage(&'static str, u64, Duration);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let inputs = match std::env::args_os().nth(1) {
        Some(folder) => json_files(folder.into())?,
        None => generate(folder.path())?,
    };
    let contents = inputs.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
    let bytes: u64 = contents.iter().map(|content| content.len() as u64).sum();
    println!(
        "{} files, {}; one core, the fastest of {ROUNDS} rounds",
        inputs.len(),
        units::bytes(bytes)
    );

    let mut stages: Vec<Stage> = Vec::new();
    let mut note =
        |name, bytes, elapsed: Duration| match stages.iter_mut().find(|stage| stage.0 == name) {
            Some(stage) => stage.2 = stage.2.min(elapsed),
            None => stages.push(Stage(name, bytes, elapsed)),
        };
    let mut copy = vec![0; contents.iter().map(Vec::len).max().unwrap_or(0)];
    let scratch = folder.path().join("scratch");
    for _ in 0..ROUNDS {
        let (elapsed, ()) =
            timed(|| contents.iter().for_each(|c| copy[..c.len()].copy_from_slice(c)));
        note("limit: copy in memory", bytes, elapsed);

        let newlines = |content: &Vec<u8>| memchr::memchr_iter(b'\n', content).count();
        let (elapsed, lines) = timed(|| contents.iter().map(newlines).sum::<usize>());
        note("limit: scan for newlines", bytes, elapsed);

        let (elapsed, result) = timed(|| inputs.iter().try_for_each(read_through));
        result?;
        note("limit: read from the page cache", bytes, elapsed);

        let (elapsed, result) = timed(|| {
            contents.iter().try_for_each(|content| File::create(&scratch)?.write_all(content))
        });
        result?;
        note("limit: write to the page cache", bytes, elapsed);

        let (elapsed, _) =
            timed(|| contents.iter().fold(0, |hash, content| hash ^ xxh3_128(content)));
        note("hash", bytes, elapsed);

        let (elapsed, rows) = timed(|| parse_all(&contents, || Parser::new(BadLines::Refuse)));
        assert_eq!(rows?, lines, "every line is a row");
        note("parse", bytes, elapsed);

        let (elapsed, rows) = timed(|| parse_apart(&contents));
        assert_eq!(rows?, lines, "every line is a row");
        note("parse, keeping one block at a time", bytes, elapsed);

        let general = || Parser::without_templates(BadLines::Refuse);
        let (elapsed, rows) = timed(|| parse_all(&contents, general));
        assert_eq!(rows?, lines, "every line is a row");
        note("parse by the general path alone", bytes, elapsed);

        let conversions = inputs.iter().map(|input| Conversion {
            input: Input {
                path: input.clone(),
                output: folder.path().join("output.h5"),
                label: String::new(),
            },
            options: ReadOptions::default(),
            mode: TargetMode::Replace,
            storage: Storage::default(),
        });
        let (elapsed, result) = timed(|| {
            conversions
                .map(|conversion| convert_file(&conversion))
                .try_for_each(|written| written.map(drop))
        });
        result?;
        note("files from JSON to HDF5", bytes, elapsed);
    }
    for Stage(name, bytes, elapsed) in stages {
        let rate = bytes as f64 / elapsed.as_secs_f64() / 1e9;
        println!("  {name:<40} {rate:6.2} GB/s  {:>9}", units::time(elapsed));
    }
    Ok(())
}

fn generate(folder: &std::path::Path) -> io::Result<Vec<PathBuf>> {
    let mut inputs = Vec::new();
    for (seed, symbol) in (1..).zip(SYMBOLS) {
        let path = folder.join(format!("{symbol}.json"));
        let mut file = BufWriter::new(File::create(&path)?);
        write_prices(&mut file, ROWS, seed)?;
        file.flush()?;
        inputs.push(path);
    }
    Ok(inputs)
}

fn json_files(folder: PathBuf) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(files)
}

fn timed<T>(stage: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let result = stage();
    (started.elapsed(), result)
}

fn read_through(path: &PathBuf) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; BLOCK_BYTES];
    while file.read(&mut buffer)? > 0 {}
    Ok(())
}

/// The rows in `contents`, parsed in blocks as from files.
fn parse_all(contents: &[Vec<u8>], parser: impl Fn() -> Parser) -> Result<usize, Box<dyn Error>> {
    let mut rows = 0;
    for content in contents {
        let mut parser = parser();
        let mut blocks = Blocks::new(&content[..]);
        while let Some(cut) = blocks.next()? {
            match cut {
                LineBlock::Lines(lines) => parser.push_block(lines)?,
                LineBlock::Overlong(limit) => {
                    return Err(format!("a line of over {limit} bytes").into());
                }
            }
        }
        rows += parser.finish().0.rows();
    }
    Ok(rows)
}

/// The same, with columns for one block at a time, as files larger than memory are read.
fn parse_apart(contents: &[Vec<u8>]) -> Result<usize, Box<dyn Error>> {
    let mut rows = 0;
    let mut parser = BlockParser::new(BadLines::Refuse);
    for content in contents {
        let mut schema = Schema::default();
        let mut blocks = Blocks::new(&content[..]);
        while let Some(LineBlock::Lines(lines)) = blocks.next()? {
            let block = parser.parse(lines, &schema)?;
            schema = block.schema;
            rows += block.frame.rows();
        }
    }
    Ok(rows)
}
