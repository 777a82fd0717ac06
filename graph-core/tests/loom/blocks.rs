//! Who frees a block of a slab, and when it may be used again.

use std::ptr::NonNull;

use crate::slab::{LARGEST, Slab};

struct Place(NonNull<u8>);

// SAFETY: a place belongs to whoever has it.
unsafe impl Send for Place {}

impl Place {
    /// On a thread that has another slab, and ends.
    fn give_back(self) {
        self.give_back_to(&Slab::new());
    }

    /// On the thread that the slab belongs to, which may be another one than the place's.
    fn give_back_to(self, slab: &Slab) {
        // SAFETY: nobody uses it any more, and `self` is gone.
        unsafe { slab.give_back(self.0) };
    }
}

/// ```text
///  thread 1 │ gives a place back ─ leaves the block ─┐
///  thread 2 │ gives a place back ────────────────────┴ the block is freed once, by who is last
/// ```
#[test]
fn a_block_is_freed_by_who_leaves_it_last() {
    loom::model(|| {
        let slab = Slab::new();
        let (here, there) = (Place(slab.take(8)), Place(slab.take(8)));
        let thread = loom::thread::spawn(move || there.give_back());
        here.give_back();
        drop(slab);
        thread.join().unwrap();
    });
}

/// ```text
///  thread 1 │ fills the block ─ is it empty again? ─ takes a place
///  thread 2 │ gives the last place back
/// ```
#[test]
fn a_block_is_used_again_only_when_nobody_uses_it() {
    loom::model(|| {
        let slab = Slab::new();
        let there = Place(slab.take(LARGEST));
        let fill = 16 * 1024 / LARGEST - 4;
        (0..fill).for_each(|_| Place(slab.take(LARGEST)).give_back());
        let thread = loom::thread::spawn(move || there.give_back());
        (0..8).for_each(|_| Place(slab.take(LARGEST)).give_back());
        drop(slab);
        thread.join().unwrap();
    });
}

/// ```text
///  thread 1 │ takes back what it can ─ takes places again ─ leaves the block ─┐
///  thread 2 │ uses a place and gives it back ─────────────────────────────────┴ the block is freed once
/// ```
#[test]
fn a_place_that_another_thread_has_is_not_handed_out_again() {
    loom::model(|| {
        let slab = Slab::new();
        let (here, there) = (Place(slab.take(LARGEST)), Place(slab.take(LARGEST)));
        let thread = loom::thread::spawn(move || there.give_back());
        here.give_back_to(&slab);
        let fill = 16 * 1024 / LARGEST - 4;
        (0..fill).for_each(|_| Place(slab.take(LARGEST)).give_back_to(&slab));
        drop(slab);
        thread.join().unwrap();
    });
}

/// ```text
///  thread 1 │ leaves the block ──────────────────────────────────┐
///  thread 2 │ gives two places back, and their shares together ──┴ the block is freed once, by who is last
/// ```
#[test]
fn shares_that_are_given_up_together_free_a_block_once() {
    loom::model(|| {
        let slab = Slab::new();
        let places = [Place(slab.take(8)), Place(slab.take(8))];
        let thread = loom::thread::spawn(move || {
            let other = Slab::new();
            places.into_iter().for_each(|place| place.give_back_to(&other));
        });
        drop(slab);
        thread.join().unwrap();
    });
}

/// The slab's thread frees last what another thread has used.
#[test]
fn a_block_is_begun_anew_after_all_use() {
    loom::model(|| {
        let slab = Slab::new();
        let place = Place(slab.take(8));
        let thread = loom::thread::spawn(move || place);
        thread.join().unwrap().give_back_to(&slab);
        Place(slab.take(8)).give_back_to(&slab);
    });
}
