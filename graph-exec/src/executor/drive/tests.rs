//! What starts first once it is known how long functions take. Durations are planted, so nothing is timed: a task
//! that starts too early waits for the one that should have come before, until it gives up.

mod alone;

use std::{
    collections::HashMap,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use proptest::prelude::*;

use super::*;
use crate::{
    delayed,
    executor::Executor,
    limits::resources::requests::Requests,
    prelude::*,
    run::{Run, StartOrder},
};

/// How long a task waits for another before it counts as started too early.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opened by the task that should start first.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn opened() -> Self {
        let gate = Gate::default();
        gate.open();
        gate
    }

    /// Says whether it was opened in time.
    fn wait(&self) -> bool {
        let is_closed = |is_open: &mut bool| !*is_open;
        let opened = self.0.0.lock().unwrap();
        *self.0.1.wait_timeout_while(opened, PATIENCE, is_closed).unwrap().0
    }
}

#[delayed]
fn short(gate: Gate) -> bool {
    gate.wait()
}

#[delayed]
fn long(gate: Gate) -> bool {
    gate.open();
    true
}

#[delayed]
fn all(started_in_turn: &[bool]) -> bool {
    started_in_turn.iter().all(|&in_turn| in_turn)
}

/// Forty short tasks, and a long one that is built last.
fn long_one_last(gate: &Gate) -> Vec<Delayed<bool>> {
    (0..40).map(|_| short(gate.clone())).chain([long(gate.clone())]).collect()
}

fn pool(executor: &Executor) -> &WorkerPool {
    match &executor.settings.workers {
        Workers::Pool(Some(pool)) => pool,
        _ => panic!("the executor has threads of its own"),
    }
}

/// Notes how long the function of a handle takes.
fn plant<H: Outputs>(executor: &Executor, sample: H, duration: Duration) {
    let plan = Plan::new(&sample).unwrap();
    // SAFETY: the handle exists, and no task was started. The newest task comes first.
    let kind = unsafe { plan.kind(0) };
    pool(executor).durations().note(kind, duration);
}

fn plant_all(executor: &Executor) {
    plant(executor, short(Gate::default()), Duration::from_millis(5));
    plant(executor, long(Gate::default()), Duration::from_millis(150));
}

fn on_threads(threads: usize) -> Executor {
    let executor = Executor::builder().threads(threads).build().unwrap();
    plant_all(&executor);
    executor
}

/// What an executor makes of a graph.
#[derive(Debug, PartialEq, Eq)]
enum StartsBy {
    /// Workers take what is nearest to them.
    Nearest,
    /// One order, which knows no durations.
    Order,
    LongestPaths,
}

fn starts_by<H: Outputs>(executor: &Executor, outputs: H) -> StartsBy {
    let driver =
        RunDriver { settings: &executor.settings, policy: Policy::FailFast, recorded: false };
    let plan = Plan::new(&outputs).unwrap();
    let pool = pool(executor);
    let durations = Some(pool.durations());
    let options = RunOptions { durations, ..driver.options(false, false, false) };
    // SAFETY: the handles exist until the run is dropped.
    let (_run, StartOrder { ranks, .. }) = unsafe { Run::new(plan, &options, Requests::default()) };
    match ranks {
        None => StartsBy::Nearest,
        Some(ranks) if ranks.has_longest_paths() => StartsBy::LongestPaths,
        Some(_) => StartsBy::Order,
    }
}

#[test]
fn what_is_known_to_take_long_starts_among_the_first() {
    for threads in [2, 3, 8] {
        let executor = on_threads(threads);
        assert!(executor.compute(all(long_one_last(&Gate::default()))).unwrap());
    }
}

#[test]
fn runs_in_the_background_and_inside_tasks_do_the_same() {
    let executor = on_threads(2);
    assert!(executor.spawn(all(long_one_last(&Gate::default()))).wait().unwrap());
    let outer = value(()).map(|()| all(long_one_last(&Gate::default())).compute().unwrap());
    assert!(executor.compute(outer).unwrap());
    let recorded = executor.run(all(long_one_last(&Gate::default()))).unwrap();
    assert!(recorded.into_value());
}

/// ```text
///          fork
///   / / / ...    \       Only the last branch has a long task, in its second step: its first one
///  s s s ...      s      must start before others end.
///  x x x ...    long
/// ```
#[test]
fn the_branch_that_takes_longest_starts_first() {
    #[delayed]
    fn fork(gate: Gate) -> Gate {
        gate
    }
    #[delayed]
    fn first_step(gate: Arc<Gate>, is_long: bool) -> (Gate, bool) {
        if is_long {
            gate.open();
        }
        (Gate::clone(&gate), gate.wait())
    }
    #[delayed]
    fn next_step(first: (Gate, bool)) -> bool {
        first.1
    }
    #[delayed]
    fn long_step(first: (Gate, bool)) -> bool {
        first.1
    }
    let executor = on_threads(2);
    let sample = || value((Gate::opened(), true));
    plant(&executor, fork(Gate::default()), Duration::from_millis(1));
    let first = first_step(value(Arc::new(Gate::default())), false);
    plant(&executor, first, Duration::from_millis(5));
    plant(&executor, next_step(sample()), Duration::from_millis(5));
    plant(&executor, long_step(sample()), Duration::from_millis(50));
    let fork = fork(Gate::default()).map(Arc::new).shared();
    let first = |is_long| first_step(fork.map(Arc::clone), is_long);
    let short: Vec<_> = (0..30).map(|_| next_step(first(false))).collect();
    let long = long_step(first(true));
    assert!(executor.compute(all(short.into_iter().chain([long]).collect::<Vec<_>>())).unwrap());
}

#[test]
fn tasks_that_a_task_makes_are_put_in_order_from_the_second_run_on() {
    let executor = on_threads(2);
    let made = |gate: &Gate| {
        let gate = gate.clone();
        all(value(()).map(move |()| long_one_last(&gate)).flatten())
    };
    assert_eq!(starts_by(&executor, made(&Gate::default())), StartsBy::Nearest);
    assert!(executor.compute(made(&Gate::opened())).unwrap());
    // What the run has noted of them tells nothing: they took no time.
    plant_all(&executor);
    assert_eq!(starts_by(&executor, made(&Gate::default())), StartsBy::LongestPaths);
}

#[test]
fn tasks_that_a_task_makes_start_by_their_longest_paths() {
    let executor = on_threads(2);
    let gate = Gate::default();
    let in_main = gate.clone();
    let inner = value(()).map(move |()| long_one_last(&in_main)).flatten();
    // The graph around them is worth ordering too.
    let mut outputs: Vec<Delayed<bool>> = long_one_last(&Gate::opened());
    outputs.push(all(inner));
    assert_eq!(starts_by(&executor, long_one_last(&gate)), StartsBy::LongestPaths);
    assert!(executor.compute(outputs).unwrap().into_iter().all(|in_turn| in_turn));
}

#[test]
fn where_nothing_unequal_is_known_nothing_changes() {
    let executor = on_threads(2);
    let gate = Gate::default();
    assert_eq!(starts_by(&executor, long_one_last(&gate)), StartsBy::LongestPaths);
    let equal = |count: usize| (0..count).map(|_| short(gate.clone())).collect::<Vec<_>>();
    assert_eq!(starts_by(&executor, equal(40)), StartsBy::Nearest);
    assert_eq!(starts_by(&executor, all(equal(40))), StartsBy::Nearest);
    // No more tasks than threads.
    assert_eq!(
        starts_by(&executor, vec![short(gate.clone()), long(gate.clone())]),
        StartsBy::Nearest
    );
    let unknown: Vec<_> = (0..40).map(|number| value(number).map(|number| number + 1)).collect();
    assert_eq!(starts_by(&executor, unknown), StartsBy::Nearest);
    assert_eq!(starts_by(&on_threads(1), long_one_last(&gate)), StartsBy::Nearest);
    // Of microseconds each, on average.
    plant(&executor, short(gate.clone()), Duration::ZERO);
    let quick = Executor::builder().threads(2).build().unwrap();
    plant(&quick, short(gate.clone()), Duration::from_micros(3));
    plant(&quick, long(gate.clone()), Duration::from_micros(900));
    assert_eq!(starts_by(&quick, long_one_last(&gate)), StartsBy::Nearest);
}

#[test]
fn under_a_memory_limit_the_memory_order_decides() {
    let limited = Executor::builder().threads(2).memory_limit(1 << 20).build().unwrap();
    plant_all(&limited);
    assert_eq!(starts_by(&limited, long_one_last(&Gate::default())), StartsBy::Order);
    assert!(limited.compute(all(long_one_last(&Gate::opened()))).unwrap());
}

#[test]
fn what_the_user_says_is_urgent_comes_before_what_takes_long() {
    #[delayed]
    fn slow(gate: Gate) -> bool {
        gate.wait()
    }
    #[delayed]
    fn quick(gate: Gate, missing: Arc<AtomicUsize>) -> bool {
        if missing.fetch_sub(1, Ordering::SeqCst) == 1 {
            gate.open();
        }
        true
    }
    let executor = on_threads(2);
    let missing = Arc::new(AtomicUsize::new(20));
    plant(&executor, slow(Gate::default()), Duration::from_millis(150));
    plant(&executor, quick(Gate::default(), Arc::clone(&missing)), Duration::from_millis(5));
    let gate = Gate::default();
    let mut tasks: Vec<Delayed<bool>> = (0..2).map(|_| slow(gate.clone())).collect();
    tasks.extend((0..20).map(|_| quick(gate.clone(), Arc::clone(&missing)).priority(1)));
    assert_eq!(starts_by(&executor, vec![slow(gate.clone()).priority(1)]), StartsBy::Order);
    assert!(executor.compute(all(tasks)).unwrap());
}

#[test]
fn serial_runs_and_replays_never_use_what_was_learned() {
    #[delayed]
    fn note(number: usize, log: Arc<Mutex<Vec<usize>>>) {
        log.lock().unwrap().push(number);
        std::thread::sleep(Duration::from_millis(number as u64 % 3));
    }
    #[delayed]
    fn note_slow(number: usize, log: Arc<Mutex<Vec<usize>>>) {
        log.lock().unwrap().push(number);
        std::thread::sleep(Duration::from_millis(20));
    }
    let started = |executor: &Executor| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut tasks: Vec<Delayed<()>> =
            (0..12).map(|number| note(number, Arc::clone(&log))).collect();
        tasks.push(note_slow(12, Arc::clone(&log)));
        executor.compute(tasks).unwrap();
        std::mem::take(&mut *log.lock().unwrap())
    };
    let replay = Executor::builder().replay(3).build().unwrap();
    for executor in [Executor::serial(), replay] {
        let first = started(&executor);
        assert_eq!(started(&executor), first);
        assert_eq!(started(&executor), first);
    }
    assert_eq!(started(&Executor::serial()), (0..13).collect::<Vec<_>>());
}

/// A result that is counted while it lives.
struct Counted(Arc<[AtomicUsize; 2]>);

impl Counted {
    fn new(counts: &Arc<[AtomicUsize; 2]>) -> Self {
        let now = counts[0].fetch_add(1, Ordering::SeqCst) + 1;
        counts[1].fetch_max(now, Ordering::SeqCst);
        Counted(Arc::clone(counts))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0[0].fetch_sub(1, Ordering::SeqCst);
    }
}

/// The longest path begins with every one of 256 loads, so all of them would start before the first sum. The memory
/// order keeps 10 results at once, so 12 may live on two threads. Beside a load on a thread that the system leaves
/// waiting, the other starts what comes next in the memory order rather than nothing, and keeps one result more for
/// each of the eight sums on the way of that load. So of some runs, the best must keep to the rule; other shapes are
/// tested in a simulated time (`queue/longest_path/tests.rs`).
#[test]
fn results_that_live_stay_few() {
    #[delayed]
    fn load(counts: Arc<[AtomicUsize; 2]>) -> Counted {
        Counted::new(&counts)
    }
    #[delayed]
    fn sum(one: Counted, other: Counted) -> Counted {
        let counts = Arc::clone(&one.0);
        drop((one, other));
        Counted::new(&counts)
    }
    #[delayed]
    fn finish(last: Counted) -> usize {
        last.0[1].load(Ordering::SeqCst)
    }
    fn most_of_a_run() -> usize {
        let executor = on_threads(2);
        let counts = Arc::new([const { AtomicUsize::new(0) }; 2]);
        let loaded = || load(Arc::clone(&counts));
        plant(&executor, loaded(), Duration::from_millis(5));
        plant(&executor, sum(loaded(), loaded()), Duration::from_micros(200));
        plant(&executor, finish(loaded()), Duration::from_secs(1000));
        let mut level: Vec<Delayed<Counted>> = (0..256).map(|_| loaded()).collect();
        while level.len() > 1 {
            // The first half with the second: neighbours are not joined.
            let others = level.split_off(level.len() / 2);
            level = level.into_iter().zip(others).map(|(one, other)| sum(one, other)).collect();
        }
        let output = finish(level.remove(0));
        assert_eq!(starts_by(&executor, vec![finish(loaded())]), StartsBy::Nearest);
        executor.compute(output).unwrap()
    }
    let most: Vec<usize> = (0..20).map(|_| most_of_a_run()).collect();
    assert!(most.iter().all(|&most| most <= 12 + 9), "so many results lived at once: {most:?}");
    assert!(most.iter().any(|&most| most <= 12), "so many results lived at once: {most:?}");
}

/// Functions of their own, to be given durations of their own.
#[delayed]
fn add<const LENGTH: usize>(number: u64, needed: &[Arc<u64>]) -> u64 {
    needed.iter().map(|needed| **needed).sum::<u64>().wrapping_mul(3).wrapping_add(number)
}

fn add_of_length(length: usize, number: u64, needed: Vec<Shared<u64>>) -> Delayed<u64> {
    match length {
        0 => add::<0>(number, needed),
        1 => add::<1>(number, needed),
        2 => add::<2>(number, needed),
        _ => add::<3>(number, needed),
    }
}

fn build(tasks: &[(Vec<u8>, usize, Option<i32>)]) -> Vec<Shared<u64>> {
    let mut handles: Vec<Shared<u64>> = Vec::new();
    for (number, (needs, length, priority)) in tasks.iter().enumerate() {
        let needed = needs.iter().filter_map(|&need| handles.get(usize::from(need))).cloned();
        let mut handle = add_of_length(*length, number as u64, needed.collect());
        if let Some(priority) = priority {
            handle = handle.priority(*priority);
        }
        handles.push(handle.shared());
    }
    handles
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn results_are_those_of_a_serial_run_whatever_was_learned(
        tasks in proptest::collection::vec(
            (
                proptest::collection::vec(0..30_u8, 0..4),
                0..4_usize,
                proptest::option::weighted(0.1, -1..2_i32),
            ),
            1..30,
        ),
        durations in [0..100_000_u64, 0..100_000, 0..100_000, 0..100_000],
        threads in 2..5_usize,
    ) {
        let executor = Executor::builder().threads(threads).build().unwrap();
        for (length, &duration) in durations.iter().enumerate() {
            plant(&executor, add_of_length(length, 0, vec![]), Duration::from_micros(duration));
        }
        let expected = Executor::serial().compute(build(&tasks)).unwrap();
        prop_assert_eq!(&executor.compute(build(&tasks)).unwrap(), &expected);
        let handles = build(&tasks);
        let made = value(()).map(move |()| handles).flatten();
        let by_number: HashMap<usize, Arc<u64>> = expected.into_iter().enumerate().collect();
        let spliced: HashMap<usize, Arc<u64>> =
            executor.compute(made).unwrap().into_iter().enumerate().collect();
        prop_assert_eq!(spliced, by_number);
    }
}
