//! A token that is cancelled while runs begin and end.

use std::sync::Arc;

use loom::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

use crate::{
    cancel::{CancelToken, Cancellable},
    model,
};

/// What a token tells a run.
#[derive(Default)]
struct Run {
    stopped: AtomicBool,
}

impl Cancellable for Run {
    fn cancel(self: Arc<Self>) {
        self.stopped.store(true, SeqCst);
    }
}

/// ```text
///  thread 1 │ cancel: mark the token ─ stop the runs
///  thread 2 │ a run is stopped: it sees the token cancelled
/// ```
#[test]
fn whoever_sees_a_run_stopped_sees_the_token_cancelled() {
    model(|| {
        let (token, run) = (CancelToken::new(), Arc::new(Run::default()));
        let _registered = token.register(&run);
        let thread = thread::spawn({
            let token = token.clone();
            move || token.cancel()
        });
        if run.stopped.load(SeqCst) {
            assert!(token.is_cancelled());
        }
        thread.join().unwrap();
        assert!(run.stopped.load(SeqCst));
    });
}

/// ```text
///  thread 1 │ cancel: mark the token ─ stop the runs in the list
///  thread 2 │ add a run to the list ─ is the token marked?              the run is stopped
/// ```
#[test]
fn a_run_that_begins_while_the_token_is_cancelled_is_stopped() {
    model(|| {
        let (token, run) = (CancelToken::new(), Arc::new(Run::default()));
        let thread = thread::spawn({
            let token = token.clone();
            move || token.cancel()
        });
        let _registered = token.register(&run);
        thread.join().unwrap();
        assert!(run.stopped.load(SeqCst));
    });
}
