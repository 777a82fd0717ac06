//! Runs that meet at a task: subscribing to its end in `slot.rs` and `subscription.rs`.

use std::sync::Arc;

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan},
    Outputs, Shared, value,
};
use loom::{
    sync::{Condvar, Mutex},
    thread,
};

use crate::{
    model,
    nesting::{Frame, Nesting},
    subscription::{Subscribed, Subscriber, Subscriptions},
};

/// A run that does nothing until it is told.
struct Waiter {
    nesting: Arc<Nesting>,
    told: Mutex<u32>,
    changed: Condvar,
}

impl Waiter {
    fn new(nesting: Arc<Nesting>) -> Arc<Self> {
        Arc::new(Waiter { nesting, told: Mutex::new(0), changed: Condvar::new() })
    }

    fn wait(&self) {
        let mut told = self.told.lock().unwrap();
        while *told == 0 {
            told = self.changed.wait(told).unwrap();
        }
    }
}

impl Subscriber for Waiter {
    fn task_ended(self: Arc<Self>, _: u32) {
        *self.told.lock().unwrap() += 1;
        self.changed.notify_all();
    }

    fn nesting(&self) -> &Nesting {
        &self.nesting
    }
}

/// What a run does with the one task of its plan: as `Run::step` and `serial.rs`. Returns whether
/// it ran here.
fn complete(subscriptions: &Subscriptions, outputs: &impl Outputs) -> bool {
    let plan = Plan::new(outputs).unwrap();
    let waiter = Waiter::new(Nesting::new(Vec::new()));
    // SAFETY: `outputs` is borrowed, and the task exists while it is.
    let number = unsafe { plan.number(0) };
    loop {
        // SAFETY: as above; claimed once, and again after `Busy`; `run` follows.
        match unsafe { plan.claim(0) } {
            Claimed::Now => {
                // SAFETY: claimed just now.
                let ran = unsafe { plan.run(0, &mut Execution::new(&|| false)) };
                let ran = ran.expect("it makes no tasks");
                assert_eq!(ran.ended, Ended::Done);
                if ran.awaited {
                    subscriptions.publish(number);
                }
                return true;
            }
            Claimed::Before(ended) => {
                assert_eq!(ended, Ended::Done);
                return false;
            }
            Claimed::Busy => {
                let subscriber = Arc::clone(&waiter) as Arc<dyn Subscriber>;
                // SAFETY: it was busy just now.
                let announce = || unsafe { plan.subscribe(0) };
                match subscriptions.subscribe(subscriber, 0, number, announce) {
                    Subscribed::Waiting => waiter.wait(),
                    Subscribed::Ended => {}
                    Subscribed::WouldDeadlock => unreachable!("no run is nested"),
                }
            }
        }
    }
}

/// ```text
///  run 1 │ start S ─────────── publish ─ tell the runs that wait
///  run 2 │ start S: busy ─ subscribe ─ wait ─ look again           neither waits for ever
/// ```
#[test]
fn a_run_that_waits_for_a_task_of_another_is_told_once() {
    model(|| {
        let subscriptions = Arc::new(Subscriptions::new());
        let shared = value(21).shared();
        let (other, others) = (shared.clone(), Arc::clone(&subscriptions));
        let thread = thread::spawn(move || (complete(&others, &other), *other.values()));
        let here = complete(&subscriptions, &shared);
        let (there, seen) = thread.join().unwrap();
        assert!(here != there, "it runs once");
        assert_eq!((seen, *shared.values()), (21, 21));
    });
}

/// Two runs that were started inside running tasks, each of the other's kind.
struct Inside {
    /// The run that was started inside the task.
    run: Arc<Waiter>,
    /// Creation number of the task.
    task: u64,
}

impl Inside {
    fn task(shared: &Shared<i32>) -> Self {
        let plan = Plan::new(shared).unwrap();
        // SAFETY: `shared` is borrowed.
        let task = unsafe { plan.number(0) };
        let frame = Frame::enter(&Nesting::new(Vec::new()), None);
        frame.set_task(Some(task));
        Inside { run: Waiter::new(Nesting::new(Vec::new())), task }
    }
}

/// ```text
///  thread 1 │ in task X: a run subscribes to Y ─ waits ─ X ends ─ publish
///  thread 2 │ in task Y: a run subscribes to X ─ waits ─ Y ends ─ publish
///                                   one of them is refused, so that both end
/// ```
#[test]
fn of_two_tasks_that_wait_for_each_other_one_is_refused() {
    model(|| {
        let (x, y) = (value(1).shared(), value(2).shared());
        let (in_x, in_y) = (Inside::task(&x), Inside::task(&y));
        let (x, y) = (in_x.task, in_y.task);
        let subscriptions = Arc::new(Subscriptions::new());
        let wait_for = |inside: Inside, other: u64| {
            let subscriptions = Arc::clone(&subscriptions);
            move || {
                let run = Arc::clone(&inside.run);
                // Both tasks run until their threads publish below.
                let subscribed = subscriptions.subscribe(run, 0, other, || true);
                let refused = match subscribed {
                    Subscribed::Waiting => {
                        inside.run.wait();
                        0
                    }
                    Subscribed::WouldDeadlock => 1,
                    Subscribed::Ended => unreachable!("it was running"),
                };
                subscriptions.publish(inside.task);
                refused
            }
        };
        let thread = thread::spawn(wait_for(in_x, y));
        let here = wait_for(in_y, x)();
        assert_eq!(here + thread.join().unwrap(), 1, "one is refused, not both");
    });
}
