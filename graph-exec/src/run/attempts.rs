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

use graph_core::__run::{AttemptRun, Attempts, Backoff, Execution, Overrun};

use super::{
    Run, Step,
    dynamic::{Dynamic, Place},
    nesting,
};
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
    fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(0));
        PutOff { attempts: Mutex::default(), seed }
    }

    /// How long the task with a number in the record waits after an attempt.
    fn wait(&self, backoff: Backoff, id: u32, attempt: u32) -> Duration {
        let (shortest, longest) = backoff.range(attempt);
        let range = (longest - shortest).as_nanos().min(u128::from(u64::MAX));
        let random = mixed(self.seed ^ mixed(u64::from(id) << 32 | u64::from(attempt)));
        shortest + Duration::from_nanos(((range * u128::from(random)) >> 64) as u64)
    }
}

impl Run {
    /// Keeps what was tried of a task that was just put off. It is to be handed to [`Run::step`] again after
    /// the wait.
    #[cold]
    pub(super) fn put_off(&self, place: &Place, execution: &mut Execution<'_>) -> Step {
        let put_off = self.put_off.get_or_init(|| Box::new(PutOff::new(self.jitter_seed)));
        let made = execution.attempts;
        let wait = match execution.put_off.take() {
            Some(backoff) => put_off.wait(backoff, Dynamic::id(place), made),
            None => Duration::ZERO,
        };
        let attempts = Attempts { made, waited: execution.waited.saturating_add(wait) };
        lock(&put_off.attempts).insert(execution.task(), attempts);
        let task = match place.segment {
            None => place.index,
            Some(_) => self.dynamic().token(place.clone()),
        };
        Step::PutOff { task, wait }
    }

    /// Says whether a ready task has been tried before in this run.
    pub(crate) fn was_put_off(&self, task: u32) -> bool {
        self.put_off
            .get()
            .is_some_and(|put_off| lock(&put_off.attempts).contains_key(&self.number(task)))
    }
}

impl AttemptRun for Run {
    fn may_retry(&self) -> bool {
        !self.is_stopped()
    }

    fn resume(&self, task: u64) -> Attempts {
        let tried = self.put_off.get().and_then(|put_off| lock(&put_off.attempts).remove(&task));
        tried.unwrap_or_default()
    }

    fn begin(&self, limit: Duration) {
        nesting::begin_attempt(limit);
    }

    fn end(&self) -> Option<Overrun> {
        nesting::end_attempt()
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
