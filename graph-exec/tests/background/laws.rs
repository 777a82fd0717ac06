//! Random orders of cancelling, dropping, leaving alone, awaiting and finishing, against what may come of
//! them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::{CancelToken, Error, Running, Shared, prelude::*};
use proptest::prelude::*;

use crate::{threads, until, watchdog::within_a_minute};

#[derive(Debug, Clone, Copy)]
enum Fate {
    Wait,
    Await,
    Cancel,
    CancelAll,
    Drop,
    Detach,
}

fn fates() -> impl Strategy<Value = Vec<(Fate, usize)>> {
    let fate = prop_oneof![
        4 => Just(Fate::Wait),
        4 => Just(Fate::Await),
        2 => Just(Fate::Cancel),
        1 => Just(Fate::CancelAll),
        2 => Just(Fate::Drop),
        2 => Just(Fate::Detach),
    ];
    proptest::collection::vec((fate, 0..40_usize), 1..12)
}

/// A chain that ends in a task which all runs have in common.
fn graph(common: &Shared<u64>, length: usize, runs: &Arc<AtomicUsize>) -> Delayed<u64> {
    let runs = Arc::clone(runs);
    let first = common.map(move |n| {
        runs.fetch_add(1, Ordering::SeqCst);
        *n
    });
    (0..length).fold(first, |handle, _| handle.map(|n| n + 1))
}

proptest! {
    #[test]
    fn every_run_ends_in_its_value_or_cancelled(
        fates in fates(),
        count in 1..4_usize,
        pause in 0..3_u64,
    ) {
        within_a_minute(&format!("{fates:?}, {count} threads, pause {pause}"), || {
            let token = CancelToken::new();
            let executor = threads(count).with_cancel(&token);
            let (ran, common_ran) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let counter = Arc::clone(&common_ran);
            let common = value(5).map(move |n| {
                counter.fetch_add(1, Ordering::SeqCst);
                n
            }).shared();
            let running: Vec<Running<u64>> =
                fates.iter().map(|(_, length)| executor.spawn(graph(&common, *length, &ran))).collect();
            std::thread::sleep(std::time::Duration::from_micros(pause * 50));
            let mut may_be_cancelled = false;
            for (running, &(fate, length)) in running.into_iter().zip(&fates) {
                let result = match fate {
                    Fate::Wait => running.wait(),
                    Fate::Await => pollster::block_on(running),
                    Fate::Cancel => {
                        running.cancel();
                        match running.wait() {
                            Err(Error::Cancelled { .. }) => continue,
                            other => other,
                        }
                    }
                    Fate::CancelAll => {
                        token.cancel();
                        may_be_cancelled = true;
                        drop(running);
                        continue;
                    }
                    Fate::Drop => {
                        drop(running);
                        continue;
                    }
                    Fate::Detach => {
                        running.detach();
                        continue;
                    }
                };
                match result {
                    Ok(n) => assert_eq!(n, 5 + length as u64),
                    Err(Error::Cancelled { .. }) => assert!(may_be_cancelled),
                    Err(other) => panic!("{other}"),
                }
            }
            drop(executor);
            drop(common);
            // Nothing keeps a closure of a run that has ended, and no task has run twice.
            until(|| Arc::strong_count(&ran) == 1 && Arc::strong_count(&common_ran) == 1);
            assert!(ran.load(Ordering::SeqCst) <= fates.len());
            assert!(common_ran.load(Ordering::SeqCst) <= 1);
        });
    }
}
