//! How a task becomes ready, and how a run that has stopped comes to its end.

use loom::{
    cell::UnsafeCell,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
};

use crate::{join_counter::JoinCounter, model, termination::TerminationDetector};

/// ```text
///  thread 1 │ result A ─ count ─┐
///  thread 2 │ result B ─ count ─┼ exactly one is told that C is ready, and sees A, B and D
///  thread 3 │ result D ─ count ─┘
/// ```
#[test]
fn the_last_dependency_makes_ready_and_sees_every_result() {
    for dependencies in 1..=3 {
        model(move || {
            let results: Arc<Vec<_>> =
                Arc::new((0..dependencies).map(|_| UnsafeCell::new(0)).collect());
            let join_counter = Arc::new(JoinCounter::new(dependencies));
            let end_one = |number: u32| {
                let (results, join_counter) = (Arc::clone(&results), Arc::clone(&join_counter));
                move || {
                    // SAFETY: each thread writes its own; loom refuses a read that is not ordered.
                    results[number as usize].with_mut(|result| unsafe { *result = number });
                    let last = join_counter.decrement(|| None::<()>);
                    if last {
                        for (number, result) in results.iter().enumerate() {
                            // SAFETY: as above.
                            assert_eq!(result.with(|result| unsafe { *result }), number as u32);
                        }
                    }
                    u32::from(last)
                }
            };
            let threads: Vec<_> =
                (1..dependencies).map(|number| thread::spawn(end_one(number))).collect();
            let here = end_one(0)();
            let in_threads: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
            assert_eq!(here + in_threads, 1);
        });
    }
}

/// What of a run its end depends on, as in `parallel.rs`.
struct Run {
    termination: TerminationDetector,
    stopped: AtomicBool,
    signal: Mutex<bool>,
    changed: Condvar,
    /// What the caller takes apart when it returns.
    handles: UnsafeCell<u32>,
}

impl Run {
    fn work(&self, task: impl FnOnce()) {
        self.termination.begin_work();
        if !self.stopped.load(SeqCst) {
            task();
        }
        if self.termination.end_work() && self.stopped.load(SeqCst) {
            self.tell_caller();
        }
    }

    fn tell_caller(&self) {
        *self.signal.lock().unwrap() = true;
        self.changed.notify_all();
    }

    fn complete(&self) {
        while !(self.stopped.load(SeqCst) && self.termination.is_idle()) {
            let mut signal = self.signal.lock().unwrap();
            while !*signal {
                signal = self.changed.wait(signal).unwrap();
            }
            *signal = false;
        }
    }
}

/// What stops a run.
#[derive(Clone, Copy, PartialEq)]
enum StoppedBy {
    /// A task that fails.
    Task,
    /// A thread that does not work for the run.
    Other,
}

fn check_the_end(stopped_by: StoppedBy) {
    model(move || {
        let run = Arc::new(Run {
            termination: TerminationDetector::new(2),
            stopped: AtomicBool::new(false),
            signal: Mutex::new(false),
            changed: Condvar::new(),
            handles: UnsafeCell::new(0),
        });
        let (stopping, late) = (Arc::clone(&run), Arc::clone(&run));
        let one = thread::spawn(move || match stopped_by {
            StoppedBy::Task => stopping.work(|| stopping.stopped.store(true, SeqCst)),
            StoppedBy::Other => {
                stopping.stopped.store(true, SeqCst);
                stopping.tell_caller();
            }
        });
        let two = thread::spawn(move || {
            // SAFETY: loom refuses a task that runs while or after the caller writes.
            late.work(|| late.handles.with(|handles| unsafe { _ = *handles }));
        });
        run.complete();
        // SAFETY: as above.
        run.handles.with_mut(|handles| unsafe { *handles = 1 });
        one.join().unwrap();
        two.join().unwrap();
    });
}

/// ```text
///  caller   │ waits ─────────────────── returns: no task is running, and none starts
///  worker 1 │ a task fails: stop ─ end ─┐
///  worker 2 │ comes late: begin ─ stopped? ─ a task ─ end
/// ```
#[test]
fn a_failed_run_returns_and_nothing_runs_after_it() {
    check_the_end(StoppedBy::Task);
}

/// ```text
///  caller │ waits ─────────────────── returns: no task is running, and none starts
///  other  │ stop ─ tell the caller ─┐
///  worker │ comes late: begin ─ stopped? ─ a task ─ end ─ stopped?
/// ```
#[test]
fn a_cancelled_run_returns_and_nothing_runs_after_it() {
    check_the_end(StoppedBy::Other);
}
