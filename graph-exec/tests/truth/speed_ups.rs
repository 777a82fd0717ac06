//! Compares the speed-up that records claim with the one that is measured against the serial executor, on
//! generated graphs. Of the serial run, the time does not count in which other processes had the core. On a
//! machine that does other things, most speed-ups are not claimed; what would be stands in brackets. Run by
//! hand, in release mode:
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

use graph_exec::{Executor, RunRecord, prelude::*};

use crate::cases::{compute, rounds_for, threads};

/// How far a claim may be from what was measured.
const TOLERANCE: f64 = 0.15;
/// Says which run a child measures; see [`Case`].
const RUN: &str = "DELAYED_TRUTH_RUN";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Computing,
    Sleeping,
    Locking,
    Mixed,
}

const KINDS: [Kind; 4] = [Kind::Computing, Kind::Sleeping, Kind::Locking, Kind::Mixed];

/// A run to measure.
#[derive(Clone, Copy)]
struct Case {
    kind: Kind,
    threads: usize,
    /// The process is kept to one core.
    one_core: bool,
    /// How many chains of four tasks there are.
    chains: usize,
    /// About how long a task takes, in milliseconds.
    task_ms: u64,
}

impl Case {
    /// All forty. Twelve compute on no more threads than cores, of which the speed-up must be claimed.
    fn all(cores: usize) -> Vec<Case> {
        let mut cases = Vec::new();
        for threads in [1, cores] {
            for chains in [8, 16, 32] {
                for task_ms in [3, 6] {
                    let kind = Kind::Computing;
                    cases.push(Case { kind, threads, one_core: false, chains, task_ms });
                }
            }
        }
        for kind in KINDS {
            for (threads, one_core) in
                [(2, false), (4, false), (8, false), (32, false), (2, true), (4, true), (8, true)]
            {
                cases.push(Case { kind, threads, one_core, chains: 16, task_ms: 6 });
            }
        }
        cases
    }

    /// For a child that measures it.
    fn to_words(self) -> String {
        let Case { kind, threads, one_core: _, chains, task_ms } = self;
        let kind = KINDS.iter().position(|&one| one == kind).unwrap();
        format!("{kind} {threads} {chains} {task_ms}")
    }

    fn from_words(words: &str) -> Case {
        let numbers: Vec<usize> = words.split(' ').map(|word| word.parse().unwrap()).collect();
        let [kind, threads, chains, task_ms] = numbers[..] else { panic!("{words}") };
        Case { kind: KINDS[kind], threads, one_core: false, chains, task_ms: task_ms as u64 }
    }

    /// The command that measures it.
    fn command(self) -> Command {
        let program = std::env::current_exe().unwrap();
        let mut command =
            if self.one_core { Command::new("taskset") } else { Command::new(&program) };
        if self.one_core {
            command.args(["-c", "0"]).arg(&program);
        }
        command.arg("--speed-ups").env(RUN, self.to_words());
        command
    }

    /// The chains, of tasks that need `per_ms` rounds of computing for a millisecond.
    fn graph(self, per_ms: u64) -> Vec<Delayed<u64>> {
        let Case { kind, chains, task_ms: ms, .. } = self;
        let nap = Duration::from_millis;
        let parts = |chain: usize, depth: usize| match kind {
            Kind::Computing => (ms * per_ms, nap(0), 0),
            Kind::Sleeping => (0, nap(ms), 0),
            Kind::Locking => (per_ms, nap(0), (ms - 1) * per_ms),
            Kind::Mixed => match (chain + depth) % 3 {
                0 => (ms * per_ms, nap(0), 0),
                1 => (per_ms, nap(ms - 1), 0),
                _ => ((ms - 2) * per_ms, nap(0), 2 * per_ms),
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
}

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

/// Measures the runs of the kinds named behind `--speed-ups`, or all, and prints them. Ends the process with 1
/// when a claim is wrong.
pub(crate) fn print() {
    if let Ok(run) = std::env::var(RUN) {
        return measure(Case::from_words(&run));
    }
    let cores = available_parallelism().unwrap().get();
    let wanted: Vec<String> = std::env::args().skip(2).collect();
    let is_wanted = |case: &Case| {
        let name = format!("{:?}", case.kind);
        wanted.is_empty() || wanted.iter().any(|word| word.eq_ignore_ascii_case(&name))
    };
    let cases: Vec<Case> = Case::all(cores).into_iter().filter(is_wanted).collect();
    let (mut wrong, mut claimed, mut fitting) = (0, 0, 0);
    println!("kind       threads cores tasks  each  measured    claimed");
    for case in &cases {
        let output = case.command().output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let mut numbers = said.split_whitespace();
        let measured: f64 = numbers.next().expect(&said).parse().unwrap();
        let claim: Option<f64> = numbers.next().and_then(|claim| claim.parse().ok());
        let unclaimed: Option<f64> = numbers.next().and_then(|claim| claim.parse().ok());
        let cores = if case.one_core { 1 } else { cores };
        let right = claim.is_none_or(|claim| (claim / measured - 1.0).abs() <= TOLERANCE);
        wrong += usize::from(!right);
        if case.kind == Kind::Computing && case.threads <= cores {
            fitting += 1;
            claimed += usize::from(claim.is_some());
        }
        println!(
            "{:10} {:7} {cores:5} {:5} {:2} ms {measured:9.2} {:>10}{}",
            format!("{:?}", case.kind),
            case.threads,
            4 * case.chains,
            case.task_ms,
            match (claim, unclaimed) {
                (Some(claim), _) => format!("{claim:.2}"),
                (None, Some(unclaimed)) => format!("– ({unclaimed:.2})"),
                (None, None) => "–".to_owned(),
            },
            if right { "" } else { "  WRONG" },
        );
    }
    println!(
        "{wrong} of {} claims are wrong; {claimed} of {fitting} that must be made were",
        cases.len()
    );
    std::process::exit(i32::from(wrong > 0 || claimed < fitting));
}

fn measure(case: Case) {
    let per_ms = rounds_for(Duration::from_millis(20)) / 20;
    let serial = || {
        let (begin, waited) = (Instant::now(), waited_for_core());
        black_box(Executor::serial().compute(case.graph(per_ms)).unwrap());
        // A claim of one worker is by the clock too, whatever else the machine does.
        let taken = if case.threads == 1 { Duration::ZERO } else { waited_for_core() - waited };
        begin.elapsed().saturating_sub(taken)
    };
    let before = serial();
    let executor = threads(case.threads);
    let mut runs: Vec<RunRecord> =
        (0..3).map(|_| executor.run(case.graph(per_ms)).unwrap().into_record()).collect();
    let alone = (before + serial()) / 2;
    runs.sort_by_key(RunRecord::wall);
    let record = &runs[1];
    let ratio = |time: Duration| time.as_secs_f64() / record.wall().as_secs_f64();
    let word = |claim: Option<f64>| claim.map_or("-".to_owned(), |claim| claim.to_string());
    let own = record.task_time().map(|time| {
        ratio(record.work().saturating_sub(time.waited_for_core + time.waited_for_lock))
    });
    println!("{} {} {}", ratio(alone), word(record.speed_up()), word(own));
}

/// How long the calling thread was ready without a core; nothing where the system does not tell.
fn waited_for_core() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = times.split_whitespace().nth(1).and_then(|waited| waited.parse().ok());
    Duration::from_nanos(waited.unwrap_or(0))
}
