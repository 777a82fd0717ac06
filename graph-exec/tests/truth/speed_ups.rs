//! Compares the speed-up that records claim with the one that is measured against the serial executor, on
//! generated graphs. Run by hand, on a machine that does nothing else, in release mode:
//!
//! ```text
//! cargo test --release -p graph-exec --test truth -- --speed-ups
//! ```

use std::{
    hint::black_box,
    process::Command,
    sync::Mutex,
    thread::{available_parallelism, sleep},
    time::{Duration, Instant},
};

use graph_exec::{Executor, prelude::*};

use crate::cases::{compute, rounds_for, threads};

/// How far a claim may be from what was measured.
const TOLERANCE: f64 = 0.15;
/// Says which run a child measures: kind, threads, tasks.
const RUN: &str = "DELAYED_TRUTH_RUN";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Computing,
    Sleeping,
    Locking,
    Mixed,
}

const KINDS: [Kind; 4] = [Kind::Computing, Kind::Sleeping, Kind::Locking, Kind::Mixed];

static LOCK: Mutex<u64> = Mutex::new(0);

/// One task: what it computes, sleeps, and computes under a lock.
#[delayed]
fn step(before: u64, alone: u64, nap: Duration, locked: u64) -> u64 {
    let mut sum = before ^ compute(alone);
    if !nap.is_zero() {
        sleep(nap);
    }
    if locked > 0 {
        let mut shared = LOCK.lock().unwrap();
        *shared ^= compute(locked);
        sum ^= *shared;
    }
    sum
}

/// `chains` chains of four tasks that take about 6 ms each.
fn graph(kind: Kind, chains: usize, per_ms: u64) -> Vec<Delayed<u64>> {
    let nap = Duration::from_millis;
    let parts = |chain: usize, depth: usize| match kind {
        Kind::Computing => (6 * per_ms, nap(0), 0),
        Kind::Sleeping => (0, nap(6), 0),
        Kind::Locking => (per_ms, nap(0), 5 * per_ms),
        Kind::Mixed => match (chain + depth) % 3 {
            0 => (6 * per_ms, nap(0), 0),
            1 => (per_ms, nap(5), 0),
            _ => (4 * per_ms, nap(0), 2 * per_ms),
        },
    };
    (0..chains)
        .map(|chain| {
            (0..4).fold(value(chain as u64), |before, depth| {
                let (alone, nap, locked) = parts(chain, depth);
                step(before, alone, nap, locked)
            })
        })
        .collect()
}

/// Measures all runs and prints them. Ends the process with 1 when a claim is wrong.
pub(crate) fn print() {
    if let Ok(run) = std::env::var(RUN) {
        return measure(&run);
    }
    let cores = available_parallelism().unwrap().get();
    let (mut wrong, mut claimed_computing, mut fitting) = (0, 0, 0);
    println!("kind       threads cores  measured   claimed");
    for (kind, name) in KINDS.iter().enumerate() {
        for (threads, one_core) in [
            (1, false),
            (2, false),
            (2, false),
            (2, false),
            (4, false),
            (8, false),
            (32, false),
            (2, true),
            (4, true),
            (8, true),
        ] {
            // Pure computing on no more threads than cores is what must be claimed.
            let threads = if kind == 0 && threads == 4 && !one_core { 2 } else { threads };
            let program = std::env::current_exe().unwrap();
            let mut command =
                if one_core { Command::new("taskset") } else { Command::new(&program) };
            if one_core {
                command.args(["-c", "0"]).arg(&program);
            }
            let run = format!("{kind} {threads}");
            let output = command.arg("--speed-ups").env(RUN, run).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            let mut numbers = said.split_whitespace();
            let measured: f64 = numbers.next().expect(&said).parse().unwrap();
            let claimed: Option<f64> = numbers.next().and_then(|claimed| claimed.parse().ok());
            let cores = if one_core { 1 } else { cores };
            let right = claimed.is_none_or(|claimed| (claimed / measured - 1.0).abs() <= TOLERANCE);
            wrong += usize::from(!right);
            if kind == 0 && threads <= cores {
                fitting += 1;
                claimed_computing += usize::from(claimed.is_some());
            }
            println!(
                "{:10} {threads:7} {cores:5} {measured:9.2} {:>9}{}",
                format!("{name:?}"),
                claimed.map_or("–".to_owned(), |claimed| format!("{claimed:.2}")),
                if right { "" } else { "  WRONG" },
            );
        }
    }
    println!(
        "{wrong} of 40 claims are wrong; {claimed_computing} of {fitting} that must be made were"
    );
    std::process::exit(i32::from(wrong > 0 || claimed_computing < fitting));
}

fn measure(run: &str) {
    let mut words = run.split(' ').map(|word| word.parse::<usize>().unwrap());
    let (kind, workers) = (KINDS[words.next().unwrap()], words.next().unwrap());
    let per_ms = rounds_for(Duration::from_millis(20)) / 20;
    let serial = || {
        let begin = Instant::now();
        black_box(Executor::serial().compute(graph(kind, 16, per_ms)).unwrap());
        begin.elapsed()
    };
    let before = serial();
    let executor = threads(workers);
    let mut runs: Vec<(Duration, Option<f64>)> = (0..3)
        .map(|_| {
            let record = executor.run(graph(kind, 16, per_ms)).unwrap().into_record();
            (record.wall(), record.speed_up())
        })
        .collect();
    let alone = (before + serial()) / 2;
    runs.sort_by_key(|&(wall, _)| wall);
    let (wall, claimed) = runs[1];
    let measured = alone.as_secs_f64() / wall.as_secs_f64();
    println!("{measured} {}", claimed.map_or("-".to_owned(), |claimed| claimed.to_string()));
}
