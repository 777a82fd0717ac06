//! What is sent, and what is refused before anything is: no cluster is needed for that.

use graph_core::{Delayed, Outputs, delayed, iterate};

use super::*;

#[delayed(remote)]
fn inc(x: i64) -> i64 {
    x + 1
}

#[delayed(remote, retries = 3, backoff = "1s..2s")]
fn waits(x: i64) -> i64 {
    x
}

fn any(_: &String) -> bool {
    true
}

#[delayed(remote, retries = 3, retry_if = any)]
fn judges(x: i64) -> Result<i64, String> {
    Ok(x)
}

#[delayed(remote, retries = 3)]
fn often(x: i64) -> i64 {
    x
}

#[delayed(remote, retries = 3, resettable)]
fn kept_often(x: i64) -> i64 {
    x
}

#[delayed(remote, resettable)]
fn kept(x: i64) -> i64 {
    x
}

fn submit<H: Outputs>(outputs: H) -> Result<Submission, String> {
    let plan = Plan::new(&outputs).unwrap();
    // SAFETY: the handles live longer than the claims, and no task is started.
    let claims = unsafe { Claims::new(&plan, &[]) }.unwrap();
    Submission::new(&claims).map_err(|error| error.to_string())
}

fn refusal(handle: Delayed<i64>) -> String {
    submit(handle).err().expect("it is refused")
}

fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
}

#[test]
fn tasks_that_cannot_be_tried_so_are_refused_with_a_way_out() {
    says(&refusal(inc(waits(1))), &["`waits`", "`backoff`", "with `retries` alone"]);
    says(&refusal(inc(judges(1))), &["`judges`", "`retry_if`", "tries again by itself"]);
}

#[test]
fn tasks_that_make_tasks_are_refused_with_a_way_out() {
    let steps = iterate(inc(1), inc, |n| *n > 3);
    let parts = ["`iterate`", "makes tasks while it runs", "does the work of those tasks itself"];
    says(&refusal(inc(steps)), &parts);
}

#[cfg(feature = "tokio")]
#[test]
fn tasks_that_wait_for_futures_are_refused_with_a_way_out() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let future = crate::from_future(runtime.handle(), async { 1 });
    let parts = ["waits for a future", "a runtime of its own", "compute this task first"];
    says(&refusal(inc(future)), &parts);
}

#[test]
fn what_a_task_says_of_retries_is_sent_and_nothing_else() {
    let sent = |task: Delayed<i64>| submit(task).unwrap().tasks.last().unwrap().retries;
    assert_eq!([sent(inc(1)), sent(kept(1))], [None; 2]);
    assert_eq!([sent(often(1)), sent(kept_often(1))], [Some(3); 2]);
    assert_eq!([sent(often(1).retries(0)), sent(kept_often(1).retries(0))], [Some(0); 2]);
    assert_eq!([sent(often(1).retries(1)), sent(kept(1).retries(1))], [Some(1); 2]);
}

#[test]
fn a_run_that_waits_for_another_one_hears_of_its_tokens() {
    let shared = inc(1).shared();
    let plan = Plan::new(&shared).unwrap();
    // SAFETY: the handle lives longer than the claims, and no task is started.
    let first = unsafe { Claims::new(&plan, &[]) }.unwrap();
    let token = CancelToken::with_timeout(std::time::Duration::from_millis(50));
    CancelToken::arm_all(std::slice::from_ref(&token)).unwrap();
    let second = Plan::new(&shared).unwrap();
    // SAFETY: as above.
    let refused = unsafe { Claims::new(&second, &[CancelToken::new(), token]) };
    assert!(matches!(refused.err(), Some(Error::Cancelled { ended: 0, tasks: 1 })));
    drop(first);
    // SAFETY: as above.
    assert!(unsafe { Claims::new(&second, &[]) }.is_ok());
}
