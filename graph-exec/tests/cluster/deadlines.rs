//! Cancelling and time limits, wherever a run on a cluster waits.

use std::{
    sync::mpsc::{Sender, channel},
    thread,
    time::Duration,
};

use graph_exec::{CancelToken, Error, RunOutcome, prelude::*};

use crate::{
    Test,
    fleet::wait_for,
    functions::*,
    results::{connect, fleet},
    watchdog::within_a_minute,
};

pub(crate) const TESTS: &[Test] = &[
    ("a_time_limit_ends_a_run_on_the_cluster", a_time_limit_ends_a_run),
    ("a_run_that_waits_for_this_process_hears_of_its_time", a_run_that_waits_for_this_process),
    ("a_run_that_waits_for_this_process_can_be_cancelled", a_waiting_run_can_be_cancelled),
    ("a_run_behind_another_one_hears_of_its_time", a_run_behind_another_one),
    ("a_run_behind_another_one_can_be_cancelled", a_run_behind_another_one_can_be_cancelled),
];

const LIMIT: Duration = Duration::from_secs(1);

/// A task of this process, which another thread computes until this is dropped.
struct Local {
    task: Shared<i64>,
    end: Option<Sender<()>>,
    thread: Option<thread::JoinHandle<i64>>,
}

impl Local {
    fn begin() -> Self {
        let ((end, ends), (begins, begun)) = (channel::<()>(), channel());
        let task = value(1).map(move |n: i64| {
            begins.send(()).unwrap();
            let _ = ends.recv();
            n + 1
        });
        let task = task.shared();
        let computed = task.clone();
        let thread = thread::spawn(move || *computed.compute().unwrap());
        begun.recv().unwrap();
        Local { task, end: Some(end), thread: Some(thread) }
    }

    /// Lets the task end; it gives this.
    fn end(&mut self) -> i64 {
        self.end = None;
        self.thread.take().unwrap().join().unwrap()
    }
}

fn assert_timed_out(error: &Error) {
    assert!(matches!(error, Error::TimedOut { limit: LIMIT, .. }), "{error}");
}

fn a_time_limit_ends_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("begun");
    within_a_minute("a run with a time limit", || {
        // Long enough for the task to begin.
        let limit = Duration::from_secs(5);
        let limited = connect(fleet()).with_cancel(&CancelToken::with_timeout(limit));
        let ended = limited.attempt(endless(&*file));
        let error = ended.value().as_ref().unwrap_err();
        assert!(matches!(error, Error::TimedOut { limit: of, .. } if *of == limit), "{error}");
        assert_eq!(ended.record().outcome(), RunOutcome::TimedOut);
        assert!(file.exists(), "it has begun");
        fleet().wait_until_forgotten();
        // Its time is up for good.
        let error = limited.compute(inc(1)).unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }), "{error}");
        assert_eq!(connect(fleet()).compute(inc(1)).unwrap(), 2);
    });
}

/// ```text
///  thread │ local run ── task that takes an hour
///  here   │ run on the cluster ── waits for that task ── its time is up
/// ```
fn a_run_that_waits_for_this_process() {
    within_a_minute("a run that waits for a task of this process", || {
        let cluster = connect(fleet());
        let mut local = Local::begin();
        let limited = cluster.clone().with_cancel(&CancelToken::with_timeout(LIMIT));
        let ended = limited.attempt(&local.task);
        assert_timed_out(ended.value().as_ref().unwrap_err());
        assert_eq!(ended.record().outcome(), RunOutcome::TimedOut);
        assert_eq!(local.end(), 2);
        assert_eq!(*cluster.compute(&local.task).unwrap(), 2);
    });
}

fn a_waiting_run_can_be_cancelled() {
    within_a_minute("a cancelled run that waits for a task of this process", || {
        let token = CancelToken::new();
        let cluster = connect(fleet()).with_cancel(&token);
        let mut local = Local::begin();
        let cancels = thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            token.cancel();
        });
        let ended = cluster.attempt(&local.task);
        let error = ended.value().as_ref().unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert_eq!(ended.record().outcome(), RunOutcome::Cancelled);
        cancels.join().unwrap();
        assert_eq!(local.end(), 2);
    });
}

/// ```text
///  thread │ run on the cluster ── task that never ends
///  here   │ another run on the same connection ── waits for its turn ── its time is up
/// ```
fn a_run_behind_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("begun");
    within_a_minute("a run behind another one", || {
        let cluster = connect(fleet());
        let (token, limit) = (CancelToken::new(), CancelToken::with_timeout(LIMIT));
        let first = cluster.clone().with_cancel(&token);
        thread::scope(|scope| {
            let first = scope.spawn(|| first.compute(endless(&*file)).unwrap_err());
            wait_for("the first run", || file.exists().then_some(()));
            let waits = inc(1).shared();
            assert_timed_out(&cluster.clone().with_cancel(&limit).compute(&waits).unwrap_err());
            token.cancel();
            let error = first.join().unwrap();
            assert!(matches!(error, Error::Cancelled { .. }), "{error}");
            // Its task was given back, and the connection goes on.
            assert_eq!(*cluster.compute(&waits).unwrap(), 2);
        });
    });
}

fn a_run_behind_another_one_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("begun");
    within_a_minute("a cancelled run behind another one", || {
        let cluster = connect(fleet());
        let tokens = [0, 1].map(|_| CancelToken::new());
        thread::scope(|scope| {
            let first = cluster.clone().with_cancel(&tokens[0]);
            let first = scope.spawn(move || first.compute(endless(&*file)).unwrap_err());
            let begun = folder.path().join("begun");
            wait_for("the first run", || begun.exists().then_some(()));
            let second = cluster.clone().with_cancel(&tokens[1]);
            let second = scope.spawn(move || second.compute(inc(1)).unwrap_err());
            thread::sleep(Duration::from_millis(300));
            tokens[1].cancel();
            let error = second.join().unwrap();
            assert!(matches!(error, Error::Cancelled { ended: 0, tasks: 1 }), "{error}");
            tokens[0].cancel();
            first.join().unwrap();
        });
        assert_eq!(cluster.compute(inc(1)).unwrap(), 2);
    });
}
