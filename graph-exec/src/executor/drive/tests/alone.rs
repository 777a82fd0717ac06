//! Which graphs a thread runs by itself, and how it does so with the permit that stays reserved for it.

use super::*;
use crate::scheduler::solo;

#[delayed]
fn other(_: u32) -> bool {
    true
}

/// Says whether the caller would begin the run of some handles by itself.
fn begins_alone<H: Outputs>(executor: &Executor, outputs: &H) -> bool {
    let driver =
        RunDriver { settings: &executor.settings, policy: Policy::FailFast, recorded: false };
    let plan = Plan::new(outputs).unwrap();
    let pool = driver.pool(&plan).unwrap().unwrap();
    let begun = driver.begin(Instant::now(), &plan);
    // SAFETY: the handles live longer than the run, which is not begun.
    let parallel = unsafe { driver.parallel(&begun, plan, Requests::default(), pool, None) };
    solo::may_begin(&parallel)
}

#[test]
fn a_caller_begins_alone_where_all_but_the_last_task_is_known_to_be_short() {
    let executor = Executor::builder().threads(2).build().unwrap();
    let many = || (0..10).map(other).collect::<Vec<_>>();
    let sum_of = |tasks: Vec<Delayed<bool>>| all(tasks);
    assert!(!begins_alone(&executor, &many()), "nothing is known of it");
    plant(&executor, other(0), Duration::from_nanos(100));
    assert!(begins_alone(&executor, &many()));
    assert!(begins_alone(&executor, &sum_of(many())), "beside the sum nothing is left to run");
    plant(&executor, sum_of(many()), Duration::from_millis(1));
    assert!(begins_alone(&executor, &sum_of(many())));
    assert!(!begins_alone(&executor, &vec![sum_of(many()), sum_of(many())]), "two take long");
    assert!(
        !begins_alone(&executor, &sum_of(many()).map(|all| !all)),
        "a long one is not the last"
    );
    let dynamic = sum_of(many()).map(other_if).flatten();
    assert!(!begins_alone(&executor, &dynamic), "it may make many");
}

/// Says whether the calling thread completes the run of some short tasks without telling others of it.
fn completes_alone(executor: &Executor) -> bool {
    let outputs = (0..10).map(other).collect::<Vec<_>>();
    let driver =
        RunDriver { settings: &executor.settings, policy: Policy::FailFast, recorded: false };
    let plan = Plan::new(&outputs).unwrap();
    let pool = driver.pool(&plan).unwrap().unwrap();
    let begun = driver.begin(Instant::now(), &plan);
    // SAFETY: the handles live longer than the run, which is over below.
    let parallel = unsafe { driver.parallel(&begun, plan, Requests::default(), pool, None) };
    caller::complete(&parallel, None, Instant::now());
    !parallel.has_waited()
}

/// ```text
///  caller │ a task ── computes a small graph: begins it with the permit of the task
/// ```
#[test]
fn a_task_begins_a_small_graph_alone_as_other_callers_do() {
    for threads in [1, 2] {
        let executor = Executor::builder().threads(threads).build().unwrap();
        plant(&executor, other(0), Duration::from_nanos(100));
        // One may be interrupted for so long that others are called.
        let of_ten = |executor: &Executor| (0..10).any(|_| completes_alone(executor));
        assert!(of_ten(&executor), "outside tasks");
        let inside = executor.clone();
        let task = value(()).map(move |()| of_ten(&inside));
        assert!(executor.compute(task).unwrap(), "inside a task, with {threads} threads");
    }
}

fn other_if(is_wanted: bool) -> Delayed<bool> {
    if is_wanted { other(1) } else { value(false) }
}

/// Computes small graphs until one begins with the permit that is reserved for this thread.
fn begin_with_reserved(executor: &Executor) {
    let permits = pool(executor).permits();
    let (begin, before) = (Instant::now(), permits.begun_reserved());
    while permits.begun_reserved() == before {
        executor.compute((0..4).map(other).collect::<Vec<_>>()).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(20), "none is reserved");
    }
}

#[delayed]
fn meet(gate: Gate, opens: bool) -> bool {
    if opens {
        gate.open();
    }
    gate.wait()
}

/// ```text
///  thread │ begins with its permit ── a task waits for the next one ───┐
///  worker │ keeps watch ─────────────────────── comes ── the next one ─┘
/// ```
#[test]
fn a_worker_comes_for_a_graph_that_was_begun_with_a_reserved_permit() {
    for threads in [2, 3] {
        let executor = Executor::builder().threads(threads).build().unwrap();
        plant(&executor, other(0), Duration::from_nanos(100));
        let mut met = 0;
        for _ in 0..1000 {
            // It takes some to be short again, for it was long the last time.
            for _ in 0..10 {
                plant(&executor, meet(Gate::opened(), true), Duration::from_nanos(100));
            }
            begin_with_reserved(&executor);
            let (gate, before) = (Gate::default(), pool(&executor).permits().begun_reserved());
            let tasks = [false, true].map(|opens| meet(gate.clone(), opens));
            let in_time = executor.compute(tasks.into_iter().collect::<Vec<_>>()).unwrap();
            assert_eq!(in_time, [true, true], "nobody came");
            met += u32::from(pool(&executor).permits().begun_reserved() > before);
            if met == 5 {
                break;
            }
        }
        assert_eq!(met, 5, "the graphs did not begin with reserved permits");
    }
}

/// ```text
///  thread   │ has a reserved permit ──────────── begins with it ── a task waits for the next one ─┐
///  worker 1 │ a rayon job ── spawns another ── goes on                                           │
///  worker 2 │ keeps watch ── takes that up                                                       │
///  worker 3 │ sleeps ──────── keeps watch instead ─────── comes ────────────────── the next one ──┘
/// ```
#[test]
fn somebody_watches_while_the_watch_is_inside_a_rayon_job() {
    let executor = Executor::builder().threads(4).build().unwrap();
    plant(&executor, other(0), Duration::from_nanos(100));
    plant(&executor, meet(Gate::opened(), true), Duration::from_nanos(100));
    let [begun, go, second, end] = [(); 4].map(|()| Gate::default());
    let (tell, wait) = ((begun.clone(), second.clone()), (go.clone(), end.clone()));
    let job = move || {
        tell.0.open();
        wait.0.wait();
        rayon::spawn({
            let end = wait.1.clone();
            move || {
                tell.1.open();
                end.wait();
            }
        });
        wait.1.wait();
    };
    executor.spawn(value(()).map(move |()| rayon::spawn(job))).wait().unwrap();
    assert!(begun.wait());
    begin_with_reserved(&executor);
    // Until all sleep but for the watch.
    std::thread::sleep(Duration::from_millis(10));
    go.open();
    assert!(second.wait());
    let gate = Gate::default();
    let tasks = [false, true].map(|opens| meet(gate.clone(), opens));
    let in_time = executor.compute(tasks.into_iter().collect::<Vec<_>>()).unwrap();
    end.open();
    assert_eq!(in_time, [true, true], "nobody came");
}

#[test]
fn an_executor_without_a_run_sleeps_though_a_permit_was_reserved() {
    for threads in [1, 2] {
        let executor = Executor::builder().threads(threads).build().unwrap();
        plant(&executor, other(0), Duration::from_nanos(100));
        begin_with_reserved(&executor);
        let (permits, begin) = (pool(&executor).permits(), Instant::now());
        while !permits.all_sleep_for_good() {
            assert!(begin.elapsed() < Duration::from_secs(20), "somebody looks around for ever");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
