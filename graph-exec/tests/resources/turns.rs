//! Who gets a resource next.

use std::sync::{Arc, Mutex, mpsc};

use graph_exec::prelude::*;

use crate::{hold_a_card, watchdog::within_a_minute};

type Log = Arc<Mutex<Vec<&'static str>>>;

fn logs(log: &Log, what: &'static str) -> Delayed<()> {
    let log = Arc::clone(log);
    value(()).map(move |()| log.lock().unwrap().push(what))
}

/// Ones ask again and again while the two waits; each of them would fit beside the one that runs.
///
/// ```text
///  holds 1 ─────┐ ends
///  two          │ waits ── runs
///  ones         │ wait behind it ── run
/// ```
#[test]
fn who_wants_all_is_not_overtaken_by_those_who_want_little() {
    within_a_minute("overtaking", || {
        let executor = Executor::builder().threads(2).resource("gpu", 2).build().unwrap();
        let log = Log::default();
        let (release, first) = hold_a_card(&executor);
        let two = executor.spawn(logs(&log, "two").resource("gpu", 2));
        // A task that needs nothing runs after it has asked.
        executor.compute(value(())).unwrap();
        let ones: Vec<_> =
            (0..20).map(|_| executor.spawn(logs(&log, "one").resource("gpu", 1))).collect();
        executor.compute(value(())).unwrap();
        release.send(()).unwrap();
        first.wait().unwrap();
        two.wait().unwrap();
        ones.into_iter().for_each(|one| one.wait().unwrap());
        let log = log.lock().unwrap();
        let place = log.iter().position(|&what| what == "two");
        assert!(place <= Some(1), "{log:?}");
    });
}

#[test]
fn a_higher_priority_is_served_first() {
    within_a_minute("priority", || {
        let executor = Executor::builder().threads(2).resource("gpu", 1).build().unwrap();
        let log = Log::default();
        let (release, wait) = mpsc::channel::<()>();
        let first = value(()).map(move |()| wait.recv().unwrap()).priority(9).resource("gpu", 1);
        let low = logs(&log, "low").resource("gpu", 1);
        let high = logs(&log, "high").resource("gpu", 1).priority(3);
        // It runs when both have asked.
        let last = value(()).map(move |()| release.send(()).unwrap()).priority(-1);
        executor.compute((first, low, high, last)).unwrap();
        assert_eq!(*log.lock().unwrap(), ["high", "low"]);
    });
}

/// Both orders at once, many times: each takes all or nothing.
#[test]
fn two_resources_in_opposite_orders_lock_nobody_out() {
    within_a_minute("opposite", || {
        let executor =
            Executor::builder().threads(4).resource("a", 1).resource("b", 1).build().unwrap();
        let tasks: Vec<_> = (0..500)
            .map(|n| {
                let (first, second) = if n % 2 == 0 { ("a", "b") } else { ("b", "a") };
                value(n).map(|n| n + 1).resource(first, 1).resource(second, 1)
            })
            .collect();
        let record = executor.run(tasks).unwrap().into_record();
        assert_eq!(record.resources().iter().map(|one| one.peak).collect::<Vec<_>>(), [1, 1]);
    });
}
