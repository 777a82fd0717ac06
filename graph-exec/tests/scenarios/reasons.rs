//! Why a task failed is said wherever a run is shown, and counts of tasks add up.

use std::error::Error as _;

use anyhow::Context;
use graph_exec::{CancelToken, Error, Fate, RunRecord, TaskState, prelude::*};

#[derive(Debug, thiserror::Error)]
#[error("the file is empty")]
struct Empty;

#[derive(Debug, thiserror::Error)]
#[error("DISTINCTIVE")]
struct Distinctive(#[source] Empty);

#[delayed]
fn check(number: i64, name: &str) -> Result<i64, Distinctive> {
    if number % 5 == 3 && name == "ibm" { Err(Distinctive(Empty)) } else { Ok(number) }
}

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

fn executors() -> [Executor; 2] {
    [Executor::serial(), Executor::builder().threads(2).build().unwrap()]
}

fn failed(executor: &Executor) -> (Error, RunRecord) {
    let attempt = executor.attempt(total((0..10).map(|n| check(n, "ibm")).collect::<Vec<_>>()));
    let record = attempt.record().clone();
    (attempt.into_result().unwrap_err(), record)
}

#[test]
fn a_reason_stands_in_all_that_shows_a_run() {
    for executor in executors() {
        let (_, record) = failed(&executor);
        let reason = "DISTINCTIVE: the file is empty";
        let place = file!();
        let said = record.to_string();
        let wanted = format!("✕ task `check`, called with 3, \"ibm\", built at {place}:");
        assert!(said.contains(&wanted) && said.contains(reason), "{said}");
        assert!(said.contains(" (needed by total)"), "{said}");
        #[cfg(feature = "draw")]
        {
            let picture = record.graph().picture().measured(record.measured()).to_svg();
            assert!(picture.contains(reason) && picture.contains("3, \"ibm\""), "{picture}");
        }
        assert!(record.graph().to_json().contains(reason));
        assert!(record.graph().to_dot().contains(reason));
        #[cfg(feature = "report")]
        {
            let page = record.to_html();
            let at = page.find(reason).expect("the report says why");
            assert!(at < page.find("class=\"tiles\"").unwrap(), "first of all");
            let folder = tempfile::tempdir().unwrap();
            record.trace(folder.path().join("trace.json")).unwrap();
            let trace = std::fs::read_to_string(folder.path().join("trace.json")).unwrap();
            assert!(trace.contains(&format!("\"reason\":\"{reason}\"")), "{trace}");
        }
    }
}

#[test]
fn every_cause_is_said_once_and_the_type_is_kept() {
    for executor in executors() {
        let (error, _) = failed(&executor);
        let times = |text: &str, what: &str| text.matches(what).count();
        assert!(error.source().unwrap().downcast_ref::<Distinctive>().is_some());
        let plain = error.to_string();
        assert!(plain.ends_with(", failed (needed by total)"), "{plain}");
        let debug = format!("{error:?}"); // what `main` shows
        assert_eq!(debug, format!("{error:#}"));
        let anyhow = format!("{:#}", anyhow::Error::from(error));
        for text in [debug, anyhow] {
            assert!(text.ends_with(": DISTINCTIVE: the file is empty"), "{text}");
            assert_eq!((times(&text, "DISTINCTIVE"), times(&text, "the file is empty")), (1, 1));
        }
    }
}

#[test]
fn an_error_of_anyhow_is_downcast_to_what_it_holds() {
    for executor in executors() {
        let plain = value(1).and_then(|_| Err::<i64, _>(anyhow::Error::from(Distinctive(Empty))));
        let error = executor.compute(plain).unwrap_err();
        assert!(error.source().unwrap().downcast_ref::<Distinctive>().is_some(), "{error:#}");

        let told = value(1).and_then(|_| Err::<i64, _>(Empty).context("cannot read ibm"));
        let error = executor.compute(told).unwrap_err();
        assert!(format!("{error:#}").ends_with(", failed: cannot read ibm: the file is empty"));
        let cause = error.source().unwrap().source().unwrap();
        assert!(cause.downcast_ref::<Empty>().is_some(), "{error:#}");
    }
}

#[test]
fn a_call_by_the_standard_library_is_told_by_its_arguments() {
    for executor in executors() {
        #[delayed]
        fn halve(number: i64) -> Result<i64, String> {
            if number % 2 == 0 { Ok(number / 2) } else { Err("odd".to_owned()) }
        }
        let halves: Vec<Delayed<i64>> = [2, 4, 7].into_iter().map(halve).collect();
        let error = executor.compute(halves).unwrap_err();
        let text = error.to_string();
        // The standard library does not say who called it, so the place is that of the definition.
        assert!(text.contains("task `halve`, called with 7, defined at "), "{text}");
    }
}

#[test]
fn distinct_failures_are_counted_and_named_once() {
    for executor in executors() {
        let parts: Vec<Delayed<i64>> =
            (0..20).map(|n| check(n, "ibm").map(|n| n + 1).named("plus one")).collect();
        let record = executor.keep_going().run(parts).unwrap().into_record();
        let failures = record.failures();
        let [failure] = &failures[..] else { panic!("{failures:?}") };
        assert_eq!(failure.tasks, [6, 16, 26, 36]);
        assert_eq!(failure.needed_by, ["map (plus one)"]);
        assert_eq!(failure.arguments.as_deref(), Some("3, \"ibm\""));
        assert!(failure.to_string().ends_with("; so did 3 tasks more"), "{failure}");
        let held = failure.failure.as_ref().unwrap().cause.as_error().unwrap();
        assert!(held.downcast_ref::<Distinctive>().is_some());
    }
}

#[test]
fn a_declared_or_tried_again_task_keeps_its_arguments() {
    fn bytes(_: &u64) -> usize {
        8
    }
    #[delayed(bytes = bytes, retries = 2)]
    fn never(number: u64) -> Result<u64, String> {
        Err(format!("no {number}"))
    }
    for executor in executors() {
        let attempt = executor.attempt(never(41));
        let failures = attempt.record().failures();
        assert_eq!((failures[0].arguments.as_deref(), failures[0].attempts), (Some("41"), 3));
        assert!(failures[0].to_string().ends_with("no 41, after 3 attempts"), "{}", failures[0]);
    }
}

#[test]
fn cancelled_skipped_and_never_started_are_told_apart_and_add_up() {
    for executor in executors() {
        let token = CancelToken::new();
        let stop = token.clone();
        let broken = value(0).and_then(|_| Err::<i64, _>("broken")).named("broken");
        let needs_it = broken.map(|n| n + 1).named("needs it");
        let done = value(1).after([&needs_it]).map(|n| n + 1);
        let told = value(2).map(move |n| {
            stop.cancel();
            n + i64::from(stop.is_cancelled())
        });
        let late = told.map(|n| n + 1).named("late");
        let executor = executor.with_cancel(&token);
        let outputs = (needs_it, done, late);
        let record = executor.keep_going().run(outputs).unwrap().into_record();
        let counts = record.counts();
        assert_eq!(counts.total(), record.tasks().len(), "{counts:?}");
        let of = |name: &str| {
            let task = record.tasks().find(|task| task.label() == Some(name));
            task.unwrap().fate()
        };
        assert_eq!(of("late"), Fate::NotStarted, "{record}");
        assert_eq!((of("broken"), of("needs it")), (Fate::Failed, Fate::Skipped), "{record}");
        assert_eq!(counts.cancelled, 1, "{record}");
        let said = record.verdict();
        for part in
            ["1 failed", "3 needed that and did not start", "1 ended early", "1 did not start"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
        let states = record.tasks().filter(|task| task.state() == TaskState::Cancelled).count();
        assert_eq!(states, counts.cancelled + counts.skipped + counts.not_started);
    }
}
