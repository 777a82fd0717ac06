//! What threads do that have nothing to do. A test program of its own, for it counts what the whole process
//! does.

#![cfg(target_os = "linux")]

use std::{
    fs,
    sync::{Mutex, PoisonError},
    thread::sleep,
    time::Duration,
};

use graph_exec::prelude::*;

/// The tests of this file disturb each other.
static ALONE: Mutex<()> = Mutex::new(());

/// How often all threads of this process have gone to sleep by themselves.
fn sleeps() -> u64 {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let of_thread = |thread: fs::DirEntry| {
        // A thread may end meanwhile.
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.map_or(0, |count| count.trim().parse::<u64>().unwrap())
    };
    threads.map(|thread| of_thread(thread.unwrap())).sum()
}

fn sleeps_during(what: impl FnOnce()) -> u64 {
    let before = sleeps();
    what();
    sleeps() - before
}

#[test]
fn an_executor_without_a_run_sleeps() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let executor = Executor::builder().threads(64).build().unwrap();
    let parts: Vec<_> = (0..256).map(|n| value(n).map(|n| n + 1)).collect();
    executor.compute(parts).unwrap();
    // After the last run, one of them looks around for a while.
    sleep(Duration::from_secs(1));
    let sleeps = sleeps_during(|| sleep(Duration::from_secs(2)));
    assert!(sleeps < 20, "{sleeps} times in two seconds");
}

#[test]
fn while_one_task_runs_the_other_workers_look_for_rayon_code_by_turns() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let executor = Executor::builder().threads(8).stack_size(1 << 20).build().unwrap();
    let sleeps = sleeps_during(|| {
        executor.compute(value(()).map(|()| sleep(Duration::from_secs(1)))).unwrap();
    });
    assert!((50..6000).contains(&sleeps), "{sleeps} times in a second");
}

#[test]
fn idle_workers_help_rayon_code_in_a_task() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let executor = Executor::builder().threads(4).stack_size(1 << 20).build().unwrap();
    let threads = value(()).map(|()| {
        // Each half waits until the other runs, on another thread.
        let meeting = std::sync::Barrier::new(2);
        let meet = || {
            meeting.wait();
            std::thread::current().id()
        };
        rayon::join(meet, meet)
    });
    let (one, other) = executor.compute(threads).unwrap();
    assert_ne!(one, other);
    // Every worker takes part in a broadcast.
    let told = value(()).map(|()| rayon::broadcast(|context| context.index()));
    assert_eq!(executor.compute(told).unwrap(), [0, 1, 2, 3]);
}
