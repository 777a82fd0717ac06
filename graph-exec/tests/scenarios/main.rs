//! Situations that a scheduler gets wrong first. A diagram of the threads stands above each.

mod busy_others;
mod cancelling;
mod deadlines;
mod dropping;
mod ending;
mod failures;
mod gate;
mod limits;
mod memory;
mod nested;
mod observing;
mod overlapping;
mod permits;
mod priorities;
mod rayon_pieces;
mod reasons;
mod recording;
mod retrying;
mod short_runs;
mod stacks;
mod taken_over;
mod turns;
mod watched;

#[path = "../watchdog/mod.rs"]
mod watchdog;

/// Runs `body`, the whole of a test or a part, under the [`watchdog`].
fn within_a_minute<T>(body: impl FnOnce() -> T) -> T {
    let test = std::thread::current();
    watchdog::within_a_minute(test.name().unwrap_or("a thread of a test"), body)
}
