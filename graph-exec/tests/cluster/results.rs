//! A cluster gives the same results as this machine.

use std::{
    cell::RefCell,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use graph_exec::{Error, cluster::Cluster, prelude::*};

use crate::{
    Test,
    fleet::{self, Fleet},
    functions::*,
};

pub(crate) const TESTS: &[Test] = &[
    ("the_lesson_gives_the_same", the_lesson_gives_the_same),
    ("a_tree_of_2000_tasks_gives_the_same", a_tree_of_2000_tasks_gives_the_same),
    ("outputs_keep_their_shape", outputs_keep_their_shape),
    ("shared_results_go_there_as_values_and_stay_here", shared_results_go_and_stay),
    ("operators_values_and_parts_travel", operators_values_and_parts_travel),
    ("retries_priorities_and_order_are_honoured", retries_priorities_and_order_are_honoured),
    ("a_resettable_task_that_failed_runs_again", a_resettable_task_that_failed_runs_again),
    ("what_a_task_prints_disturbs_nothing", what_a_task_prints_disturbs_nothing),
    ("each_thread_of_a_worker_has_a_child", each_thread_of_a_worker_has_a_child),
    ("a_new_worker_gets_the_program_too", a_new_worker_gets_the_program_too),
];

static FLEET: OnceLock<Fleet> = OnceLock::new();
static TURN: Mutex<()> = Mutex::new(());

thread_local! {
    /// Held from the first time that the test of this thread asks for the shared workers.
    static MY_TURN: RefCell<Option<MutexGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// Two workers that all tests share which leave them unchanged. One test at a time has them: it looks at what
/// its own tasks leave there.
pub(crate) fn fleet() -> &'static Fleet {
    MY_TURN.with_borrow_mut(|turn| {
        turn.get_or_insert_with(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
    });
    FLEET.get_or_init(|| Fleet::with_workers(2))
}

/// At its end, which is the end of a test, another one may have the shared workers.
pub(crate) struct EndOfTurn;

impl Drop for EndOfTurn {
    fn drop(&mut self) {
        MY_TURN.take();
    }
}

/// Ends the shared workers, because a static is never dropped.
pub(crate) fn stop_fleet() {
    if let Some(fleet) = FLEET.get() {
        fleet.stop();
    }
}

pub(crate) fn connect(fleet: &Fleet) -> Cluster {
    let python = fleet::python().unwrap();
    Cluster::builder(&fleet.address).python(python).connect().unwrap()
}

fn the_lesson_gives_the_same() {
    let build = || {
        let parts: Vec<Delayed<i64>> = (0..8).map(|n| slow_inc(n, 20)).collect();
        let choice = if 3 % 2 == 0 { inc(3) } else { add(inc(3), 1) };
        (total(parts), choice, is_even(4))
    };
    let cluster = connect(fleet());
    assert_eq!((cluster.workers(), cluster.threads()), (2, 2));
    assert_eq!(cluster.compute(build()).unwrap(), compute(build()).unwrap());
}

fn a_tree_of_2000_tasks_gives_the_same() {
    let build = || tree(1000);
    let cluster = connect(fleet());
    assert_eq!(cluster.compute(build()).unwrap(), build().compute().unwrap());
}

fn outputs_keep_their_shape() {
    let cluster = connect(fleet());
    assert_eq!(cluster.compute(inc(1)).unwrap(), 2);
    assert_eq!(cluster.compute((inc(1), is_even(2))).unwrap(), (2, true));
    assert_eq!(cluster.compute([inc(1), inc(2)]).unwrap(), [2, 3]);
    let many: Vec<Delayed<i64>> = (0..5).map(inc).collect();
    assert_eq!(cluster.compute(many).unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(cluster.compute(Vec::<Delayed<i64>>::new()).unwrap(), [0; 0]);
}

fn shared_results_go_and_stay() {
    let cluster = connect(fleet());
    let there = not_remote(20).shared();
    there.compute().unwrap();
    assert_eq!(cluster.compute(add(&there, 22)).unwrap(), 42);
    let comes = slow_inc(1, 10).shared();
    let first = cluster.compute(&comes).unwrap();
    let again = cluster.run(&comes).unwrap();
    assert!(Arc::ptr_eq(&first, again.value()));
    assert_eq!(again.record().tasks().filter(|task| task.worker().is_some()).count(), 0);
    assert_eq!(*comes.compute().unwrap(), 2);
    // Two threads, one of them in this process: a task that the cluster has is waited for, not run again.
    let shared = slow_inc(5, 500).shared();
    let here = shared.clone();
    std::thread::scope(|scope| {
        let remote = scope.spawn(|| cluster.compute(&shared).unwrap());
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(Arc::ptr_eq(&here.compute().unwrap(), &remote.join().unwrap()));
    });
}

fn operators_values_and_parts_travel() {
    let build = || {
        let (low, high) = extremes(vec![3.0, -1.5, 9.25]).unzip();
        ((high - low) * 2.0, -value(3_i64) + inc(4))
    };
    let cluster = connect(fleet());
    assert_eq!(cluster.compute(build()).unwrap(), compute(build()).unwrap());
}

fn retries_priorities_and_order_are_honoured() {
    let cluster = connect(fleet());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("attempts");
    assert_eq!(cluster.compute(fails_at_first(file.as_path(), 3)).unwrap(), 3);
    let file = folder.path().join("too many");
    let error = cluster.compute(fails_at_first(file.as_path(), 9)).unwrap_err();
    assert!(format!("{error:#}").contains("attempt 3"), "{error}");
    // What a task says of retries counts, and what the connection says for those that say nothing.
    let python = fleet::python().unwrap();
    let often = Cluster::builder(&fleet().address).python(python).retries(2).connect().unwrap();
    let attempts = |task: &dyn Fn(&Path) -> Delayed<u64>| {
        let file = folder.path().join("counted");
        let _ = std::fs::remove_file(&file);
        assert!(often.compute(task(&file)).is_err());
        std::fs::read(file).unwrap().len()
    };
    assert_eq!(attempts(&|file| fails_at_first(file, 9).retries(0)), 1);
    assert_eq!(attempts(&|file| fails_at_first(file, 9).retries(1)), 2);
    assert_eq!(attempts(&|file| fails_at_first(file, 9)), 4);
    assert_eq!(attempts(&|file| fails_once_more(file)), 3);
    let slow = slow_inc(1, 300).named("slow").shared();
    let later = inc(2).named("later").priority(5).after([&slow]);
    let record = cluster.run((later, &slow)).unwrap().into_record();
    let (slow, later) = (record.task(0), record.task(1));
    assert!(later.start() >= slow.end(), "{slow:?} {later:?}");
}

fn a_resettable_task_that_failed_runs_again() {
    let (cluster, folder) = (connect(fleet()), tempfile::tempdir().unwrap());
    let file = folder.path().join("number");
    let number = reads(file.as_path(), inc(1)).shared();
    assert!(cluster.compute(&number).is_err());
    std::fs::write(&file, "40").unwrap();
    assert!(cluster.compute(&number).is_err(), "it has failed for good");
    assert_eq!(number.reset().unwrap(), 1);
    assert_eq!(*cluster.compute(&number).unwrap(), 42);
}

fn what_a_task_prints_disturbs_nothing() {
    assert_eq!(connect(fleet()).compute(prints(7)).unwrap(), 7);
}

fn each_thread_of_a_worker_has_a_child() {
    let mut fleet = Fleet::scheduler(&[], &[]);
    fleet.add_worker(&["--nthreads", "2"]);
    fleet.wait_for_workers(1);
    let cluster = connect(&fleet);
    assert_eq!((cluster.workers(), cluster.threads()), (1, 2));
    let ran = cluster.compute((0..8).map(|_| processes(200)).collect::<Vec<_>>()).unwrap();
    let distinct = |of: fn(&(u32, u32)) -> u32| {
        ran.iter().map(of).collect::<std::collections::HashSet<u32>>().len()
    };
    assert_eq!((distinct(|ran| ran.0), distinct(|ran| ran.1)), (2, 1), "{ran:?}");
}

fn a_new_worker_gets_the_program_too() {
    let mut fleet = Fleet::with_workers(1);
    let cluster = connect(&fleet);
    let first = cluster.compute(processes(0)).unwrap().1;
    fleet.add_worker(&[]);
    fleet.wait_for_workers(2);
    let many: Vec<_> = (0..8).map(|_| processes(200)).collect();
    let workers: std::collections::HashSet<u32> =
        cluster.compute(many).unwrap().into_iter().map(|(_, worker)| worker).collect();
    assert!(workers.len() == 2 && workers.contains(&first), "{workers:?}");
    let again = connect(&fleet).compute(inc(1)).map_err(|error: Error| error.to_string());
    assert_eq!(again, Ok(2));
}
