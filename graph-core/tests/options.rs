//! What a scheduler sees of tasks with options of `#[delayed]`.

#![expect(unsafe_code, reason = "it starts tasks through plans, as an executor does")]

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use graph_core::{
    __run::{Claimed, Ended, Execution, Plan, Reserved},
    Delayed, Handle, Outputs, delayed, value,
};

/// Starts every task that `outputs` need, after asking it for its bytes.
/// Returns what each said and how often it was attempted, newest first.
fn complete(outputs: &impl Outputs) -> Vec<(Reserved, u32, Option<u64>)> {
    let plan = Plan::new(outputs).unwrap();
    let mut seen: Vec<_> = (0..plan.len() as u32)
        .rev()
        .map(|task| {
            let mut execution = Execution::new(&|| true);
            // SAFETY: `outputs` is borrowed; a plan lists dependencies last; each task comes once.
            let (reserved, claimed) = unsafe { (plan.reserve(task), plan.claim(task)) };
            assert_ne!(claimed, Claimed::Busy);
            if claimed == Claimed::Now {
                // SAFETY: claimed just now.
                unsafe { plan.run(task, &mut execution) };
            }
            (reserved, execution.attempts, execution.result_bytes)
        })
        .collect();
    seen.reverse();
    seen
}

fn said(bytes: u64) -> Reserved {
    Reserved::Bytes { bytes, awaited: false }
}

#[test]
fn attempts_are_counted_and_the_arguments_come_back() {
    static ATTEMPTS: AtomicUsize = AtomicUsize::new(0);

    #[delayed(retries = 2)]
    fn flaky(mut rows: Vec<i64>, more: &[i64]) -> Result<Vec<i64>, String> {
        rows.extend(more);
        match ATTEMPTS.fetch_add(1, SeqCst) {
            0 => Err("the line was bad".into()),
            1 => panic!("the line was very bad"),
            _ => Ok(rows),
        }
    }

    let handle = flaky(value(vec![1]), vec![value(2), value(3)]);
    assert_eq!(complete(&handle)[0], (Reserved::Undeclared, 3, None));
    assert_eq!(handle.values(), [1, 2, 3]);
}

#[test]
fn a_function_without_result_is_tried_again_when_it_panics() {
    static ATTEMPTS: AtomicUsize = AtomicUsize::new(0);

    #[delayed(retries = 255)]
    fn patient() {
        assert!(ATTEMPTS.fetch_add(1, SeqCst) == 255, "not yet");
    }

    let handle = patient();
    assert_eq!(complete(&handle)[0].1, 256);
    handle.values();
}

#[test]
fn an_infallible_result_is_not_tried_again() {
    #[delayed(infallible, retries = 3)]
    fn kept() -> Result<i64, String> {
        Err("a value".into())
    }

    let handle = kept();
    assert_eq!(complete(&handle)[0].1, 1);
    assert_eq!(handle.values(), Err("a value".into()));
}

fn rows_and_path(rows: &[i64], path: &str) -> usize {
    8 * rows.len() + path.len()
}

fn row_bytes(rows: &[i64]) -> usize {
    8 * rows.len()
}

#[delayed(bytes = rows_and_path, result_bytes = row_bytes, retries = 1)]
fn select(rows: Vec<i64>, path: &str) -> Result<Vec<i64>, String> {
    match path {
        "" => Err("no path".into()),
        _ => Ok(rows.into_iter().take(path.len()).collect()),
    }
}

#[test]
fn bytes_are_those_of_the_actual_arguments() {
    let shared = value(vec![1, 2, 3]).shared();
    let handle = select(&shared, value("ab"));
    assert_eq!(complete(&handle)[0], (said(26), 1, Some(16)));
    assert_eq!(handle.values(), [1, 2]);
    assert_eq!(*shared.values(), [1, 2, 3], "a shared argument was cloned");
}

#[test]
fn a_failed_task_has_no_result_to_count() {
    let handle = select(vec![1, 2, 3], "");
    assert_eq!(complete(&handle)[0], (said(24), 2, None));
    assert_eq!(handle.failure().unwrap().cause.to_string(), "no path");
}

#[test]
fn a_panic_while_the_result_is_counted_fails_the_task() {
    fn no_bytes() -> usize {
        0
    }
    fn refuse(_: &i64) -> usize {
        panic!("too large to count")
    }
    #[delayed(bytes = no_bytes, result_bytes = refuse)]
    fn counted() -> i64 {
        1
    }

    let handle = counted();
    assert_eq!(complete(&handle)[0], (said(0), 1, None));
    assert_eq!(handle.failure().unwrap().cause.to_string(), "panicked: too large to count");
}

#[test]
fn methods_are_asked_and_tried_again_too() {
    static ATTEMPTS: AtomicUsize = AtomicUsize::new(0);

    struct Model(usize);

    #[delayed]
    impl Model {
        #[delayed(bytes = Self::size, retries = 1)]
        pub(crate) fn predict(&self, x: usize) -> usize {
            assert!(ATTEMPTS.fetch_add(1, SeqCst) > 0, "not yet");
            self.0 * x
        }

        fn size(&self, x: &usize) -> usize {
            self.0 + x
        }
    }

    let model = value(Model(40)).shared();
    let handle: Delayed<usize> = model.predict(2);
    assert_eq!(complete(&handle)[0], (said(42), 2, None));
    assert_eq!(handle.values(), 80);
}

#[test]
fn a_task_that_has_ended_is_not_asked() {
    let shared = select(vec![1], "a").shared();
    complete(&shared);
    let seen = complete(&shared);
    assert_eq!(seen[0].0, Reserved::Before(Ended::Done));
}
