//! How much time short runs may have ahead of long ones.

use std::time::Duration;

use crate::sync::Instant;

/// Of the time of all permits, short runs may have so much ahead of their turn: two parts of three. In the rest, all take
/// turns, so a long run gets at least a third of what it would get if nobody came before it.
const SHARE: (u32, u32) = (2, 3);
/// So much of each permit's time is saved up at most.
const MOST_SAVED: Duration = Duration::from_millis(50);
/// So much of each permit's time is owed at most, for short runs whose tasks take long.
const MOST_OWED: Duration = Duration::from_secs(1);

/// Time that is spent when a short run has a permit while others wait, and comes back as time passes.
pub(super) struct Ration {
    permits: u32,
    /// How much is left, on top of [`MOST_OWED`].
    left: Duration,
    /// When that was looked at.
    at: Instant,
    /// There was nothing left, and half of what can be saved is not there again.
    is_used_up: bool,
}

impl Ration {
    pub(super) fn new(permits: usize, now: Instant) -> Self {
        let permits = u32::try_from(permits).unwrap_or(u32::MAX);
        let left = permits * (MOST_OWED + MOST_SAVED);
        Ration { permits, left, at: now, is_used_up: false }
    }

    /// Takes what a short run has had since then, if one has had anything.
    pub(super) fn spend_since(&mut self, short_since: Option<Instant>) {
        short_since.into_iter().for_each(|since| self.spend(since.elapsed()));
    }

    fn spend(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
    }

    /// Says whether short runs come before long ones.
    pub(super) fn is_left(&mut self, now: Instant) -> bool {
        let (part, parts) = SHARE;
        let passed = now.saturating_duration_since(std::mem::replace(&mut self.at, now));
        let most = self.permits * (MOST_OWED + MOST_SAVED);
        self.left = most.min(self.left + passed.saturating_mul(self.permits) * part / parts);
        let enough = if self.is_used_up { MOST_SAVED / 2 } else { Duration::ZERO };
        self.is_used_up = self.left <= self.permits * (MOST_OWED + enough);
        !self.is_used_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of three permits, in steps of a millisecond: short runs take all of them whenever they come first.
    #[test]
    fn short_runs_come_first_two_thirds_of_the_time() {
        let (step, begin) = (Duration::from_millis(1), Instant::now());
        let mut ration = Ration::new(3, begin);
        let come_first = |n: &u32| {
            let comes_first = ration.is_left(begin + step * *n);
            if comes_first {
                ration.spend(3 * step);
            }
            comes_first
        };
        let (saved, steady): (Vec<u32>, Vec<u32>) =
            (0..9_000).filter(come_first).partition(|&n| n < 150);
        assert_eq!(saved, (0..150).collect::<Vec<_>>(), "what was saved up");
        assert!((5_800..=6_000).contains(&steady.len()), "{}", steady.len());
        let changes = steady.windows(2).filter(|pair| pair[0] + 1 < pair[1]).count();
        assert!(changes < 100, "they come first for a while at a time: {changes}");
    }

    #[test]
    fn a_long_task_of_a_short_run_is_made_up_for() {
        let begin = Instant::now();
        let mut ration = Ration::new(1, begin);
        let at = |millis| begin + Duration::from_millis(millis);
        assert!(ration.is_left(at(0)));
        ration.spend(Duration::from_millis(250));
        assert!(!ration.is_left(at(300)), "it owes nothing any more, and has saved nothing");
        assert!(ration.is_left(at(350)));
        ration.spend(Duration::from_secs(1_000));
        assert!(ration.is_left(at(350 + 1_700)), "what it owes is limited");
    }
}
