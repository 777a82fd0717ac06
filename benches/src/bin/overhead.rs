//! Prints what a task costs: time to build, run and drop a graph, and memory, next to others.
//!
//! Each row is measured in a process of its own, so that peaks of memory do not mix.

use std::{
    env,
    io::{self, Read},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use benches::{
    measure,
    row::{Key, Outcome, Row},
    shapes::Shape,
    who::Who,
};
use clap::Parser;

/// A row that takes longer is stopped.
const LONGEST: Duration = Duration::from_secs(20);
/// A row that takes more memory is stopped.
const LARGEST_BYTES: u64 = 8 << 30;
/// From here on every shape differs from the others.
const SMALLEST: usize = 4;

/// Measures the overhead per task.
#[derive(Parser)]
struct Options {
    /// Size of the graphs, in nodes; may be given several times.
    #[arg(long, value_name = "N", default_values_t = [100_000], value_parser = at_least::<SMALLEST>)]
    tasks: Vec<usize>,
    /// Number of workers; may be given several times.
    #[arg(long, value_name = "N", default_values_t = [1, 2], value_parser = at_least::<1>)]
    threads: Vec<usize>,
    /// Only this library; may be given several times.
    #[arg(long, value_name = "NAME")]
    who: Vec<Who>,
    /// Only this shape; may be given several times.
    #[arg(long, value_name = "NAME")]
    shape: Vec<Shape>,
    /// Repetitions that the medians are of.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = at_least::<1>)]
    repeat: usize,
    /// One JSON object a row instead of a table.
    #[arg(long)]
    json: bool,
    /// Measures the first row in this very process, and prints it as JSON.
    #[arg(long, hide = true)]
    row: bool,
}

fn at_least<const LEAST: usize>(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number >= LEAST => Ok(number),
        Ok(_) => Err(format!("the least is {LEAST}")),
        Err(error) => Err(format!("{error}")),
    }
}

fn main() -> io::Result<()> {
    let mut options = Options::parse();
    if options.who.is_empty() {
        options.who = Who::ALL.to_vec();
    }
    if options.shape.is_empty() {
        options.shape = Shape::ALL.to_vec();
    }
    if !options.json && !options.row {
        println!("{}", Row::HEADER);
    }
    for &size in &options.tasks {
        for &shape in &options.shape {
            for &who in &options.who {
                let threads = if who.is_serial() { &[1][..] } else { &options.threads };
                for &threads in threads {
                    let key = Key { who, shape, tasks: shape.tasks(size), threads };
                    if options.row {
                        let outcome = Outcome::Measured(measure::cost(&key, size, options.repeat));
                        return print_json(&Row { key, outcome });
                    }
                    let row = Row { key, outcome: measure_apart(&key, size, options.repeat)? };
                    if options.json {
                        print_json(&row)?;
                    } else {
                        println!("{row}");
                    }
                }
            }
        }
    }
    Ok(())
}

fn print_json(row: &Row) -> io::Result<()> {
    println!("{}", serde_json::to_string(row)?);
    Ok(())
}

/// Measures a row in a process of its own, and stops it where it exceeds the limits.
fn measure_apart(key: &Key, size: usize, repeat: usize) -> io::Result<Outcome> {
    let mut child = Command::new(env::current_exe()?)
        .args(["--row", "--who", key.who.name(), "--shape", key.shape.name()])
        .args(["--tasks", &size.to_string(), "--threads", &key.threads.to_string()])
        .args(["--repeat", &repeat.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let stopped = |stopped: String| Ok(Outcome::Stopped { stopped });
    match watch(&mut child)? {
        Err(limit) => stopped(limit),
        Ok(status) if !status.success() => stopped(status.to_string()),
        Ok(_) => {
            // One line, which the pipe holds until it is read.
            let mut line = String::new();
            child.stdout.take().expect("it is piped").read_to_string(&mut line)?;
            Ok(serde_json::from_str::<Row>(&line)?.outcome)
        }
    }
}

/// Waits for the end, or for the first limit that is exceeded.
fn watch(child: &mut Child) -> io::Result<Result<ExitStatus, String>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ok(status));
        }
        let limit = if started.elapsed() > LONGEST {
            format!("takes more than {} s", LONGEST.as_secs())
        } else if measure::peak_bytes_of(child.id()).is_some_and(|peak| peak > LARGEST_BYTES) {
            format!("takes more than {} GiB", LARGEST_BYTES >> 30)
        } else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        child.kill()?;
        child.wait()?;
        return Ok(Err(limit));
    }
}
