//! What samples that are known say of the time inside tasks.

use std::{panic::Location, sync::Arc, time::Duration};

use graph_core::{__run::Ended, Function};

use super::{
    lane::{Lane, index, measure_lane},
    measure,
};
use crate::record::{
    entries::Entries,
    recorder::{Notebook, Span},
    run_data::{
        RunData,
        samples::{Doing, Samples, Wait, WorkerSample},
    },
};

const MS: u64 = 1_000_000;

/// A sample at a moment, of a thread that was on a core and without one for so long.
fn sample(at_ms: u64, on_core_ms: u64, without_core_ms: u64) -> WorkerSample {
    WorkerSample {
        at_ns: at_ms * MS,
        stands_for_ns: 2 * MS,
        on_core_ns: on_core_ms * MS,
        without_core_ns: without_core_ms * MS,
        thread: 1,
        doing: Doing::Computes,
    }
}

fn sleeping(sample: WorkerSample) -> WorkerSample {
    WorkerSample { doing: Doing::Waits(Wait::Sleep), ..sample }
}

#[test]
fn waiting_for_a_core_between_tasks_takes_nothing_from_a_task() {
    // The worker waits for a core from 10 to 20 ms, between two tasks of 10 ms each. The system tells of
    // it when it is over.
    let lane = Lane::new(vec![(0, 10 * MS), (20 * MS, 30 * MS)]);
    let seen = [sample(0, 0, 0), sample(10, 6, 4), sample(18, 6, 4), sample(20, 6, 14)];
    let (sums, _) = measure_lane(0, &lane, &seen, &mut Vec::new());
    assert_eq!(sums.without_core, 4.0 * MS as f64, "{sums:?}");

    // Of one that ends while the second task runs, only what is inside tasks counts.
    let seen = [sample(10, 6, 4), sample(18, 6, 4), sample(22, 6, 14)];
    let (sums, _) = measure_lane(0, &lane, &seen, &mut Vec::new());
    assert_eq!(sums.without_core, 2.0 * MS as f64, "of 12 to 22 ms, 20 to 22 are: {sums:?}");
}

#[test]
fn a_long_wait_for_a_core_is_drawn_from_where_it_began() {
    // The task is on a core until 30 ms, waits until 100 ms, and is told to have waited at 110 ms.
    let lane = Lane::new(vec![(0, 110 * MS)]);
    let seen = [0, 30, 60, 90, 110].map(|at| match at {
        0 => sample(0, 0, 0),
        110 => sample(110, 40, 70),
        at => sample(at, 30, 0),
    });
    let mut waits = Vec::new();
    measure_lane(0, &lane, &seen, &mut waits);
    let drawn: Vec<_> = waits.iter().map(|wait| (wait.from_ns / MS, wait.to_ns / MS)).collect();
    assert_eq!(drawn, [(30, 110)], "{waits:?}");
}

#[test]
fn a_wait_counts_the_same_wherever_in_a_task_it_is_seen() {
    // Two tasks of 10 ms: one is seen to sleep right after its start, one at its end.
    let lane = Lane::new(vec![(9 * MS, 19 * MS), (19 * MS, 29 * MS)]);
    let early = [sample(0, 0, 0), sleeping(sample(10, 0, 0))];
    let late = [sample(18, 0, 0), sleeping(sample(28, 0, 0))];
    let seen = |samples: &[WorkerSample]| {
        measure_lane(0, &lane, samples, &mut Vec::new()).0.waits[index(Wait::Sleep)]
    };
    assert_eq!(seen(&early), seen(&late));
}

#[test]
fn what_few_samples_of_a_worker_missed_is_known_from_the_others() {
    let span = |task, worker| Span {
        task,
        worker,
        start_ns: 0,
        end_ns: 10 * MS,
        function: || Function { module: "", name: "nap", file: "", line: 0, column: 0 },
        caller: Location::caller(),
        attempts: 1,
        ended: Ended::Done,
    };
    let notebook = Notebook { spans: vec![span(0, 0), span(1, 1)], ..Notebook::default() };
    let entries = Entries::new(2, vec![notebook], |task| panic!("task {task} ran"));
    let asleep = vec![sample(0, 0, 0), sleeping(sample(10, 0, 0))];
    let unseen = vec![sample(0, 0, 0), sample(10, 0, 0)];
    let samples = Samples { workers: vec![asleep, unseen], process: Vec::new() };
    let data = RunData {
        wall: Duration::from_millis(10),
        entries: Arc::new(entries),
        samples: Some(samples),
        ..RunData::empty(2)
    };
    let time = measure(&data).unwrap().time;
    assert_eq!((time.slept, time.waited_otherwise), (Duration::from_millis(20), Duration::ZERO));
}
