//! Looks at the threads of recorded runs from outside, every few milliseconds: what each has computed,
//! how long it was without a core, and what it waits for.
//!
//! One thread of the process does it for all runs. A worker says when it begins and ceases to work for
//! a run, which is one store each, and reads no clock for it. Where the system does not tell, there are
//! no samples, and a record claims nothing that would follow from them.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod unknown;

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use crossbeam_utils::CachePadded;

#[cfg(target_os = "linux")]
use self::linux as system;
#[cfg(not(target_os = "linux"))]
use self::unknown as system;
use crate::{
    record::run_data::samples::{Samples, WorkerSample},
    scheduler::queue::BESIDE_WORKERS,
    sync::lock,
};

/// A run is looked at for the first time when it is as old as this.
const FIRST_LOOK: Duration = Duration::from_micros(500);
/// A run is looked at again after this part of the time that it has lasted.
const PAUSE_PART: u32 = 64;
/// Between two looks there is at least this time for each thread. To look at a thread takes three
/// microseconds, so this is a few hundredths of what one core can do.
const PAUSE_PER_THREAD: Duration = Duration::from_micros(100);
/// The longest time between two looks at a run, until it has lasted [`MOST_LOOKS`] times as long.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);
/// About how many looks at a long run there are; each time that it lasts e times longer there are as
/// many again.
const MOST_LOOKS: u32 = 2048;
/// How long the sampling thread stays awake after the last run. A run that begins meanwhile need not
/// wake it.
const LINGER: Duration = Duration::from_millis(10);

/// The threads that work for one run, and what was seen of them.
pub(crate) struct RunSampler {
    begin: Instant,
    /// Worker → the thread that works, or has worked, as this worker; see [`AT_WORK`].
    threads: Box<[CachePadded<system::ThreadId>]>,
    seen: Mutex<Seen>,
}

/// Set in a thread's number while it works for the run.
const AT_WORK: u32 = 1 << 31;

#[derive(Default)]
struct Seen {
    samples: Samples,
    /// Worker → where the system tells of its thread; `None` before that was first read.
    sources: Vec<Option<system::ThreadSource>>,
    process: system::ProcessSource,
    /// When the last look was, since the run began.
    last: Duration,
    /// When the next look is due, since the run began.
    due: Duration,
}

impl RunSampler {
    /// Begins to look at a run of `workers` workers; there are more places for others who work too. `None`
    /// where the system does not tell.
    pub(crate) fn start(begin: Instant, workers: usize) -> Option<Arc<Self>> {
        if !system::TELLS {
            return None;
        }
        let threads = (0..workers + BESIDE_WORKERS).map(|_| CachePadded::default()).collect();
        let seen = Seen { due: FIRST_LOOK, ..Seen::default() };
        let sampler = Arc::new(RunSampler { begin, threads, seen: Mutex::new(seen) });
        SamplingThread::add(&sampler).then_some(sampler)
    }

    /// Notes that the calling thread works as `worker` from now on.
    pub(crate) fn enter(&self, worker: usize) {
        if let Some(thread) = self.threads.get(worker) {
            thread.set(system::this_thread() | AT_WORK);
        }
    }

    /// Notes that no thread works as `worker` any more.
    pub(crate) fn leave(&self, worker: usize) {
        if let Some(thread) = self.threads.get(worker) {
            thread.set(thread.get() & !AT_WORK);
        }
    }

    /// Looks at the run. Returns when the next look is due, since the run began.
    fn look(&self) -> Duration {
        let mut seen = lock(&self.seen);
        let now = self.begin.elapsed();
        if now >= seen.due {
            let looked_at = self.look_at_threads(&mut seen, now, AT_WORK);
            seen.look_at_process(now);
            let pause = (now / PAUSE_PART).clamp(FIRST_LOOK, LONGEST_PAUSE).max(now / MOST_LOOKS);
            seen.due = now + pause.max(PAUSE_PER_THREAD * looked_at);
        }
        seen.due
    }

    /// Looks at each thread whose number has the bits `wanted`, and returns how many they were.
    fn look_at_threads(&self, seen: &mut Seen, now: Duration, wanted: u32) -> u32 {
        seen.samples.workers.resize_with(self.threads.len(), Vec::new);
        seen.sources.resize_with(self.threads.len(), || None);
        let mut looked_at = 0;
        for (worker, thread) in self.threads.iter().enumerate() {
            let number = thread.get();
            if number & wanted == wanted && number & !AT_WORK != 0 {
                seen.look_at_thread(worker, number & !AT_WORK, now);
                looked_at += 1;
            }
        }
        seen.last = now;
        looked_at
    }

    /// Looks for the last time, and returns all that was seen. A run that ended before the first look
    /// has no samples.
    pub(crate) fn finish(&self) -> Option<Samples> {
        let mut seen = lock(&self.seen);
        if seen.samples.process.is_empty() {
            return None;
        }
        let now = self.begin.elapsed();
        self.look_at_threads(&mut seen, now, 0);
        seen.look_at_process(now);
        seen.sources.clear();
        Some(std::mem::take(&mut seen.samples))
    }
}

impl Seen {
    fn look_at_thread(&mut self, worker: usize, thread: u32, now: Duration) {
        let source = &mut self.sources[worker];
        if source.as_ref().is_none_or(|source| source.thread() != thread) {
            *source = system::ThreadSource::open(thread);
        }
        let samples = &mut self.samples.workers[worker];
        let last = samples.last().filter(|last| last.thread == thread);
        let Some(source) = source else { return };
        let Some((on_core_ns, without_core_ns)) = source.times() else { return };
        let at_ns = now.as_nanos() as u64;
        // A thread that was on a core all the time waits for nothing.
        let computed = last.is_some_and(|last| {
            let share = (at_ns - last.at_ns) / 10 * 9;
            on_core_ns.saturating_sub(last.on_core_ns) >= share
        });
        let doing = source.doing(computed);
        let stands_for_ns = (now - self.last).as_nanos() as u64;
        samples.push(WorkerSample {
            at_ns,
            stands_for_ns,
            on_core_ns,
            without_core_ns,
            thread,
            doing,
        });
    }

    fn look_at_process(&mut self, now: Duration) {
        self.samples.process.extend(self.process.look(now.as_nanos() as u64));
    }
}

/// The thread that looks at all runs. It ends with the process.
struct SamplingThread {
    state: Mutex<State>,
    /// Notified when a run is added and the thread would come too late for it.
    added: Condvar,
}

struct State {
    runs: Vec<Weak<RunSampler>>,
    /// `None` before the thread has started, and when the system has refused it.
    thread: Option<Awake>,
}

/// Until when the sampling thread sleeps; `None` while it waits for a run.
struct Awake {
    until: Option<Instant>,
}

static SAMPLING: SamplingThread = SamplingThread {
    state: Mutex::new(State { runs: Vec::new(), thread: None }),
    added: Condvar::new(),
};

impl SamplingThread {
    /// Adds a run. Returns whether somebody will look at it.
    fn add(run: &Arc<RunSampler>) -> bool {
        let mut state = lock(&SAMPLING.state);
        state.runs.push(Arc::downgrade(run));
        match &state.thread {
            Some(Awake { until }) => {
                if until.is_none_or(|until| until > run.begin + 2 * FIRST_LOOK) {
                    SAMPLING.added.notify_one();
                }
                true
            }
            None => {
                let thread = std::thread::Builder::new()
                    .name("run-sampler".to_owned())
                    .stack_size(128 << 10)
                    .spawn(|| SAMPLING.work());
                if thread.is_ok() {
                    state.thread = Some(Awake { until: None });
                } else {
                    state.runs.clear();
                }
                thread.is_ok()
            }
        }
    }

    fn work(&self) {
        let mut last_run = Instant::now();
        loop {
            let mut state = lock(&self.state);
            state.runs.retain(|run| run.strong_count() > 0);
            let now = Instant::now();
            if state.runs.is_empty() && now.duration_since(last_run) >= LINGER {
                state.thread = Some(Awake { until: None });
                let woken = self.added.wait_while(state, |state| state.runs.is_empty());
                drop(woken.unwrap_or_else(PoisonError::into_inner));
                continue;
            }
            let runs: Vec<Arc<RunSampler>> = state.runs.iter().filter_map(Weak::upgrade).collect();
            drop(state);
            if !runs.is_empty() {
                last_run = now;
            }
            let next = runs.iter().map(|run| run.begin + run.look()).min();
            drop(runs);
            let until = next.unwrap_or(now + 2 * FIRST_LOOK);
            let mut state = lock(&self.state);
            state.thread = Some(Awake { until: Some(until) });
            let pause = until.saturating_duration_since(Instant::now());
            drop(self.added.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner));
        }
    }
}
