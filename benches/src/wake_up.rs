//! What it costs to wake a thread that sleeps: no library that shares out work among threads gets below that.

use std::{
    hint::spin_loop,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::overhead::measure::median;

/// How often a thread is woken.
const ROUNDS: u64 = 1001;
/// How long the woken thread has slept each time.
const ASLEEP: Duration = Duration::from_micros(200);

/// The median times of waking a thread.
#[derive(Debug, Clone, Copy)]
pub struct WakeUp {
    /// Until the one that wakes goes on.
    pub call: Duration,
    /// Until the woken one goes on.
    pub awake: Duration,
}

impl WakeUp {
    /// Wakes a thread again and again, while no other is at work.
    pub fn measure() -> Self {
        let (woken, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let sleeper = thread::spawn({
            let (woken, is_over) = (Arc::clone(&woken), Arc::clone(&is_over));
            move || {
                while !is_over.load(Ordering::Acquire) {
                    thread::park();
                    woken.fetch_add(1, Ordering::Release);
                }
            }
        });
        let (mut calls, mut awake) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let asleep = Instant::now();
            while asleep.elapsed() < ASLEEP {
                spin_loop();
            }
            let (before, begin) = (woken.load(Ordering::Acquire), Instant::now());
            sleeper.thread().unpark();
            calls.push(begin.elapsed().as_secs_f64());
            while woken.load(Ordering::Acquire) == before {
                spin_loop();
            }
            awake.push(begin.elapsed().as_secs_f64());
        }
        is_over.store(true, Ordering::Release);
        sleeper.thread().unpark();
        sleeper.join().expect("it only counts");
        let [call, awake] =
            [calls, awake].map(|mut times| Duration::from_secs_f64(median(&mut times)));
        WakeUp { call, awake }
    }

    /// The least time that so many equal tasks can take on two threads, one of which sleeps.
    pub fn least(&self, tasks: usize, task: Duration) -> Duration {
        let mut ends = [self.call, self.awake.max(self.call)];
        for _ in 0..tasks {
            ends.sort();
            ends[0] += task;
        }
        // Alone it may be faster.
        ends[0].max(ends[1]).min(task * tasks as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn the_least_time_counts_what_waking_takes() {
        let free = WakeUp { call: micros(0), awake: micros(0) };
        assert_eq!(free.least(8, micros(20)), micros(80));
        let late = WakeUp { call: micros(5), awake: micros(30) };
        assert_eq!(late.least(8, micros(20)), micros(105));
        let too_late = WakeUp { call: micros(5), awake: micros(1000) };
        assert_eq!(too_late.least(2, micros(20)), micros(40));
    }
}
