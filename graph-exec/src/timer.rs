//! Calls at set times, on one thread for the whole process.
//!
//! The thread is started for the first call and ends when there has been none for a while, so a program
//! without time limits, whose runs in the background need not wait for threads, has no such thread.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io,
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

/// How long the thread stays without anything to do.
const STAYS: Duration = Duration::from_secs(10);
/// So many calls may wait before those that nobody needs any more are looked for.
const FEW: usize = 64;

/// Something that is to be called at a time.
pub(crate) trait Timed: Send + Sync {
    /// The time has come. Called on the timer's thread, which all calls of the process need: it must not take
    /// long, wait for nothing, and run no code of the user's, which may do both.
    fn due(self: Arc<Self>);
}

static TIMER: Timer = Timer {
    state: Mutex::new(State {
        waiting: BinaryHeap::new(),
        look_through_at: FEW,
        is_running: false,
    }),
    changed: Condvar::new(),
};

struct Timer {
    state: Mutex<State>,
    /// Notified when an earlier call is added.
    changed: Condvar,
}

struct State {
    /// The earliest first.
    waiting: BinaryHeap<Reverse<Call>>,
    /// How many wait before those that nobody needs any more are looked for.
    look_through_at: usize,
    is_running: bool,
}

struct Call {
    at: Instant,
    what: Weak<dyn Timed>,
}

/// Calls `what` at that time, or soon after, unless it is gone by then.
///
/// # Errors
/// That of the system when the thread cannot be started.
pub(crate) fn call_at(at: Instant, what: Weak<dyn Timed>) -> io::Result<()> {
    let mut state = TIMER.state.lock().unwrap_or_else(PoisonError::into_inner);
    if !state.is_running {
        thread::Builder::new().name("timer".to_owned()).stack_size(256 << 10).spawn(run)?;
        state.is_running = true;
    }
    state.waiting.push(Reverse(Call { at, what }));
    if state.waiting.len() >= state.look_through_at {
        state.waiting.retain(|Reverse(call)| call.what.strong_count() > 0);
        state.look_through_at = FEW.max(2 * state.waiting.len());
    }
    drop(state);
    TIMER.changed.notify_one();
    Ok(())
}

/// The timer's thread.
fn run() {
    let mut state = TIMER.state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let now = Instant::now();
        let next = state.waiting.peek().map(|Reverse(call)| call.at);
        let wait = match next {
            Some(at) if at <= now => {
                let due = state.waiting.pop();
                drop(state);
                due.and_then(|Reverse(call)| call.what.upgrade()).into_iter().for_each(Timed::due);
                state = TIMER.state.lock().unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            Some(at) => at - now,
            None => STAYS,
        };
        let woken = TIMER.changed.wait_timeout(state, wait);
        let timed_out;
        (state, timed_out) = woken.unwrap_or_else(PoisonError::into_inner);
        if next.is_none() && timed_out.timed_out() && state.waiting.is_empty() {
            state.is_running = false;
            return;
        }
    }
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Call {}

impl PartialOrd for Call {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Call {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Sends(Mutex<mpsc::Sender<u32>>, u32);

    impl Timed for Sends {
        fn due(self: Arc<Self>) {
            self.0.lock().unwrap().send(self.1).unwrap();
        }
    }

    #[test]
    fn calls_come_in_the_order_of_their_times_and_not_to_what_is_gone() {
        let (sender, receiver) = mpsc::channel();
        let now = Instant::now();
        let call = |millis: u64, name| {
            let what = Arc::new(Sends(Mutex::new(sender.clone()), name));
            let weak: Weak<dyn Timed> = Arc::downgrade(&what) as _;
            call_at(now + Duration::from_millis(millis), weak).unwrap();
            what
        };
        let _kept = (call(30, 2), call(60, 3), call(0, 1));
        drop(call(45, 9));
        let names: Vec<u32> = receiver.iter().take(3).collect();
        assert_eq!(names, [1, 2, 3]);
    }

    #[test]
    fn calls_that_nobody_needs_any_more_do_not_pile_up() {
        let (sender, _receiver) = mpsc::channel();
        let later = Instant::now() + Duration::from_secs(3600);
        for _ in 0..10_000 {
            let what = Arc::new(Sends(Mutex::new(sender.clone()), 0));
            call_at(later, Arc::downgrade(&what) as _).unwrap();
        }
        assert!(TIMER.state.lock().unwrap().waiting.len() <= 2 * FEW);
    }
}
