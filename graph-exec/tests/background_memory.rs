//! What is left of runs in the background, in bytes: whoever allocates them, and whichever thread frees them.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicI64, Ordering},
    thread,
    time::Duration,
};

use graph_exec::{CancelToken, Running, prelude::*};

#[path = "watchdog/mod.rs"]
mod watchdog;

struct Counting;

/// How many bytes of the process live.
static LIVE: AtomicI64 = AtomicI64::new(0);

#[expect(unsafe_code, reason = "an allocator that counts and leaves the rest to the system's")]
// SAFETY: every call is handed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size() as i64, Ordering::SeqCst);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(pointer, layout) };
        LIVE.fetch_sub(layout.size() as i64, Ordering::SeqCst);
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[delayed]
fn next(a: u64) -> u64 {
    a + 1
}

#[delayed]
fn sum(all: &[u64]) -> u64 {
    all.iter().sum()
}

/// A run takes more than a thousand bytes.
const RUNS: usize = 10_000;

#[test]
fn runs_in_the_background_leave_no_memory_whatever_becomes_of_them() {
    watchdog::within_a_minute("giving back the memory of runs", || {
        let executor = Executor::builder().threads(2).build().unwrap();
        let token = CancelToken::new();
        let watched = executor.clone().with_cancel(&token);
        let graph = |n: usize| sum(vec![next(n as u64), next(2)]);
        let round = |runs: usize| {
            for n in 0..runs {
                let running: Running<u64> = match n % 2 {
                    0 => executor.spawn(graph(n)),
                    _ => watched.spawn_recorded(graph(n)),
                };
                match n % 5 {
                    0 => drop(running),
                    1 => running.detach(),
                    2 => running.cancel(),
                    3 => drop(running.attempt()),
                    _ => assert_eq!(running.wait().unwrap(), n as u64 + 4),
                }
            }
            let results = executor.as_completed((0..runs / 10).map(graph));
            assert_eq!(results.take(runs / 20).count(), runs / 20);
        };
        // Threads, pools of memory and what is learned of functions are there once.
        round(RUNS / 10);
        thread::sleep(Duration::from_millis(100));
        let before = LIVE.load(Ordering::SeqCst);
        round(RUNS);
        // Runs that nobody waits for end a little later.
        while LIVE.load(Ordering::SeqCst) - before > RUNS as i64 * 10 {
            thread::sleep(Duration::from_millis(1));
        }
    });
}
