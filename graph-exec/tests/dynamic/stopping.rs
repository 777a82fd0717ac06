//! A run that stops leaves what a task has made to whoever still wants it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::{CancelToken, Error, Shared, prelude::*};

use super::on_all;

/// Twenty tasks that count how many of them have run; the fifth one cancels.
fn twenty(ran: &Arc<AtomicUsize>, token: &CancelToken) -> Delayed<Vec<usize>> {
    let (ran, token) = (Arc::clone(ran), token.clone());
    let task = move |n| {
        let (ran, token) = (Arc::clone(&ran), token.clone());
        value(n).map(move |n| {
            if ran.fetch_add(1, Ordering::SeqCst) == 4 {
                token.cancel();
            }
            n
        })
    };
    value(20).map(move |count| (0..count).map(task).collect::<Vec<_>>()).flatten()
}

#[test]
fn a_cancelled_run_starts_no_more_of_the_inner_tasks_and_another_run_goes_on() {
    on_all("cancelling", |executor| {
        let (ran, token) = (Arc::new(AtomicUsize::new(0)), CancelToken::new());
        let all: Shared<Vec<usize>> = twenty(&ran, &token).shared();
        let cancelled = executor.clone().with_cancel(&token);
        match cancelled.compute(&all).unwrap_err() {
            Error::Cancelled { ended, tasks } => {
                assert!(ended < tasks && tasks == 43, "{ended} {tasks}");
            }
            other => panic!("{other}"),
        }
        let first = ran.load(Ordering::SeqCst);
        assert!((5..9).contains(&first), "{first} of 20 ran");
        assert_eq!(*executor.compute(&all).unwrap(), (0..20).collect::<Vec<_>>());
        assert_eq!(ran.load(Ordering::SeqCst), 20, "each ran once");
    });
}

#[test]
fn a_loop_that_was_cancelled_goes_on_at_the_step_where_it_was() {
    on_all("a cancelled loop", |executor| {
        let (steps, token) = (Arc::new(AtomicUsize::new(0)), CancelToken::new());
        let (counted, cancel) = (Arc::clone(&steps), token.clone());
        let step = move |n| {
            let (counted, cancel) = (Arc::clone(&counted), cancel.clone());
            value(n).map(move |n| {
                if counted.fetch_add(1, Ordering::SeqCst) == 49 {
                    cancel.cancel();
                }
                n + 1
            })
        };
        let end = iterate(0, step, |n| *n == 100).shared();
        assert!(executor.clone().with_cancel(&token).compute(&end).is_err());
        assert_eq!(steps.load(Ordering::SeqCst), 50);
        assert_eq!(*executor.compute(&end).unwrap(), 100);
        assert_eq!(steps.load(Ordering::SeqCst), 100);
    });
}

#[test]
fn a_run_that_failed_elsewhere_leaves_the_inner_tasks_to_another() {
    on_all("failing elsewhere", |executor| {
        let (ran, token) = (Arc::new(AtomicUsize::new(0)), CancelToken::new());
        let all = twenty(&ran, &token).shared();
        let failing = all.map(|_| ());
        let bad = value(0).map(|_| -> i32 { panic!("no") });
        assert!(executor.compute((failing, bad)).is_err());
        assert_eq!(executor.compute(&all).unwrap().len(), 20);
        assert_eq!(ran.load(Ordering::SeqCst), 20);
    });
}

#[test]
fn what_a_stopped_run_leaves_is_freed_with_its_handles() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    on_all("freeing", |executor| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let (counted, token) = (Arc::clone(&dropped), CancelToken::new());
        let cancel = token.clone();
        let inner = move |count: usize| {
            let task = |n| {
                let (held, cancel) = (Counted(Arc::clone(&counted)), cancel.clone());
                value(held).map(move |held| {
                    if n == 2 {
                        cancel.cancel();
                    }
                    held
                })
            };
            (0..count).map(task).collect::<Vec<_>>()
        };
        let all = value(10).map(inner).flatten();
        assert!(executor.clone().with_cancel(&token).compute(all).is_err());
        assert_eq!(dropped.load(Ordering::SeqCst), 10);
    });
}
