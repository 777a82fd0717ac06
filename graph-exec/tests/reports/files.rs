//! The files of reports.

use std::time::Duration;

use graph_exec::{Executor, SaveError, prelude::*};

use crate::runs;

#[test]
fn a_page_names_nothing_outside_itself() {
    let html = runs::forty_nine().to_html();
    let addresses: Vec<&str> = html
        .match_indices("://")
        .map(|(at, _)| &html[html[..at].rfind(['"', ' ', '(']).unwrap() + 1..at + 20])
        .filter(|address| !address.starts_with("http://www.w3.org/2000/"))
        .collect();
    assert_eq!(addresses, [""; 0], "only the name of the SVG format may look like an address");
}

#[test]
fn labels_end_no_element() {
    let html = runs::forty_nine().to_html();
    assert_eq!(html.matches("<script").count(), 2, "the data and the one script");
    assert_eq!(html.matches("</script").count(), 2);
    assert!(!html.contains("<b>bold") && !html.contains("<img"));
}

#[test]
fn a_hundred_thousand_tasks_take_at_most_two_megabytes() {
    let record = runs::with_tasks(100_000, Duration::from_micros(3));
    assert!(record.tasks().len() >= 100_000);
    let html = record.to_html();
    assert!(html.len() <= 2_000_000, "{} bytes", html.len());
    assert!(!html.contains("id=\"bundled\""), "every task is shown");
}

#[test]
fn a_report_that_cannot_be_saved_names_path_and_remedy() {
    let run = Executor::serial().run(value(1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/run.html");
    let error = run.report(&missing).unwrap_err();
    assert!(matches!(error, SaveError::NoSuchFolder { .. }));
    assert!(error.to_string().contains(missing.to_str().unwrap()), "{error}");

    let in_the_way = folder.path().join("folder");
    std::fs::create_dir(&in_the_way).unwrap();
    let error = run.trace(&in_the_way).unwrap_err();
    assert!(matches!(error, SaveError::Write { .. }));
    assert!(error.to_string().contains("is no folder of that name in the way"), "{error}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing half-written stays");
}
