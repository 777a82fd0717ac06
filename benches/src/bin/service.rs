//! How long does a request wait beside slow graphs, and what does it cost to run a graph in the background?
//!
//! ```text
//!  a request    look up ──► four parts ──► one answer       awaited by a thread that does not work
//!  slow graphs  two, of many tasks that take milliseconds   on the same executor
//! ```
//!
//! Measured are the request on an idle executor, and again while both slow graphs run. Then, shape by shape,
//! `spawn` and `wait` against `compute`, in turns, and beside that `compute` against itself, which says
//! how far the machine can be trusted; and what it costs to wake a thread, as `spawn` has to.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use benches::{
    overhead::{measure::median, shapes::Shape},
    peers::ours::{Handle, Ours},
    wake_up::WakeUp,
};
use clap::Parser;
use graph_exec::{Error, Running, prelude::*};

/// Measures what a service asks of an executor.
#[derive(Parser)]
struct Options {
    /// Number of threads of the executor.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// How many requests are made on the idle executor, and as many beside the slow graphs.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    /// How long a task of the slow graphs takes, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..))]
    slow: u64,
    /// How long each of the four parts of a request computes, in microseconds.
    #[arg(long, value_name = "US", default_value_t = 50)]
    part: u64,
    /// How many pairs of runs each shape is measured with.
    #[arg(long, value_name = "N", default_value_t = 201, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// How many tasks the graphs of these pairs have.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(4..))]
    tasks: u32,
}

/// Uses a core for so long.
fn spin(duration: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < duration {
        std::hint::spin_loop();
    }
}

#[delayed]
fn look_up(id: u64) -> u64 {
    id * 7
}

#[delayed]
fn part(record: &u64, part: u64, microseconds: u64) -> u64 {
    spin(Duration::from_micros(microseconds));
    record + part
}

#[delayed]
fn answer(parts: &[u64]) -> u64 {
    parts.iter().sum()
}

fn request(id: u64, microseconds: u64) -> Delayed<u64> {
    let record = look_up(id).shared();
    answer((0..4).map(|n| part(&record, n, microseconds)).collect::<Vec<_>>())
}

/// How long tasks of the slow graphs have really taken, in seconds: on a machine that does other things too
/// it is more than they use a core for.
type Taken = Arc<Mutex<Vec<f64>>>;

/// More tasks than can run meanwhile.
fn slow_graph(duration: Duration, taken: &Taken) -> Vec<Delayed<()>> {
    let task = |_| {
        let taken = Arc::clone(taken);
        value(()).map(move |()| {
            let begin = Instant::now();
            spin(duration);
            let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.push(begin.elapsed().as_secs_f64());
        })
    };
    (0..200_000).map(task).collect()
}

/// The time of each of so many requests, in seconds, the shortest first.
fn latencies(
    executor: &Executor,
    runtime: &tokio::runtime::Runtime,
    options: &Options,
) -> Result<Vec<f64>, Error> {
    let slow = Duration::from_millis(options.slow);
    let mut times = Vec::new();
    for id in 0..u64::from(options.requests) {
        // They come at any moment of a slow task.
        thread::sleep(slow.mul_f64(0.5 + (id * 37 % 100) as f64 / 100.0));
        let begin = Instant::now();
        runtime.block_on(executor.spawn(request(id, options.part)))?;
        times.push(begin.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// The number that so large a share of the sorted numbers does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

/// How long the graph of a shape takes, from the handle to the result.
fn run_time(executor: &Executor, graph: Handle, in_background: bool) -> Result<f64, Error> {
    let begin = Instant::now();
    match (graph, in_background) {
        (Handle::Once(last), false) => drop(executor.compute(last)?),
        (Handle::Shared(last), false) => drop(executor.compute(&last)?),
        (Handle::Once(last), true) => drop(executor.spawn(last).wait()?),
        (Handle::Shared(last), true) => drop(executor.spawn(&last).wait()?),
    }
    Ok(begin.elapsed().as_secs_f64())
}

/// The pairs of one shape.
struct Pairs {
    /// The time of a run, in the background or not, ÷ the time of `compute`, sorted.
    ratios: Vec<f64>,
    /// By how many microseconds the one is longer than the other; the median.
    longer: f64,
}

/// Measures pairs of runs.
fn ratios(
    executor: &Executor,
    shape: Shape,
    in_background: bool,
    options: &Options,
) -> Result<Pairs, Error> {
    let time = |in_background| {
        run_time(executor, shape.build(&mut Ours, options.tasks as usize), in_background)
    };
    for _ in 0..20 {
        time(in_background)?;
        time(false)?;
    }
    let (mut ratios, mut longer) = (Vec::new(), Vec::new());
    for pair in 0..options.pairs {
        // Who comes second finds warmer caches.
        let (measured, computed) = if pair.is_multiple_of(2) {
            let measured = time(in_background)?;
            (measured, time(false)?)
        } else {
            let computed = time(false)?;
            (time(in_background)?, computed)
        };
        ratios.push(measured / computed);
        longer.push((measured - computed) * 1e6);
    }
    ratios.sort_by(f64::total_cmp);
    Ok(Pairs { ratios, longer: median(&mut longer) })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let slow = Duration::from_millis(options.slow);
    let executor = Executor::builder().threads(options.threads.into()).build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;

    let idle = latencies(&executor, &runtime, &options)?;
    let taken = Taken::default();
    let graphs: Vec<Running<_>> =
        (0..2).map(|_| executor.spawn(slow_graph(slow, &taken))).collect();
    thread::sleep(5 * slow);
    let beside = latencies(&executor, &runtime, &options)?;
    if graphs.iter().any(Running::is_finished) {
        return Err("a slow graph ended too early: ask for fewer requests".into());
    }
    drop(graphs);
    let mut taken = std::mem::take(&mut *taken.lock().unwrap_or_else(PoisonError::into_inner));
    taken.sort_by(f64::total_cmp);
    let taken_median = median(&mut taken);

    let Options { threads, requests, part, .. } = options;
    println!("{threads} threads, {requests} requests of six tasks (four of {part} µs)");
    let (mut idle_all, mut beside_all) = (idle.clone(), beside.clone());
    let (idle_median, beside_median) = (median(&mut idle_all), median(&mut beside_all));
    println!(
        "on the idle executor: median {:.2} ms, 90 % {:.2} ms",
        idle_median * 1e3,
        quantile(&idle, 0.9) * 1e3
    );
    println!(
        "beside two graphs of {} ms tasks: median {:.2} ms, 90 % {:.2} ms",
        options.slow,
        beside_median * 1e3,
        quantile(&beside, 0.9) * 1e3
    );
    println!(
        "their tasks really took: median {:.2} ms, 90 % {:.2} ms",
        taken_median * 1e3,
        quantile(&taken, 0.9) * 1e3
    );
    println!(
        "beyond the idle time, in slow tasks: median {:.2}, 90 % {:.2} (bar: median 1.5)",
        (beside_median - idle_median) / taken_median,
        (quantile(&beside, 0.9) - idle_median) / taken_median
    );

    println!(
        "\nspawn + wait ÷ compute, {} tasks, medians of {} pairs (quarter to quarter)",
        options.tasks, options.pairs
    );
    for shape in Shape::ALL {
        let spawned = ratios(&executor, shape, true, &options)?;
        let itself = ratios(&executor, shape, false, &options)?;
        let longer = spawned.longer;
        let [spawned, itself] = [spawned, itself].map(|Pairs { ratios, .. }| {
            let (low, high) = (quantile(&ratios, 0.25), quantile(&ratios, 0.75));
            format!("{:.2} ({low:.2} to {high:.2})", quantile(&ratios, 0.5))
        });
        println!("{:11} {spawned}, {longer:.1} µs more; compute ÷ compute {itself}", shape.name());
    }
    let WakeUp { call, awake } = WakeUp::measure();
    println!(
        "waking a thread keeps the caller for {:.1} µs, and the thread goes on after {:.1} µs",
        call.as_secs_f64() * 1e6,
        awake.as_secs_f64() * 1e6
    );
    Ok(())
}
