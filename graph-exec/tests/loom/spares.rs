//! Spare permits: one for who waits while the others stall, and none any more when they go on.

use std::sync::Arc;

use loom::thread;

use crate::{
    model,
    scheduler::{
        permits::{Permit, Permits},
        stall::{STALLED_AFTER, StallDetector},
    },
    sync::Instant,
    turns::{Holders, Run, assert_all_free},
};

/// Asks for a permit and waits for it; gets a spare one should those who have one stall for so long.
fn permit(permits: &Arc<Permits>, run: &Arc<Run>) -> Permit {
    if let Some(permit) = permits.acquire(run, Instant::now()) {
        return permit;
    }
    let mut stall = StallDetector::default();
    for _ in 0..2 {
        // The first look only notes what it sees.
        if let Some(permit) = permits.rescue(run, true, &mut stall) {
            return permit;
        }
        Instant::pass(STALLED_AFTER);
    }
    run.wait_for_permit()
}

/// Checks, when nobody works any more, that there are as many permits as there should be.
fn assert_none_spare(permits: &Arc<Permits>, holders: &Arc<Holders>) {
    assert_all_free(permits, holders);
    let runs: Vec<_> = (0..=permits.count()).map(|_| Run::new(permits, holders)).collect();
    let all: Vec<_> = runs.iter().map(|run| permits.acquire(run, Instant::now())).collect();
    assert!(all.iter().any(Option::is_none), "a spare permit is still in use");
    drop(all);
    runs.iter().for_each(Run::withdraw);
}

/// ```text
///  caller 1 │ has the permit ── goes on ─ gives it back
///  caller 2 │ asks ── waits ─ a second ─ is it granted the permit, or does it get a spare one?
/// ```
#[test]
fn who_waits_gets_the_permit_or_a_spare_one_but_not_both() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let [one, two] = [(); 2].map(|()| Run::new(&permits, &holders));
        one.permit().hold();
        let thread = thread::spawn({
            let permits = Arc::clone(&permits);
            move || {
                let permit = permit(&permits, &two);
                two.withdraw();
                drop(permit);
            }
        });
        permits.heartbeat().expect("it holds a permit").beat();
        drop(Permit::take_held());
        one.withdraw();
        thread.join().unwrap();
        assert_none_spare(&permits, &holders);
    });
}

/// ```text
///  caller 1 │ has the permit ── stalls ──────── goes on ─ gives it back
///  caller 2 │ asks ── waits ── works with a spare permit ── leaves
/// ```
#[test]
fn who_has_a_spare_permit_leaves_when_the_others_go_on() {
    model(|| {
        let (permits, holders) = (Permits::new(1), Arc::new(Holders::default()));
        let [one, two] = [(); 2].map(|()| Run::new(&permits, &holders));
        one.permit().hold();
        let spare = permit(&permits, &two);
        let thread = thread::spawn({
            let permits = Arc::clone(&permits);
            move || {
                spare.hold();
                // It has more to do than there is time for.
                while !(permits.are_wanted() && permits.is_turn_over(&two, true)) {
                    thread::yield_now();
                }
                drop(Permit::take_held());
                two.withdraw();
            }
        });
        permits.heartbeat().expect("it holds a permit").beat();
        drop(Permit::take_held());
        one.withdraw();
        thread.join().unwrap();
        assert_none_spare(&permits, &holders);
    });
}
