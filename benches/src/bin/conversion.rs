//! Converts as much as the lesson does, 21 files of 77 015 rows, here and in Python:
//! `cargo run --release -p benches --bin conversion -- --json`.
//!
//! The sides take turns; times and ratios are medians of the rounds. Python's imports and the start
//! of its processes are not counted. The outputs of all sides are compared value by value.

use std::{
    error::Error,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use benches::{
    conversion::{limits::Limits, python::Python},
    overhead::measure::median,
};
use clap::Parser;
use graph_exec::{Executor, RunRecord};
use serde_json::{Value, json};
use stock_convert::{
    Conversion, Input, ReadOptions, Storage, TargetMode, convert,
    synthetic::{ROWS, SYMBOLS, write_prices},
};

#[derive(Parser)]
struct Arguments {
    /// Rows in each file
    #[arg(long, default_value_t = ROWS)]
    rows: u64,
    /// How often each side converts all files
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Workers on each side
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Where Python is installed
    #[arg(long, default_value = "target/conversion")]
    python: PathBuf,
    /// Measure this program alone
    #[arg(long)]
    alone: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const RIVALS: [&str; 3] = ["dask-threads", "dask-processes", "polars-processes"];

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { rows, rounds, workers, python, alone, json } = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let inputs = folder.path().join("inputs");
    let conversions = generate(&inputs, &folder.path().join("ours"), rows)?;
    let paths: Vec<PathBuf> = conversions.iter().map(|c| c.input.path.clone()).collect();
    let (many, one) =
        (Executor::builder().threads(workers).build()?, Executor::builder().threads(1).build()?);

    let python = if alone { None } else { Some(Python::prepare(&python)?) };
    let out = |name: &str| folder.path().join(name);
    let mut rivals = Vec::new();
    for variant in RIVALS.into_iter().filter(|_| !alone) {
        let python = python.iter().map(|p| p.start(variant, &inputs, &out(variant), workers));
        rivals.extend(python.collect::<Result<Vec<_>, _>>()?);
    }

    let mut seconds = vec![Vec::new(); 2 + rivals.len()];
    let (mut stages, mut limits) = (Vec::new(), Vec::new());
    let mut output_bytes = 0;
    // The first round does not count; it fills the caches.
    for round in 0..=rounds {
        // The two take turns at being first, right after a rival that has filled the caches.
        let two_first = round % 2 == 0;
        let first = two_first.then(|| run(&conversions, &many)).transpose()?;
        let (alone, record) = run(&conversions, &one)?;
        let (ours, _) = first.map_or_else(|| run(&conversions, &many), Ok)?;
        output_bytes = conversions
            .iter()
            .map(|c| c.input.output.metadata().map(|file| file.len()))
            .sum::<Result<u64, _>>()?;
        let mut times = vec![ours, alone];
        for rival in &mut rivals {
            times.push(rival.convert()?);
        }
        let limit = Limits::measure(&paths, output_bytes, folder.path(), workers)?;
        if round > 0 {
            seconds.iter_mut().zip(times).for_each(|(all, time)| all.push(time.as_secs_f64()));
            stages.push(record);
            limits.push(limit);
        }
    }
    let equal = match &python {
        Some(python) => {
            let ours = folder.path().join("ours");
            python.compare([&inputs, &ours, &out("dask-threads"), &out("polars-processes")])?
        }
        None => "not compared".to_owned(),
    };

    let ratio = |other: usize, one: usize| {
        let pairs = seconds[other].iter().zip(&seconds[one]);
        median(&mut pairs.map(|(other, one)| other / one).collect::<Vec<_>>())
    };
    let mut sides = vec![
        json!({ "who": "this", "workers": workers, "seconds": median(&mut seconds[0].clone()) }),
        json!({ "who": "this", "workers": 1, "seconds": median(&mut seconds[1].clone()) }),
    ];
    for (index, variant) in RIVALS.iter().enumerate().take(rivals.len()) {
        let (seconds, slower) = (median(&mut seconds[2 + index].clone()), ratio(2 + index, 0));
        sides.push(
            json!({ "who": variant, "workers": workers, "seconds": seconds, "slower": slower }),
        );
    }
    let input_bytes: u64 = paths.iter().map(|path| path.metadata().map_or(0, |f| f.len())).sum();
    let report = json!({
        "files": paths.len(),
        "rows": rows,
        "rounds": rounds,
        "input_bytes": input_bytes,
        "output_bytes": output_bytes,
        "sides": sides,
        "speed_up": ratio(1, 0),
        "arithmetic_speed_up": median(&mut limits.iter().map(|l| l.arithmetic_speed_up).collect::<Vec<_>>()),
        "outputs": equal,
        "one_core_seconds": stages_of(&stages),
        "limits_seconds": limits_of(&limits),
    });
    match json {
        true => println!("{report}"),
        false => println!("{report:#}"),
    }
    Ok(())
}

/// Converts all files; returns the elapsed time and the record of the run.
fn run(conversions: &[Conversion], on: &Executor) -> Result<(Duration, RunRecord), Box<dyn Error>> {
    // As if nothing had been converted before: removing an old output is not measured.
    for output in conversions.iter().map(|conversion| &conversion.input.output) {
        if output.exists() {
            std::fs::remove_file(output)?;
        }
    }
    let (converted, record) = convert(conversions, on)?;
    for result in converted.results {
        result?;
    }
    Ok((converted.wall, record))
}

/// Seconds inside the tasks of each function, as medians of runs on one worker.
fn stages_of(records: &[RunRecord]) -> Value {
    let mut stages = serde_json::Map::new();
    for function in records.first().iter().flat_map(|record| record.by_function()) {
        let name = &function.function;
        let total = |record: &RunRecord| {
            let functions = record.by_function();
            let found = functions.iter().find(|other| other.function == *name);
            found.map_or(0.0, |function| function.total.as_secs_f64())
        };
        let seconds = median(&mut records.iter().map(total).collect::<Vec<_>>());
        let name = name.rsplit("::").next().unwrap_or(name);
        stages.insert(name.to_owned(), json!(seconds));
    }
    stages.into()
}

fn limits_of(limits: &[Limits]) -> Value {
    let of = |part: fn(&Limits) -> Duration| {
        median(&mut limits.iter().map(|limits| part(limits).as_secs_f64()).collect::<Vec<_>>())
    };
    json!({
        "copy of the input": of(|limits| limits.copy),
        "scan for newlines": of(|limits| limits.scan),
        "read of the input": of(|limits| limits.read),
        "write of the output": of(|limits| limits.write),
    })
}

fn generate(inputs: &Path, outputs: &Path, rows: u64) -> std::io::Result<Vec<Conversion>> {
    std::fs::create_dir_all(inputs)?;
    let mut conversions = Vec::new();
    for (seed, symbol) in (1..).zip(SYMBOLS) {
        let path = inputs.join(symbol).with_extension("json");
        let mut file = BufWriter::new(File::create(&path)?);
        write_prices(&mut file, rows, seed)?;
        file.flush()?;
        let output = outputs.join(symbol).with_extension("h5");
        let input = Input { path, output, label: symbol.to_owned() };
        let (options, storage) = (ReadOptions::default(), Storage::default());
        conversions.push(Conversion { input, options, mode: TargetMode::Replace, storage });
    }
    Ok(conversions)
}
