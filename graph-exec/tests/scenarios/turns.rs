//! Which threads run tasks, how many at once, and whose turn it is.

use std::{
    collections::HashSet,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, ThreadId, sleep},
    time::Duration,
};

use graph_exec::{MIB, prelude::*};
use rayon::prelude::*;

use crate::within_a_minute;

fn executor(threads: usize) -> Executor {
    Executor::builder().threads(threads).build().unwrap()
}

/// Counts how many tasks run, and the most that ever did at once.
#[derive(Default)]
struct Running {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Running {
    fn during<R>(&self, task: impl FnOnce() -> R) -> R {
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let result = task();
        self.now.fetch_sub(1, Ordering::SeqCst);
        result
    }
}

fn here(_: i32) -> ThreadId {
    thread::current().id()
}

#[test]
fn a_lone_task_runs_on_the_thread_that_computes() {
    let executor = executor(2);
    for _ in 0..100 {
        assert_eq!(executor.compute(value(1).map(here)).unwrap(), thread::current().id());
    }
}

/// ```text
///  threads(2) │ 8 threads compute at once, tasks compute too: at most 2 run at a time
/// ```
#[test]
fn no_more_tasks_run_at_once_than_the_executor_has_threads() {
    for threads in [1, 2, 3] {
        let most = within_a_minute(move || {
            let (executor, running) = (executor(threads), Arc::new(Running::default()));
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let task = |n: u64| {
                            let (running, inner) = (Arc::clone(&running), executor.clone());
                            value(n).map(move |n| {
                                running.during(|| sleep(Duration::from_millis(1)));
                                let again = Arc::clone(&running);
                                let next = value(n).map(move |n| again.during(|| n + 1));
                                inner.compute(next).unwrap()
                            })
                        };
                        let sums = executor.compute((0..20).map(task).collect::<Vec<_>>()).unwrap();
                        assert_eq!(sums.iter().sum::<u64>(), 210);
                    });
                }
            });
            running.most.load(Ordering::SeqCst)
        });
        assert!(most <= threads, "{most} at once on {threads} threads");
    }
}

#[test]
fn a_thread_of_another_rayon_pool_runs_no_tasks() {
    within_a_minute(|| {
        let executor = executor(2);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let (ran_by, caller) =
            pool.install(|| (executor.compute(value(1).map(here)).unwrap(), here(0)));
        assert_ne!(ran_by, caller);
    });
}

#[test]
fn who_sets_the_stack_size_gets_it_for_every_task() {
    within_a_minute(|| {
        let executor = Executor::builder().threads(2).stack_size(16 * MIB).build().unwrap();
        for _ in 0..20 {
            assert_ne!(executor.compute(value(1).map(here)).unwrap(), here(0));
        }
    });
}

#[test]
fn tasks_with_large_values_run_where_there_is_more_stack() {
    within_a_minute(|| {
        let large = value(1).map(|n| ([n; 10_000], here(0)));
        assert_ne!(executor(2).compute(large.map(|(_, ran_by)| ran_by)).unwrap(), here(0));
    });
}

/// ```text
///  thread 1 │ first task ── waits until the second one runs too
///  thread 2 │               second task
/// ```
#[test]
fn another_thread_comes_for_a_task_while_the_first_one_runs() {
    within_a_minute(|| {
        let (executor, both) = (executor(2), Arc::new(Barrier::new(2)));
        let meet = |_| {
            let both = Arc::clone(&both);
            value(()).map(move |()| {
                both.wait();
                here(0)
            })
        };
        for _ in 0..50 {
            let threads: HashSet<_> = executor
                .compute((0..2).map(meet).collect::<Vec<_>>())
                .unwrap()
                .into_iter()
                .collect();
            assert_eq!(threads.len(), 2);
        }
    });
}

/// Two tasks, each of which waits until the other has begun, when they are told to.
fn pair(held: &Arc<AtomicBool>, waits: bool) -> Vec<Delayed<usize>> {
    let task = |index: usize| {
        let held = Arc::clone(held);
        value(index).map(move |index| {
            if waits {
                if held.swap(true, Ordering::SeqCst) {
                    held.store(false, Ordering::SeqCst);
                } else {
                    while held.load(Ordering::SeqCst) {
                        thread::yield_now();
                    }
                }
            }
            index
        })
    };
    (0..2).map(task).collect()
}

/// A function that was short a thousand times may take long the next time: then the others must not wait
/// for its end.
#[test]
fn a_task_that_is_long_for_once_does_not_keep_the_others() {
    within_a_minute(|| {
        let (executor, held) = (executor(2), Arc::default());
        for _ in 0..1000 {
            executor.compute(pair(&held, false)).unwrap();
        }
        executor.compute(pair(&held, true)).unwrap();
    });
}

/// ```text
///  caller │ task ── computes a pair ── goes on, and waits until its sibling has begun
///  worker │                                                      sibling
/// ```
#[test]
fn nor_does_one_in_a_graph_that_a_task_computes_or_the_task_itself() {
    within_a_minute(|| {
        let (executor, of_pair, of_outer) = (executor(2), Arc::default(), Arc::default());
        let outer = |waits: bool| pair(&of_outer, waits);
        let nested = |waits: bool| {
            let (executor, of_pair) = (executor.clone(), Arc::clone(&of_pair));
            value(()).map(move |()| executor.compute(pair(&of_pair, waits)).unwrap())
        };
        for _ in 0..1000 {
            executor.compute((outer(false), nested(false))).unwrap();
        }
        executor.compute(nested(true)).unwrap();
        // First the nested graph, and then the pair, which has to be shared.
        let (pair, nested) = (outer(true), nested(true));
        executor.compute((pair, nested)).unwrap();
    });
}

/// How many of the large run's tasks, of 4 ms each, start between the call and the return of the small run.
fn large_tasks_during_a_small_run(threads: usize, priority: i32) -> usize {
    large_tasks_during(threads, move |executor| {
        let pair = [value(1).map(|n| n + 1), value(2).map(|n| n + 1)];
        let pair = pair.map(|handle| handle.priority(priority));
        assert_eq!(executor.compute(pair).unwrap(), [2, 3]);
    })
}

fn large_tasks_during(threads: usize, small: impl FnOnce(&Executor) + Send + 'static) -> usize {
    within_a_minute(move || {
        let executor = executor(threads);
        let begun = Arc::new(AtomicUsize::new(0));
        let token = graph_exec::CancelToken::new();
        let large: Vec<Delayed<()>> = (0..3000)
            .map(|_| {
                let begun = Arc::clone(&begun);
                value(()).map(move |()| {
                    begun.fetch_add(1, Ordering::SeqCst);
                    sleep(Duration::from_millis(4));
                })
            })
            .collect();
        thread::scope(|scope| {
            let cancelled = executor.clone().with_cancel(&token);
            scope.spawn(move || cancelled.compute(large));
            while begun.load(Ordering::SeqCst) < 2 * threads {
                sleep(Duration::from_millis(1));
            }
            let before = begun.load(Ordering::SeqCst);
            small(&executor);
            let during = begun.load(Ordering::SeqCst) - before;
            token.cancel();
            during
        })
    })
}

#[test]
fn a_small_run_beside_a_large_one_waits_for_about_one_task() {
    for threads in [1, 2, 4] {
        let during = large_tasks_during_a_small_run(threads, 0);
        assert!(during <= 40 * threads, "{during} tasks of the large run on {threads} threads");
    }
}

/// ```text
///  thread │ large ── small small small ── large ── small … : by time, not one for one
/// ```
#[test]
fn a_run_of_short_tasks_gets_as_much_time_as_one_of_long_tasks() {
    let during = large_tasks_during(1, |executor| {
        let steps = (0..100).map(|_| value(()).map(|()| sleep(Duration::from_micros(300))));
        executor.compute(steps.collect::<Vec<_>>()).unwrap();
    });
    assert!(during <= 60, "{during} tasks of the large run beside 100");
}

#[test]
fn an_urgent_run_goes_first() {
    let during = large_tasks_during_a_small_run(2, 1000);
    assert!(during <= 80, "{during} tasks of the large run");
}

/// ```text
///  threads(1) │ a run without end ── its turn is over ── another run, less urgent: not before the first
/// ```
#[test]
fn a_run_that_is_less_urgent_waits() {
    within_a_minute(|| {
        let (executor, order) = (executor(1), Arc::new(Mutex::new(Vec::new())));
        let started = Arc::new(AtomicBool::new(false));
        let noted = |name: &'static str, millis: u64| {
            let (order, started) = (Arc::clone(&order), Arc::clone(&started));
            value(()).map(move |()| {
                started.store(true, Ordering::SeqCst);
                sleep(Duration::from_millis(millis));
                order.lock().unwrap().push(name);
            })
        };
        let urgent: Vec<_> = (0..50).map(|_| noted("urgent", 2)).collect();
        let late = noted("late", 0).priority(-1);
        thread::scope(|scope| {
            let of_thread = executor.clone();
            scope.spawn(move || of_thread.compute(urgent).unwrap());
            while !started.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            executor.compute(late).unwrap();
        });
        assert_eq!(order.lock().unwrap().iter().position(|&name| name == "late"), Some(50));
    });
}

/// ```text
///  A, threads(1) │ task ── computes on B ── … fifty levels
///  B, threads(1) │         task ── computes on A ── …
/// ```
#[test]
fn two_executors_of_one_thread_nest_without_delay() {
    fn nest(depth: u32, one: Executor, other: Executor) -> u32 {
        if depth == 0 {
            return 0;
        }
        let inner = other.clone();
        let next = value(depth).map(move |depth| nest(depth - 1, other, one) + 1);
        inner.compute(next).unwrap()
    }
    let begin = std::time::Instant::now();
    assert_eq!(within_a_minute(|| nest(50, executor(1), executor(1))), 50);
    // A level a second is what a wait costs that cannot be seen.
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// ```text
///  threads(1) │ task ── computes again and again until the other run has ended
///  thread     │ computes on the same executor
/// ```
#[test]
fn a_task_that_asks_by_computing_lets_others_have_their_turn() {
    within_a_minute(|| {
        let (executor, done) = (executor(1), Arc::new(AtomicBool::new(false)));
        let begun = Arc::new(Barrier::new(2));
        let (inner, told, both) = (executor.clone(), Arc::clone(&done), Arc::clone(&begun));
        let asking = value(()).map(move |()| {
            both.wait();
            while !told.load(Ordering::SeqCst) {
                assert_eq!(inner.compute(value(1).map(|n| n + 1)).unwrap(), 2);
            }
        });
        thread::scope(|scope| {
            let of_thread = executor.clone();
            scope.spawn(move || of_thread.compute(asking).unwrap());
            begun.wait();
            executor.compute(value(()).map(move |()| done.store(true, Ordering::SeqCst))).unwrap();
        });
    });
}

const fn large(_: &u64) -> usize {
    8 * MIB
}

#[delayed(bytes = large)]
fn inner(n: u64) -> u64 {
    n + 1
}

/// How a task waits for a run on the executor.
struct Wait(fn(&Executor, u64) -> u64);

fn large_too(_: &Executor, _: &u64, _: &Wait) -> usize {
    8 * MIB
}

#[delayed(bytes = large_too)]
fn outer(executor: Executor, n: u64, wait: Wait) -> u64 {
    wait.0(&executor, n)
}

/// Lets a task that uses up the memory limit wait, in the given way, for a run under the same limit.
fn wait_under_a_limit(wait: fn(&Executor, u64) -> u64) {
    let result = within_a_minute(move || {
        let executor = Executor::builder().threads(2).memory_limit(10 * MIB).build().unwrap();
        executor.compute(outer(executor.clone(), 1, Wait(wait)))
    });
    assert_eq!(result.unwrap(), 2);
}

#[test]
fn a_limited_task_may_wait_through_a_serial_executor() {
    wait_under_a_limit(|executor, n| {
        let executor = executor.clone();
        let nested = value(n).map(move |n| executor.compute(inner(n)).unwrap());
        Executor::serial().compute(nested).unwrap()
    });
}

#[test]
fn a_limited_task_may_wait_in_a_join_of_rayon_for_runs() {
    wait_under_a_limit(|executor, n| {
        let compute = || executor.compute(inner(n)).unwrap();
        rayon::join(compute, compute).0
    });
}

#[test]
fn a_limited_task_may_wait_in_an_iterator_of_rayon_for_runs() {
    wait_under_a_limit(|executor, n| {
        let numbers = [n; 2].into_par_iter();
        numbers.map(|n| executor.compute(inner(n)).unwrap()).max().unwrap()
    });
}

#[test]
fn a_limited_task_may_join_a_thread_that_computes() {
    wait_under_a_limit(|executor, n| {
        thread::scope(|scope| {
            let computing = scope.spawn(|| executor.compute(inner(n)).unwrap());
            computing.join().unwrap()
        })
    });
}

/// ```text
///  threads(2), limit │ task with the memory ── joins a thread that computes what needs memory too
///  thread            │ computes again and again what needs none
/// ```
///
/// It takes half a minute, since others may be at work as well.
#[test]
fn a_limited_task_may_do_so_while_others_are_busy() {
    let rounds = std::env::var("DELAYED_STRESS").ok().and_then(|rounds| rounds.parse::<u32>().ok());
    if rounds.is_none_or(|rounds| rounds < 10_000) {
        return;
    }
    within_a_minute(|| {
        let executor = Executor::builder().threads(2).memory_limit(10 * MIB).build().unwrap();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let wait = Wait(|executor, n| {
                    thread::scope(|scope| {
                        let computing = scope.spawn(|| executor.compute(inner(n)).unwrap());
                        computing.join().unwrap()
                    })
                });
                assert_eq!(executor.compute(outer(executor.clone(), 1, wait)).unwrap(), 2);
                done.store(true, Ordering::SeqCst);
            });
            while !done.load(Ordering::SeqCst) {
                executor.compute(value(1)).unwrap();
                sleep(Duration::from_millis(1));
            }
        });
    });
}
