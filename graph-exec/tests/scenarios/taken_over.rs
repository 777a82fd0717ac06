//! A thread that has begun a run of short tasks by itself, and is inside one that takes long for once: others take over
//! what it has.

use std::{
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use graph_exec::prelude::*;

use crate::watchdog::within;

/// Whoever comes first waits for all others, for a few seconds at most.
struct Party {
    guests: usize,
    arrived: Mutex<usize>,
    changed: Condvar,
}

impl Party {
    fn new(guests: usize) -> Arc<Self> {
        Arc::new(Party { guests, arrived: Mutex::new(0), changed: Condvar::new() })
    }

    /// Says whether all have come in time.
    fn arrive(&self) -> bool {
        let mut arrived = self.arrived.lock().unwrap();
        *arrived += 1;
        self.changed.notify_all();
        if *arrived > 1 {
            return true;
        }
        let wait = Duration::from_secs(20);
        let wait = self.changed.wait_timeout_while(arrived, wait, |arrived| *arrived < self.guests);
        *wait.unwrap().0 == self.guests
    }
}

#[delayed]
fn source(party: Option<Arc<Party>>) -> bool {
    party.is_none_or(|party| party.arrive())
}

#[delayed]
fn dependent(before: bool, party: Option<Arc<Party>>) -> bool {
    before && party.is_none_or(|party| party.arrive())
}

#[delayed]
fn count(all: Vec<bool>) -> usize {
    all.into_iter().filter(|&is_so| is_so).count()
}

fn sources(guests: usize, party: Option<&Arc<Party>>) -> Delayed<usize> {
    count((0..guests).map(|_| source(party.cloned())).collect::<Vec<_>>())
}

fn dependents(guests: usize, party: Option<&Arc<Party>>) -> Delayed<usize> {
    let first = source(None::<Arc<Party>>).shared();
    count((0..guests).map(|_| dependent(&first, party.cloned())).collect::<Vec<_>>())
}

/// What one thread has ready, more than it keeps to itself included, goes on while it waits.
#[test]
fn others_take_over_what_a_thread_has_that_waits_inside_a_short_task() {
    within(Duration::from_secs(100), "runs that are taken over", || {
        let executor = Executor::builder().threads(2).build().unwrap();
        for round in 0..40 {
            for build in [sources, dependents] {
                // From these it is known how long the functions take.
                for _ in 0..20 {
                    assert_eq!(executor.compute(build(30, None)).unwrap(), 30);
                }
                let guests = 2 + round % 30;
                let party = Party::new(guests);
                assert_eq!(executor.compute(build(guests, Some(&party))).unwrap(), guests);
            }
        }
    });
}

/// ```text
///  thread │ small graph ── small graph ── … ── a task that waits ──────────┐
///  worker │                   keeps watch ──────────────── comes ── the next
/// ```
#[test]
fn a_graph_that_begins_where_another_has_ended_is_taken_over_too() {
    within(Duration::from_secs(60), "graphs that begin with a reserved permit", || {
        for threads in [2, 3] {
            let executor = Executor::builder().threads(threads).build().unwrap();
            for _ in 0..15 {
                // Soon it begins each without asking for a permit.
                let begin = Instant::now();
                while begin.elapsed() < Duration::from_millis(4) {
                    assert_eq!(executor.compute(sources(2, None)).unwrap(), 2);
                }
                let party = Party::new(2);
                assert_eq!(executor.compute(sources(2, Some(&party))).unwrap(), 2);
            }
        }
    });
}
