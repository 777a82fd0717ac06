//! How long runs of tasks take that are not equally long, next to the least time that they could take.
//!
//! The first run of an executor knows no durations; those after it start the longest paths first. An executor of its
//! own for each run shows what it would be without that.

use std::{
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use benches::{overhead::measure::median, wake_up::WakeUp};
use clap::Parser;
use graph_exec::{Error, prelude::*};

/// Measures runs of tasks that sleep, next to the least time that they could take.
#[derive(Parser)]
struct Options {
    /// How often each thing is measured; medians are printed.
    #[arg(long, value_name = "N", default_value_t = 5)]
    repeat: usize,
}

/// How many runs an executor makes.
const RUNS: usize = 3;

/// Sleeps for so many milliseconds. Each number is a function of its own.
#[delayed]
fn nap<const MILLISECONDS: u64>(_needed: &[Arc<()>]) {
    sleep(Duration::from_millis(MILLISECONDS));
}

/// A graph to run, and how long its tasks take.
struct Graph {
    outputs: Vec<Shared<()>>,
    /// The sum of all tasks.
    work: u64,
    /// The longest path.
    longest_path: u64,
}

/// Makes a graph from a seed.
type Build = fn(u64) -> Graph;

/// Builds a graph task by task.
#[derive(Default)]
struct Builder {
    /// Each task, and how many milliseconds the longest path to its end takes.
    tasks: Vec<(Shared<()>, u64)>,
    work: u64,
}

impl Builder {
    fn add<const MILLISECONDS: u64>(&mut self, needed: &[usize]) -> usize {
        let handles: Vec<Shared<()>> =
            needed.iter().map(|&index| self.tasks[index].0.clone()).collect();
        let before = needed.iter().map(|&index| self.tasks[index].1).max().unwrap_or(0);
        self.tasks.push((nap::<MILLISECONDS>(handles).shared(), before + MILLISECONDS));
        self.work += MILLISECONDS;
        self.tasks.len() - 1
    }

    /// A graph whose output is the last task that was added.
    fn graph(mut self) -> Graph {
        let longest_path = self.tasks.iter().map(|&(_, path)| path).max().unwrap_or(0);
        let output = self.tasks.pop().map(|(handle, _)| handle);
        Graph { outputs: output.into_iter().collect(), work: self.work, longest_path }
    }
}

/// Sixty tasks of 5 ms, one of 150 ms that is built last, and one that needs them all.
fn one_long_task(_seed: u64) -> Graph {
    let mut builder = Builder::default();
    let mut all: Vec<usize> = (0..60).map(|_| builder.add::<5>(&[])).collect();
    all.push(builder.add::<150>(&[]));
    builder.add::<0>(&all);
    builder.graph()
}

/// A hundred and eighty branches of 5 ms, and one of 75 ms at some place among them.
fn fork_and_join(seed: u64) -> Graph {
    let mut builder = Builder::default();
    let fork = builder.add::<1>(&[]);
    let place = Generator(seed).below(181);
    let ends: Vec<usize> = (0..181)
        .map(|branch| match branch {
            _ if branch == place => builder.add::<75>(&[fork]),
            _ => builder.add::<5>(&[fork]),
        })
        .collect();
    builder.add::<1>(&ends);
    builder.graph()
}

/// A hundred and twenty tasks of eight lengths, each of which needs up to two of those before it.
fn random(seed: u64) -> Graph {
    let mut random = Generator(seed);
    let mut builder = Builder::default();
    for count in 0..120 {
        let needed: Vec<usize> =
            (0..random.below(3).min(count)).map(|_| random.below(count) as usize).collect();
        match random.below(8) {
            0 => builder.add::<1>(&needed),
            1 => builder.add::<2>(&needed),
            2 => builder.add::<4>(&needed),
            3 => builder.add::<8>(&needed),
            4 => builder.add::<16>(&needed),
            5 => builder.add::<32>(&needed),
            6 => builder.add::<64>(&needed),
            _ => builder.add::<128>(&needed),
        };
    }
    let all: Vec<usize> = (0..builder.tasks.len()).collect();
    builder.add::<0>(&all);
    builder.graph()
}

/// A small deterministic generator (splitmix64, Steele, Lea and Flood 2014).
struct Generator(u64);

impl Generator {
    /// A number in `0..bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % bound
    }
}

/// How long one run takes ÷ the least that it could take.
fn makespan(executor: &Executor, graph: Graph, threads: usize) -> Result<f64, Error> {
    let Graph { outputs, work, longest_path } = graph;
    let least = (work as f64 / threads as f64).max(longest_path as f64) / 1e3;
    let begin = Instant::now();
    executor.compute(outputs)?;
    Ok(begin.elapsed().as_secs_f64() / least)
}

/// How long a small task takes.
const SMALL: Duration = Duration::from_micros(20);
/// How often the run of small tasks is measured for each of the others.
const SMALL_RUNS: usize = 200;

/// How long a run of eight tasks takes that compute for 20 µs each ÷ half of their time, with 2 threads.
fn eight_small_tasks(repeat: usize) -> Result<f64, Error> {
    let executor = Executor::builder().threads(2).build()?;
    let mut ratios = Vec::new();
    for _ in 0..repeat * SMALL_RUNS {
        let begin = Instant::now();
        let tasks: Vec<Delayed<()>> = (0..8).map(|_| value(()).map(|()| spin(SMALL))).collect();
        executor.compute(tasks)?;
        ratios.push(begin.elapsed().as_secs_f64() / (4 * SMALL).as_secs_f64());
    }
    Ok(median(&mut ratios))
}

/// Uses a core for so long.
fn spin(duration: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < duration {
        std::hint::spin_loop();
    }
}

/// The median and the worst.
fn summary(ratios: &mut [f64]) -> String {
    let worst = ratios.iter().copied().fold(0.0, f64::max);
    format!("{:.2} ({worst:.2})", median(ratios))
}

fn main() -> Result<(), Error> {
    let Options { repeat } = Options::parse();
    println!("wall time ÷ max(work ÷ threads, longest path): median and worst of {repeat}");
    let runs = "run 1        run 2        run 3        nothing learned";
    println!("{:<36} {:>7}  {runs}", "tasks", "threads");
    let graphs: [(&str, usize, Build); 3] = [
        ("60 × 5 ms, one of 150 ms built last", 2, one_long_task),
        ("fork and join, one of 181 long", 8, fork_and_join),
        ("120 of 1 to 128 ms, random", 8, random),
    ];
    for (name, threads, graph) in graphs {
        let mut ratios = vec![Vec::new(); RUNS];
        let mut unlearned = Vec::new();
        for seed in 0..repeat as u64 {
            let executor = Executor::builder().threads(threads).build()?;
            for run in &mut ratios {
                run.push(makespan(&executor, graph(seed), threads)?);
            }
            let executor = Executor::builder().threads(threads).build()?;
            unlearned.push(makespan(&executor, graph(seed), threads)?);
        }
        ratios.push(unlearned);
        let runs: Vec<String> = ratios.iter_mut().map(|run| summary(run)).collect();
        println!("{name:<36} {threads:>7}  {}", runs.join("  "));
    }
    let small = eight_small_tasks(repeat)?;
    let wake_up = WakeUp::measure();
    println!(
        "8 tasks that compute for 20 µs, 2 threads, built and run: {small:.2} of half the work; waking a \
         thread keeps the caller for {:.1} µs and takes {:.1} µs, so the least is {:.2}",
        wake_up.call.as_secs_f64() * 1e6,
        wake_up.awake.as_secs_f64() * 1e6,
        wake_up.least(8, SMALL).as_secs_f64() / (4 * SMALL).as_secs_f64()
    );
    Ok(())
}
