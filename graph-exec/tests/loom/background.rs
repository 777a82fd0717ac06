//! Runs in the background: whoever waits for the end hears of it, and no work is left to nobody.

use std::{
    sync::Arc,
    task::{Wake, Waker},
};

use loom::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread,
};

use crate::{company::Company, completion::Completion, model, termination::TerminationDetector};

#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// ```text
///  thread 1 │ poll with A: pending ─ poll with B: pending     B is woken
///  thread 2 │                    finish
/// ```
#[test]
fn the_waker_of_the_last_poll_is_woken_unless_that_poll_has_seen_the_end() {
    model(|| {
        let completion = Arc::new(Completion::default());
        let thread = thread::spawn({
            let completion = Arc::clone(&completion);
            move || completion.finish()
        });
        let counters = [Arc::new(Counting::default()), Arc::new(Counting::default())];
        let poll = |counter: &Arc<Counting>| completion.poll(&Waker::from(Arc::clone(counter)));
        let is_first_ready = poll(&counters[0]);
        let is_second_ready = poll(&counters[1]);
        thread.join().unwrap();
        let [first, second] = counters.map(|counter| counter.0.load(SeqCst));
        assert!(completion.is_finished());
        assert!(is_second_ready || !is_first_ready, "the end does not go away");
        assert!(is_second_ready || second == 1);
        assert!(first + second <= 1);
        assert!(!is_first_ready || first + second == 0);
    });
}

/// ```text
///  thread 1 │ wait ──────── goes on
///  thread 2 │     finish ─┘
/// ```
#[test]
fn a_thread_that_waits_goes_on() {
    model(|| {
        let completion = Arc::new(Completion::default());
        let thread = thread::spawn({
            let completion = Arc::clone(&completion);
            move || completion.finish()
        });
        completion.wait();
        thread.join().unwrap();
    });
}

/// Two workers come to a run that is kept for one. The first finds that it has to share.
///
/// ```text
///  worker 1 │ alone ───── share ─ is a worker missing?
///  worker 2 │    is alone? ─ leave ─ is work left, and shared?
/// ```
#[test]
fn work_that_is_shared_finds_a_worker_although_another_has_just_left() {
    model(|| {
        let company = Arc::new(Company::shared());
        company.keep_for_one();
        let termination = Arc::new(TerminationDetector::new(2));
        assert!(termination.add_missing_worker() && termination.add_missing_worker());
        // How many workers come besides the one that is alone: they stay, or a job is submitted.
        let others = Arc::new(AtomicUsize::new(0));
        let worker = {
            let (company, termination) = (Arc::clone(&company), Arc::clone(&termination));
            let others = Arc::clone(&others);
            move || {
                if company.begin_alone() {
                    company.share();
                    if termination.add_missing_worker() {
                        others.fetch_add(1, SeqCst);
                    }
                } else if !company.is_alone() || termination.remove_worker(|| !company.is_alone()) {
                    others.fetch_add(1, SeqCst);
                }
            }
        };
        let thread = thread::spawn(worker.clone());
        worker();
        thread.join().unwrap();
        assert!(others.load(SeqCst) >= 1);
    });
}
