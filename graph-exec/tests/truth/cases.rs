//! The cases. What they say of waiting inside tasks is known on Linux alone.

use std::{
    hint::black_box,
    sync::Mutex,
    thread::sleep,
    time::{Duration, Instant},
};

use graph_exec::{Limit, RunRecord, prelude::*};

use crate::{
    reasons::{
        a_limit_that_costs_nothing, few_tasks, few_tasks_that_share_a_resource,
        few_tasks_under_a_memory_limit, few_tasks_under_the_limit_of_a_function,
        one_long_task_that_began_late, threads_that_start_late_are_no_planning,
        waits_between_attempts, waits_between_attempts_beside_a_longer_chain,
    },
    watchdog,
};

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The cores that its process is kept to, as `taskset -c` takes them; empty for all.
    pub(crate) cores: &'static [&'static str],
    pub(crate) run: fn(),
}

macro_rules! cases {
    ($($name:ident $(on $cores:literal)?),* $(,)?) => {
        pub(crate) const ALL: &[Case] = &[$(Case {
            name: stringify!($name),
            cores: &[$($cores)?],
            run: || watchdog::within_a_minute(stringify!($name), $name),
        }),*];
    };
}

cases! {
    more_workers_than_cores on "0",
    many_more_workers_than_cores on "0,1",
    one_lock,
    one_long_task_among_tiny_ones,
    a_memory_limit,
    nothing_declared_under_a_memory_limit,
    planning,
    sleeping_tasks,
    a_chain,
    tiny_tasks,
    waits_between_attempts,
    waits_between_attempts_beside_a_longer_chain,
    few_tasks_under_the_limit_of_a_function,
    few_tasks_that_share_a_resource,
    few_tasks_under_a_memory_limit,
    a_limit_that_costs_nothing,
    few_tasks,
    one_long_task_that_began_late,
    threads_that_start_late_are_no_planning,
    a_short_run_claims_nothing,
    waiting_for_another_thread_claims_nothing,
}

pub(crate) fn threads(n: usize) -> Executor {
    Executor::builder().threads(n).build().unwrap()
}

pub(crate) fn record<T: Send + 'static>(executor: &Executor, tasks: Vec<Delayed<T>>) -> RunRecord {
    executor.run(tasks).unwrap().into_record()
}

/// Computes something of a size, not for a time: on a busy core it takes longer.
#[inline(never)]
pub(crate) fn compute(rounds: u64) -> u64 {
    (0..rounds).fold(1, |state, round| black_box(state ^ round).rotate_left(7).wrapping_mul(31))
}

/// How many rounds of [`compute`] take about this long on a core of one's own.
pub(crate) fn rounds_for(time: Duration) -> u64 {
    const PROBE: u64 = 2_000_000;
    let fastest = (0..5).map(|_| {
        let begin = Instant::now();
        black_box(compute(PROBE));
        begin.elapsed()
    });
    let fastest = fastest.min().unwrap();
    (PROBE as f64 * time.as_secs_f64() / fastest.as_secs_f64()) as u64
}

#[delayed]
fn computed(rounds: u64) -> u64 {
    compute(rounds)
}

fn computing(tasks: usize, each: Duration) -> Vec<Delayed<u64>> {
    let rounds = rounds_for(each);
    (0..tasks).map(|_| computed(rounds)).collect()
}

fn more_workers_than_cores() {
    let record = record(&threads(8), computing(16, Duration::from_millis(20)));
    if !cfg!(target_os = "linux") {
        return;
    }
    let said = record.verdict();
    assert_eq!((record.cores(), record.limit()), (1, Some(Limit::Cores)), "{record}");
    // While other processes use the core too, nothing is claimed.
    let claims = |what: &str| record.speed_up().is_none() || said.contains(what);
    assert!(claims("no faster than one (") && claims("the best possible was 1.0"), "{said}");
    assert!(said.contains("of 8 workers waited for a core, and the program has 1 core"), "{said}");
    let advice = record.advice().unwrap();
    assert!(advice.starts_with("8 workers compute on 1 core: "), "{advice}");
    assert!(record.speed_up().is_none_or(|claimed| claimed < 2.0), "{said}");
}

fn many_more_workers_than_cores() {
    let record = record(&threads(32), computing(64, Duration::from_millis(10)));
    if !cfg!(target_os = "linux") {
        return;
    }
    let said = record.verdict();
    assert_eq!(record.limit(), Some(Limit::Cores), "{record}");
    assert!(said.contains("of 32 workers waited for a core, and the program has "), "{said}");
    assert!(record.speed_up().is_none_or(|claimed| claimed <= 3.0), "{said}");
    assert!(record.best_possible() <= 3.0, "{said}");
}

static TABLE: Mutex<u64> = Mutex::new(0);

#[delayed]
fn under_the_lock(time: Duration) -> u64 {
    let mut table = TABLE.lock().unwrap();
    sleep(time);
    *table += 1;
    *table
}

fn one_lock() {
    let tasks = (0..24).map(|_| under_the_lock(Duration::from_millis(8))).collect();
    let record = record(&threads(8), tasks);
    if !cfg!(target_os = "linux") {
        return;
    }
    let said = record.verdict();
    assert_eq!(record.limit(), Some(Limit::Lock), "{record}");
    assert!(record.speed_up().is_none() || said.contains("no faster than one ("), "{said}");
    assert!(said.contains("of 8 workers waited for a lock"), "{said}");
    assert!(record.advice().unwrap().contains("wait for each other at a lock"));
    let time = record.task_time().unwrap();
    assert!(time.waited_for_lock > time.slept && time.slept > time.computed, "{time:?}");
}

#[delayed]
pub(crate) fn long(time: Duration) -> u64 {
    sleep(time);
    0
}

fn one_long_task_among_tiny_ones() {
    let mut tasks: Vec<Delayed<u64>> = (0..20_000).map(value).collect();
    tasks.push(long(Duration::from_secs(2)).priority(1));
    let record = record(&threads(2), tasks);
    let said = record.to_string();
    assert_eq!(record.limit(), Some(Limit::OneTask), "{said}");
    assert!(said.contains("one task, `long`, took 2"), "{said}");
    assert!(
        !said.contains("scheduling"),
        "the tasks are tiny, but that is not what took the time: {said}"
    );
}

fn block_bytes(_: &u64) -> usize {
    MIB
}

#[delayed(bytes = block_bytes)]
pub(crate) fn block(number: u64) -> u64 {
    sleep(Duration::from_millis(15));
    number
}

fn a_memory_limit() {
    let executor = Executor::builder().threads(8).memory_limit(3 * MIB + MIB / 2).build().unwrap();
    // Each block is taken by a task of its own, so that it does not stay.
    let tasks = (0..24).map(|number| block(number).map(|number| number + 1)).collect();
    let record = record(&executor, tasks);
    let said = record.to_string();
    assert_eq!(record.limit(), Some(Limit::Memory), "{said}");
    assert!(said.contains("the memory limit of 3.5 MiB kept "), "{said}");
    assert!(said.contains("the memory limit of 3.5 MiB held back "), "{said}");
    assert!(record.best_possible() < 4.0, "three blocks fit: {said}");
    let (idle, memory) = (record.idle(), record.memory().unwrap());
    assert!(idle.memory_limit > idle.not_picked_up + idle.nothing_ready, "{idle:?}");
    assert!(memory.held_back > 0 && memory.waited <= record.wall(), "{memory:?}");
}

#[delayed]
fn large(bytes: usize) -> Vec<u8> {
    vec![1; bytes]
}

#[delayed]
fn all(parts: &[Vec<u8>]) -> usize {
    // Longer than it takes until somebody looks at the process.
    sleep(Duration::from_millis(20));
    parts.iter().map(Vec::len).sum()
}

fn nothing_declared_under_a_memory_limit() {
    let executor = Executor::builder().threads(2).memory_limit(20 * MIB).build().unwrap();
    let parts: Vec<_> = (0..20).map(|_| large(10 * MIB)).collect();
    let record = executor.run(all(parts)).unwrap().into_record();
    let said = record.to_string();
    let note = "21 of 21 tasks declare no bytes, so the memory limit of 20 MiB does not count them";
    assert!(said.contains(note), "{said}");
    if cfg!(target_os = "linux") {
        assert!(said.contains("; the process had up to 2"), "of some 200 MiB: {said}");
    }
}

fn planning() {
    let mut level: Vec<Delayed<u64>> = (0..200_000).map(value).collect();
    while level.len() > 1 {
        let mut parts = level.into_iter();
        level = std::iter::from_fn(|| {
            let first = parts.next()?;
            Some(match parts.next() {
                Some(second) => first + second,
                None => first,
            })
        })
        .collect();
    }
    let record = record(&threads(8), level);
    let idle = record.idle();
    assert!(idle.planning > Duration::ZERO, "{record}");
    assert!(idle.planning.abs_diff(record.planning() * 8) < Duration::from_micros(10), "{idle:?}");
}

fn sleeping_tasks() {
    let tasks = (0..8).map(|_| long(Duration::from_millis(50))).collect();
    let record = record(&threads(2), tasks);
    if !cfg!(target_os = "linux") {
        return;
    }
    let said = record.verdict();
    let claims = |what: &str| record.speed_up().is_none() || said.contains(what);
    assert!(
        record.speed_up().is_none_or(|claimed| claimed > 1.5),
        "sleeping needs no core: {said}"
    );
    assert!(claims("× faster than one; the best possible was 2.00×"), "{said}");
    let time = record.task_time().unwrap();
    assert!(time.slept > record.work() / 2, "{time:?}");
}

fn a_chain() {
    let mut chain = value(0u64);
    for _ in 0..10 {
        chain = chain.map(|n| {
            sleep(Duration::from_millis(10));
            n + 1
        });
    }
    let record = record(&threads(4), vec![chain]);
    assert_eq!(record.limit(), Some(Limit::Chain), "{record}");
    assert!(record.verdict().contains("11 tasks that wait for each other took "), "{record}");
}

fn tiny_tasks() {
    let mut chain = value(0u64);
    for n in 0..100_000 {
        chain = chain.map(move |sum| sum + n);
    }
    let record = record(&threads(1), vec![chain]);
    // Planning costs a chain of tiny tasks about as much as getting from one to the next.
    let limit = record.limit().unwrap();
    let said = record.verdict();
    let is_busy =
        limit == Limit::Cores && said.ends_with("waited for cores that other processes had");
    assert!(matches!(limit, Limit::TinyTasks | Limit::Planning) || is_busy, "{record}");
    assert!(!record.verdict().contains("faster"), "one worker is as fast as one: {record}");
    assert!(record.advice().unwrap().contains("let each task do the work of several"));
}

fn a_short_run_claims_nothing() {
    let record = record(&threads(2), (0..4).map(value).collect());
    assert_eq!((record.speed_up(), record.task_time()), (None, None));
    let said = record.verdict();
    assert!(said.contains(" and kept ") && said.contains(" of them occupied"), "{said}");
}

fn waiting_for_another_thread_claims_nothing() {
    #[delayed]
    fn ask_a_thread() -> u64 {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            sleep(Duration::from_millis(30));
            sender.send(1).unwrap();
        });
        receiver.recv().unwrap()
    }
    let record = record(&threads(4), (0..8).map(|_| ask_a_thread()).collect());
    if !cfg!(target_os = "linux") {
        return;
    }
    assert_eq!(record.speed_up(), None, "they may have waited for the same thing: {record}");
    assert!(record.task_time().unwrap().waited_otherwise > record.work() / 2, "{record}");
}
