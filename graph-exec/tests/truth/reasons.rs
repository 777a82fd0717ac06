//! Which reason is named where several leave workers idle: limits, waits between attempts, few tasks, late threads.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use graph_exec::{Limit, Observer, RunStarted, prelude::*};

use crate::cases::{block, long, record, threads};

#[delayed(retries = 3, backoff = "100ms..120ms")]
fn fetch(calls: Arc<AtomicUsize>) -> Result<u64, String> {
    match calls.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err("busy".to_owned()),
        _ => Ok(1),
    }
}

pub(crate) fn waits_between_attempts() {
    for executor in [Executor::serial(), threads(2)] {
        let record = record(&executor, vec![fetch(Arc::default()).map(|n| n + 1)]);
        let said = record.to_string();
        assert_eq!(record.limit(), Some(Limit::Attempts), "{said}");
        assert!(
            said.contains("; it waited 2") && said.contains(" ms between attempts of `fetch`"),
            "{said}"
        );
        let note = "1 task was tried again, after 2 failed attempts and waits of 2";
        assert!(said.contains(note), "{said}");
        assert!(record.advice().unwrap().contains("`backoff`"), "{said}");
        let idle = record.idle();
        assert!(idle.between_attempts >= Duration::from_millis(200), "{idle:?}");
        assert!(idle.nothing_ready < idle.between_attempts, "{idle:?}");
    }
}

/// ```text
///  fetch │ ▌  waits  ▌  waits  ▌            250 ms
///  chain │ ████████████████████████████████ some 600 ms
/// ```
pub(crate) fn waits_between_attempts_beside_a_longer_chain() {
    let chain = steps(20, Duration::from_millis(30));
    let record = record(&threads(3), vec![fetch(Arc::default()), chain]);
    assert_eq!(record.limit(), Some(Limit::Chain), "{record}");
    assert!(record.to_string().contains("1 task was tried again"), "{record}");
}

/// A chain of tasks that sleep.
fn steps(count: usize, each: Duration) -> Delayed<u64> {
    let step = move |n| {
        sleep(each);
        n + 1
    };
    (0..count).fold(value(0), |chain, _| chain.map(step))
}

#[delayed(at_most = 2)]
fn ask(number: u64) -> u64 {
    sleep(Duration::from_millis(20));
    number
}

pub(crate) fn few_tasks_under_the_limit_of_a_function() {
    let record = record(&threads(8), (0..8).map(ask).collect());
    let said = record.to_string();
    assert_eq!(record.limit(), Some(Limit::Resource), "{said}");
    assert!(said.contains("ask` kept ") && said.contains("from ready tasks"), "{said}");
    assert!(record.advice().unwrap().contains("hold what is scarce for a shorter time"), "{said}");
}

pub(crate) fn few_tasks_that_share_a_resource() {
    let executor = Executor::builder().threads(8).resource("api", 1).build().unwrap();
    // Three tasks: one waits for a while, another twice as long.
    let tasks = (0..3).map(|_| long(Duration::from_millis(30)).resource("api", 1));
    let record = record(&executor, tasks.collect());
    assert_eq!(record.limit(), Some(Limit::Resource), "{record}");
    assert!(record.verdict().contains("the resource `api` kept "), "{record}");
}

pub(crate) fn few_tasks_under_a_memory_limit() {
    let executor = Executor::builder().threads(8).memory_limit(MIB + MIB / 2).build().unwrap();
    let tasks = (0..4).map(|number| block(number).map(|number| number + 1)).collect();
    let record = record(&executor, tasks);
    assert_eq!(record.limit(), Some(Limit::Memory), "{record}");
}

/// ```text
///  gpu   │ ████ ████ ████ ████ ████ ████    300 ms, one at a time: two workers have to wait
///  chain │ ████████████████████████████████ some 400 ms
/// ```
pub(crate) fn a_limit_that_costs_nothing() {
    let executor = Executor::builder().threads(4).resource("gpu", 1).build().unwrap();
    let mut tasks = vec![steps(20, Duration::from_millis(20)).priority(1)];
    tasks.extend((0..15).map(|_| long(Duration::from_millis(20)).resource("gpu", 1)));
    let record = record(&executor, tasks);
    // Some tasks were held back, but the run would have taken as long without the limit.
    assert!(record.idle().resource > Duration::ZERO, "{record}");
    assert_eq!(record.limit(), Some(Limit::Chain), "{record}");
}

pub(crate) fn few_tasks() {
    let record = record(&threads(4), (0..5).map(|_| long(Duration::from_millis(40))).collect());
    let said = record.verdict();
    assert_eq!(record.limit(), Some(Limit::FewTasks), "{record}");
    assert!(
        said.contains("5 tasks of up to ") && said.ends_with(" each cannot keep 4 workers busy"),
        "{said}"
    );
    assert!(record.advice().unwrap().contains("more and smaller ones"), "{record}");
}

pub(crate) fn one_long_task_that_began_late() {
    let mut tasks: Vec<_> = (0..40).map(|_| long(Duration::from_millis(4))).collect();
    tasks.push(long(Duration::from_millis(150)).priority(-1).named("last"));
    let record = record(&threads(2), tasks);
    let said = record.verdict();
    assert_eq!(record.limit(), Some(Limit::OneTask), "{record}");
    assert!(
        said.contains("one task, `long (last)`, took 15") && said.contains(", and began after "),
        "{said}"
    );
    assert!(
        record.advice().unwrap().ends_with("let it start earlier with `.priority(1)`"),
        "{said}"
    );
}

/// What comes before the first task is long, but not for the tasks.
pub(crate) fn threads_that_start_late_are_no_planning() {
    struct Slow;
    impl Observer for Slow {
        fn started(&self, _: &RunStarted) {
            sleep(Duration::from_millis(20));
        }
    }
    for count in [3, 100] {
        let executor = threads(2).with_observer(Arc::new(Slow));
        let record = record(&executor, (0..count).map(value).collect());
        assert!(record.planning() >= Duration::from_millis(20), "{record}");
        assert_ne!(record.limit(), Some(Limit::Planning), "{record}");
        let said = record.to_string();
        assert!(!said.contains("planning") && !said.contains("scheduling"), "{said}");
    }
}
