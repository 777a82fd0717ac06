//! Twenty threads of the system compute graphs that have tasks in common, on pools of every size: with
//! computations inside tasks, graphs that grow, rayon inside tasks, errors, panics and retries, priorities,
//! memory limits, limits of functions, tasks that only wait for others, observers that compute, and runs that are cancelled.
//!
//! `DELAYED_STRESS=30000 cargo test -p graph-exec --test stress` does 30 000 rounds of each instead of
//! 300, and takes ten minutes.

mod watchdog;

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use graph_exec::{CancelToken, Error, Observer, TaskFinished, prelude::*};
use rayon::prelude::*;

use watchdog::within_a_minute;

const THREADS: usize = 20;
const LAYERS: usize = 5;
const WIDTH: usize = 8;

fn rounds() -> u64 {
    std::env::var("DELAYED_STRESS").map_or(300, |rounds| rounds.parse().expect("a number"))
}

/// Random numbers that are the same for the same seed.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }
}

/// A result that notices when it is used after it was freed, or freed twice, and is counted.
struct Canary {
    song: Box<AtomicU64>,
    value: u64,
    alive: Arc<AtomicUsize>,
}

const ALIVE: u64 = 0x0ca9_a125_1965_0001;

impl Canary {
    fn new(value: u64, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Canary { song: Box::new(AtomicU64::new(ALIVE)), value, alive: Arc::clone(alive) }
    }

    fn value(&self) -> u64 {
        assert_eq!(self.song.load(Ordering::SeqCst), ALIVE, "a result is used after its end");
        self.value
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        // A panic could be caught by whoever drops it, so it goes further than that.
        if self.song.swap(0, Ordering::SeqCst) != ALIVE {
            eprintln!("a result is freed twice");
            std::process::abort();
        }
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Ending {
    Value,
    Error,
    Panic,
}

/// How a task comes by what it needs.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Arguments,
    /// Arguments that declare bytes.
    Declared,
    /// It computes the handles when it runs.
    Inside,
    /// A task makes the task that takes them.
    Dynamic,
}

struct Node {
    task: Shared<Canary>,
    runs: Arc<AtomicUsize>,
    /// What a plain loop makes of it; `None` for a task that fails or needs one that does.
    expected: Option<u64>,
    /// It has all that it needs.
    starts: bool,
    /// How many attempts it takes.
    attempts: usize,
}

fn combined(number: u64, inputs: impl Iterator<Item = u64>) -> u64 {
    inputs.fold(number, |sum, input| sum.wrapping_mul(31).wrapping_add(input))
}

fn build(dice: &mut Dice, alive: &Arc<AtomicUsize>) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for number in 0..LAYERS * WIDTH {
        let below = number / WIDTH * WIDTH;
        let count = if below == 0 { 0 } else { dice.roll(4) };
        let inputs: Vec<usize> = (0..count).map(|_| dice.roll(below)).collect();
        let ending = match dice.roll(40) {
            0 => Ending::Error,
            1 => Ending::Panic,
            _ => Ending::Value,
        };
        let way = match dice.roll(8) {
            0 | 1 => Way::Inside,
            2 => Way::Dynamic,
            3 => Way::Declared,
            _ => Way::Arguments,
        };
        let is_tried_again = dice.roll(10) == 0 && ending == Ending::Value && way != Way::Inside;
        let attempts = if is_tried_again { 2 } else { 1 };
        let with_rayon = dice.roll(10) == 0;
        let (runs, number) = (Arc::new(AtomicUsize::new(0)), number as u64);
        let work = {
            let (runs, alive, spin) = (Arc::clone(&runs), Arc::clone(alive), dice.roll(2000));
            move |inputs: Vec<Arc<Canary>>| {
                let attempt = runs.fetch_add(1, Ordering::SeqCst) + 1;
                (0..spin).for_each(|_| std::hint::spin_loop());
                if with_rayon {
                    assert_eq!((0..100_u64).into_par_iter().sum::<u64>(), 4950);
                }
                if attempt < attempts {
                    return Err("not yet".to_owned());
                }
                match ending {
                    Ending::Value => {
                        let values = inputs.iter().map(|input| input.value());
                        Ok(Canary::new(combined(number, values), &alive))
                    }
                    Ending::Error => Err(format!("error {number}")),
                    // A panic whose message nobody prints.
                    Ending::Panic => std::panic::resume_unwind(Box::new("panic")),
                }
            }
        };
        let handles: Vec<Shared<Canary>> =
            inputs.iter().map(|&input| nodes[input].task.clone()).collect();
        let task = match way {
            _ if attempts > 1 => try_again(handles, Work(Arc::new(work))),
            Way::Arguments => gather(handles).and_then(work),
            Way::Declared => gather_declared(handles).and_then(work),
            Way::Dynamic => value(handles).map(gather_alone).flatten().and_then(work),
            Way::Inside => value(handles).and_then(move |handles| {
                let inputs = compute(handles.iter().collect::<Vec<_>>());
                // The input's failure is this task's; no wait closes a circle here.
                match inputs {
                    Ok(inputs) => work(inputs),
                    Err(Error::Task(error)) => Err(error.to_string()),
                    Err(other) => {
                        eprintln!("a computation inside a task: {other}");
                        std::process::abort();
                    }
                }
            }),
        };
        let values: Option<Vec<u64>> = inputs.iter().map(|&input| nodes[input].expected).collect();
        let starts = values.is_some();
        let expected = values
            .filter(|_| ending == Ending::Value)
            .map(|values| combined(number, values.into_iter()));
        // Only after tasks that end well, since this one is not to be skipped.
        let before = (dice.roll(6) == 0 && below > 0).then(|| dice.roll(below));
        let before = before.filter(|&before| nodes[before].expected.is_some());
        let task = match before {
            Some(before) => task.after([&nodes[before].task]),
            None => task,
        };
        let task = task.priority(dice.roll(5) as i32 - 2);
        nodes.push(Node { task: task.shared(), runs, expected, starts, attempts });
    }
    nodes
}

fn some_bytes(_: &[Arc<Canary>]) -> usize {
    3000
}

#[delayed(bytes = some_bytes, at_most = 2)]
fn gather_declared(inputs: Vec<Arc<Canary>>) -> Vec<Arc<Canary>> {
    inputs
}

type Attempt = dyn Fn(Vec<Arc<Canary>>) -> Result<Canary, String> + Send + Sync;

/// What a task does with its inputs.
#[derive(Clone)]
struct Work(Arc<Attempt>);

#[delayed(retries = 3, at_most = 1)]
fn try_again(inputs: Vec<Arc<Canary>>, work: Work) -> Result<Canary, String> {
    (work.0)(inputs)
}

/// Computes now and then, as it is told of tasks.
struct ComputingObserver(AtomicUsize);

impl Observer for ComputingObserver {
    fn task_finished(&self, _: &TaskFinished<'_>) {
        if self.0.fetch_add(1, Ordering::Relaxed).is_multiple_of(8) {
            assert_eq!(value(1).map(|n| n + 1).compute().unwrap(), 2);
        }
    }
}

#[delayed]
fn gather(inputs: Vec<Arc<Canary>>) -> Vec<Arc<Canary>> {
    inputs
}

#[delayed(at_most = 1)]
fn gather_alone(inputs: Vec<Arc<Canary>>) -> Vec<Arc<Canary>> {
    inputs
}

/// What one of the threads does: several computations of a few outputs each. With a token, some of them are
/// cancelled.
fn compute_some(
    dice: &mut Dice,
    executor: &Executor,
    token: Option<&CancelToken>,
    tasks: &[(Shared<Canary>, Option<u64>)],
) {
    for round in 0..3 {
        if let Some(token) = token.filter(|_| round == 1) {
            token.cancel();
        }
        let chosen: Vec<_> = (0..3).map(|_| &tasks[dice.roll(tasks.len())]).collect();
        let handles: Vec<&Shared<Canary>> = chosen.iter().map(|(task, _)| task).collect();
        if dice.roll(2) == 0 {
            let results = executor.keep_going().compute(handles).unwrap();
            for (result, (_, expected)) in results.into_iter().zip(&chosen) {
                if !matches!(result, Err(Error::Cancelled { .. })) || token.is_none() {
                    assert_eq!(result.ok().map(|result| result.value()), *expected);
                }
            }
        } else {
            let expected: Option<Vec<u64>> = chosen.iter().map(|(_, expected)| *expected).collect();
            let results = executor.compute(handles);
            if token.is_some() && matches!(results, Err(Error::Cancelled { .. })) {
                continue;
            }
            let values = results.map(|results| results.iter().map(|r| r.value()).collect());
            assert_eq!(values.ok(), expected);
        }
    }
}

/// ```text
///  20 threads │ ── barrier ── compute, compute, compute ── drop the handles
/// ```
fn overlapping(what: &str, executor: impl Fn() -> Executor) {
    for round in 0..rounds() {
        within_a_minute(&format!("{what}, round {round}"), || {
            let alive = Arc::new(AtomicUsize::new(0));
            let mut dice = Dice(round);
            let nodes = build(&mut dice, &alive);
            let executor = executor();
            let limited = Executor::builder().threads(2).memory_limit(10_000).build().unwrap();
            let tokens = [CancelToken::new(), CancelToken::new()];
            let tokens = &tokens;
            let barrier = Barrier::new(THREADS);
            std::thread::scope(|scope| {
                for thread in 0..THREADS {
                    let tasks: Vec<_> =
                        nodes.iter().map(|node| (node.task.clone(), node.expected)).collect();
                    let mut dice = Dice(dice.0 ^ (thread as u64) << 32);
                    let token = (thread % 5 == 2).then(|| &tokens[thread % 2]);
                    let executor = match thread % 5 {
                        1 => executor
                            .clone()
                            .with_observer(Arc::new(ComputingObserver(AtomicUsize::new(0)))),
                        2 => executor.clone().with_cancel(&tokens[thread % 2]),
                        3 => limited.clone(),
                        4 => Executor::serial(),
                        _ => executor.clone(),
                    };
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        compute_some(&mut dice, &executor, token, &tasks);
                    });
                }
            });
            let all: Vec<_> = nodes.iter().map(|node| &node.task).collect();
            let results = executor.keep_going().compute(all).unwrap();
            for (result, node) in results.into_iter().zip(&nodes) {
                assert_eq!(result.ok().map(|result| result.value()), node.expected);
            }
            for (number, node) in nodes.iter().enumerate() {
                let runs = node.runs.load(Ordering::SeqCst);
                let attempts = if node.starts { node.attempts } else { 0 };
                assert_eq!(runs, attempts, "runs of task {number}");
            }
            drop((nodes, executor, limited));
            assert_eq!(alive.load(Ordering::SeqCst), 0, "results that nobody freed");
        });
    }
}

fn with_threads(threads: usize) -> impl Fn() -> Executor {
    move || Executor::builder().threads(threads).build().unwrap()
}

#[test]
fn on_the_default_executor() {
    overlapping("the default executor", Executor::default);
}

#[test]
fn on_one_worker() {
    overlapping("one worker", with_threads(1));
}

#[test]
fn on_two_workers() {
    overlapping("two workers", with_threads(2));
}

#[test]
fn on_eight_workers() {
    overlapping("eight workers", with_threads(8));
}
