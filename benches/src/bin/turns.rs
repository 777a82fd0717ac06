//! How long does a small run wait beside a large one, and what does it cost that they take turns?

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use benches::overhead::measure::median;
use clap::Parser;
use graph_exec::{CancelToken, Error, prelude::*};

/// Measures runs that share an executor.
#[derive(Parser)]
struct Options {
    /// Number of threads of the executor.
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
    /// How often each thing is measured; medians are printed.
    #[arg(long, value_name = "N", default_value_t = 11)]
    repeat: usize,
}

/// How long a task of the large run takes.
const LONG: Duration = Duration::from_millis(4);
/// How long a task of two runs of the same size takes.
const EQUAL: Duration = Duration::from_micros(50);
/// How many tasks each of the two has.
const TASKS: usize = 4000;

/// Uses a core for so long.
fn spin(duration: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < duration {
        std::hint::spin_loop();
    }
}

fn tasks(count: usize, duration: Duration) -> Vec<Delayed<()>> {
    (0..count).map(|_| value(()).map(move |()| spin(duration))).collect()
}

/// How long two short tasks take beside a run of many long ones.
fn wait_beside_a_large_run(executor: &Executor) -> Result<Duration, Error> {
    let token = CancelToken::new();
    let has_begun = AtomicBool::new(false);
    thread::scope(|scope| {
        let large = executor.clone().with_cancel(&token);
        let has_begun = &has_begun;
        scope.spawn(move || {
            has_begun.store(true, Ordering::SeqCst);
            // It is cancelled.
            let _ = large.compute(tasks(10_000, LONG));
        });
        while !has_begun.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        thread::sleep(5 * LONG);
        let begin = Instant::now();
        let result = executor.compute(tasks(2, Duration::ZERO));
        let waited = begin.elapsed();
        token.cancel();
        result.map(|_| waited)
    })
}

/// The time of two equal runs at once ÷ the time of one after the other.
fn cost_of_turns(executor: &Executor) -> Result<f64, Error> {
    let one_after_the_other = {
        let (one, other) = (tasks(TASKS, EQUAL), tasks(TASKS, EQUAL));
        let begin = Instant::now();
        executor.compute(one)?;
        executor.compute(other)?;
        begin.elapsed()
    };
    let (one, other) = (tasks(TASKS, EQUAL), tasks(TASKS, EQUAL));
    let begin = Instant::now();
    thread::scope(|scope| {
        let computing = scope.spawn(|| executor.compute(one).map(drop));
        let result = executor.compute(other).map(drop);
        computing.join().unwrap_or(Ok(())).and(result)
    })?;
    Ok(begin.elapsed().as_secs_f64() / one_after_the_other.as_secs_f64())
}

fn main() -> Result<(), Error> {
    let Options { threads, repeat } = Options::parse();
    let executor = Executor::builder().threads(threads).build()?;
    let mut waits = Vec::new();
    let mut costs = Vec::new();
    for _ in 0..repeat {
        waits.push(wait_beside_a_large_run(&executor)?.as_secs_f64() / LONG.as_secs_f64());
        costs.push(cost_of_turns(&executor)?);
    }
    let range = |numbers: &[f64]| {
        let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        (least, numbers.iter().copied().fold(0.0, f64::max))
    };
    let ((wait_min, wait_max), (cost_min, cost_max)) = (range(&waits), range(&costs));
    println!("{threads} threads, medians of {repeat} (least to most)");
    println!(
        "a run of two empty tasks beside one of 4 ms tasks takes {:.2} such tasks ({wait_min:.2} to {wait_max:.2})",
        median(&mut waits)
    );
    println!(
        "two runs of {TASKS} tasks of 50 µs at once take {:.3} of their time one after the other \
         ({cost_min:.3} to {cost_max:.3})",
        median(&mut costs)
    );
    Ok(())
}
