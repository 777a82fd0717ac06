//! Tasks of a run that are tried again after a wait, and how long they wait.
//!
//! While it waits, a task is as any other that has not started: it holds no thread, and another run may
//! claim it, with attempts of its own. The run alone knows how often it has tried it.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Mutex,
    time::Duration,
};

use graph_core::__run::{Attempts, Backoff, Execution};

use crate::sync::lock;

/// The tasks of a run that wait for another attempt.
pub(super) struct PutOff {
    /// Creation number → what has been tried.
    attempts: Mutex<HashMap<u64, Attempts>>,
    /// What the jitter is made of.
    seed: u64,
}

impl PutOff {
    /// With a seed, the waits of a graph are the same each time.
    pub(super) fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(0));
        PutOff { attempts: Mutex::default(), seed }
    }

    /// How long the task with a number in the record waits after an attempt.
    pub(super) fn wait(&self, backoff: Backoff, id: u32, attempt: u32) -> Duration {
        let (shortest, longest) = backoff.range(attempt);
        let range = (longest - shortest).as_nanos().min(u128::from(u64::MAX));
        let random = mixed(self.seed ^ mixed(u64::from(id) << 32 | u64::from(attempt)));
        shortest + Duration::from_nanos(((range * u128::from(random)) >> 64) as u64)
    }

    /// Keeps what was tried of the task with a creation number, which has this number in the record. Returns
    /// how long it waits.
    pub(super) fn add(&self, id: u32, execution: &mut Execution<'_>) -> Duration {
        let made = execution.attempts;
        let backoff = execution.put_off.take();
        let wait = backoff.map_or(Duration::ZERO, |backoff| self.wait(backoff, id, made));
        let waited = execution.waited.saturating_add(wait);
        lock(&self.attempts).insert(execution.task(), Attempts { made, waited });
        wait
    }

    /// Says whether the task with a creation number waits.
    pub(super) fn has(&self, task: u64) -> bool {
        lock(&self.attempts).contains_key(&task)
    }

    /// What was tried of the task with a creation number, which is forgotten.
    pub(super) fn remove(&self, task: u64) -> Attempts {
        lock(&self.attempts).remove(&task).unwrap_or_default()
    }
}

/// Mixes a number into one that looks random: the last step of SplitMix64 (Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", 2014).
pub(crate) fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff =
        Backoff { first: Duration::from_millis(100), last: Duration::from_millis(1000) };

    fn waits(seed: u64) -> Vec<Duration> {
        let put_off = PutOff::new(Some(seed));
        let of_task = |id| (1..6).map(move |attempt| (id, attempt));
        let all = (0..20).flat_map(of_task);
        all.map(|(id, attempt)| put_off.wait(BACKOFF, id, attempt)).collect()
    }

    #[test]
    fn waits_are_in_their_ranges_and_made_by_the_seed() {
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
        for (index, wait) in waits(7).into_iter().enumerate() {
            let (shortest, longest) = BACKOFF.range(index as u32 % 5 + 1);
            assert!((shortest..=longest).contains(&wait), "{wait:?}");
        }
        // Tasks that fail together are not tried again together.
        let first: Vec<Duration> = waits(7).into_iter().step_by(5).collect();
        let mut different = first.clone();
        different.sort_unstable();
        different.dedup();
        assert!(different.len() > 15, "{first:?}");
    }
}
