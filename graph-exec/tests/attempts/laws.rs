//! A task is tried as often as a plain loop would try it, and ends as that loop ends.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use graph_exec::{Error, prelude::*};
use proptest::prelude::*;

use crate::{executors, watchdog::within_a_minute};

/// What one attempt does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Works,
    Busy,
    Broken,
    Panics,
}

/// How a task is tried.
#[derive(Debug, Clone)]
struct Case {
    /// The last one goes on for ever.
    fates: Vec<Fate>,
    retries: u8,
    waits: bool,
    only_busy: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let fate = prop_oneof![
        1 => Just(Fate::Works),
        4 => Just(Fate::Busy),
        1 => Just(Fate::Broken),
        1 => Just(Fate::Panics)
    ];
    let fates = prop::collection::vec(fate, 1..5);
    (fates, 0u8..4, any::<bool>(), any::<bool>())
        .prop_map(|(fates, retries, waits, only_busy)| Case { fates, retries, waits, only_busy })
}

impl Case {
    fn fate(&self, attempt: usize) -> Fate {
        self.fates.get(attempt - 1).or(self.fates.last()).copied().unwrap()
    }

    /// How often a plain loop tries it, and whether that works.
    fn expected(&self) -> (usize, bool) {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let fate = self.fate(attempt);
            let again = !self.only_busy || fate == Fate::Busy;
            if fate == Fate::Works || !again || attempt > usize::from(self.retries) {
                return (attempt, fate == Fate::Works);
            }
        }
    }

    fn task(&self, attempts: Arc<AtomicUsize>) -> Delayed<usize> {
        let case = Arc::new(self.clone());
        match (self.waits, self.only_busy) {
            (false, false) => always(case, attempts),
            (false, true) => if_busy(case, attempts),
            (true, false) => always_after_a_wait(case, attempts),
            (true, true) => if_busy_after_a_wait(case, attempts),
        }
        .retries(self.retries)
    }
}

fn attempt(case: &Case, attempts: &AtomicUsize) -> Result<usize, String> {
    let attempt = attempts.fetch_add(1, SeqCst) + 1;
    match case.fate(attempt) {
        Fate::Works => Ok(attempt),
        Fate::Busy => Err("busy".to_owned()),
        Fate::Broken => Err("broken".to_owned()),
        Fate::Panics => std::panic::resume_unwind(Box::new("panics")),
    }
}

fn is_busy(error: &str) -> bool {
    error == "busy"
}

#[delayed(retries = 1)]
fn always(case: Arc<Case>, attempts: Arc<AtomicUsize>) -> Result<usize, String> {
    attempt(&case, &attempts)
}

#[delayed(retries = 1, retry_if = is_busy)]
fn if_busy(case: Arc<Case>, attempts: Arc<AtomicUsize>) -> Result<usize, String> {
    attempt(&case, &attempts)
}

#[delayed(retries = 1, backoff = "10us..100us")]
fn always_after_a_wait(case: Arc<Case>, attempts: Arc<AtomicUsize>) -> Result<usize, String> {
    attempt(&case, &attempts)
}

#[delayed(retries = 1, retry_if = is_busy, backoff = "10us..100us")]
fn if_busy_after_a_wait(case: Arc<Case>, attempts: Arc<AtomicUsize>) -> Result<usize, String> {
    attempt(&case, &attempts)
}

static EXECUTORS: LazyLock<Vec<(&'static str, Executor)>> = LazyLock::new(executors);

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn tasks_are_tried_as_a_plain_loop_tries_them(
        cases in prop::collection::vec(cases(), 1..6), executor in 0..5usize, spawned in any::<bool>(),
    ) {
        let (name, executor) = &EXECUTORS[executor];
        let counts: Vec<Arc<AtomicUsize>> = cases.iter().map(|_| Arc::default()).collect();
        let tasks: Vec<Delayed<usize>> = cases
            .iter()
            .zip(&counts)
            .map(|(case, attempts)| case.task(Arc::clone(attempts)).map(|attempt| attempt))
            .collect();
        let results: Vec<Result<usize, Error>> = within_a_minute(name, || {
            let executor = executor.keep_going();
            if spawned { executor.spawn(tasks).wait() } else { executor.compute(tasks) }.unwrap()
        });
        for ((case, attempts), result) in cases.iter().zip(&counts).zip(results) {
            let found = (attempts.load(SeqCst), result.is_ok());
            prop_assert_eq!(found, case.expected(), "{:?} on {}", case, name);
            if let Ok(attempt) = result {
                prop_assert_eq!(attempt, found.0);
            }
        }
    }
}
