//! Memory for tasks, side by side in blocks.
//!
//! Tasks are small, built in great numbers on one thread, and freed in great numbers on others; that
//! is what a general allocator is slowest at. Here a thread hands out the places of its own block one
//! after another, without an atomic operation, and whoever frees a place gives up a share of the
//! block; the thread itself takes the share back, also without an atomic operation. A block is used again when
//! its thread has all shares, and freed when its thread has moved on to the next one and all its places are free.
//! Places next to each other are mostly freed one after another, so a thread gives up the shares of another block
//! together, when it comes to a place of a third one or sees that it has all that are left.
//!
//! ```text
//!  block │ shares │ offset │ task │ offset │ task │ … │ room left
//! ```
//!
//! The price: a block stays as long as one task in it does, so a few results that are kept for long
//! may keep as many blocks of 16 KiB, and each thread may keep one more for shares that it has not given up yet. Tasks of more than 256 bytes have allocations of their own.

#![expect(unsafe_code, reason = "it hands out memory by pointers")]

use std::{
    alloc::{self, Layout},
    cell::Cell,
    ptr::{self, NonNull},
};

use crate::sync::{AtomicU32, Ordering, Watched};

/// A little less than a power of two, which leaves the allocator room for its own bookkeeping.
const BLOCK_BYTES: u32 = 16 * 1024 - 64;
/// The largest place, in bytes.
pub(crate) const LARGEST: usize = 256;
/// How every place is aligned, in bytes.
pub(crate) const ALIGNMENT: usize = 8;
/// The size of what stands before each place, in bytes: how far the place is from the beginning of
/// its block.
const OFFSET_BYTES: u32 = ALIGNMENT as u32;
/// The shares that a new block's thread has. It has one less for each place it hands out, until it frees that
/// place itself.
const OPEN: u32 = 1 << 31;

#[repr(C, align(8))]
struct Block {
    /// The sum of all shares: one for every place in use, and what the thread has left of `OPEN`.
    shares: AtomicU32,
    /// Tells a model checker who uses the places. Nothing otherwise.
    contents: Watched,
}

/// Where the offset of the first place goes, in bytes from the beginning of the block.
const FIRST_PLACE: u32 = size_of::<Block>() as u32;

/// The block that a thread hands out places of.
pub(crate) struct Slab {
    /// Null before the first place is taken, and after the thread has left its block.
    block: Cell<*mut Block>,
    /// Where the next place's offset goes, in bytes from the beginning of the block.
    next: Cell<u32>,
    /// What this thread has left of the block's shares.
    share: Cell<u32>,
    /// The other block that this thread has freed places of last. Null when it has no share of one.
    freed: Cell<*mut Block>,
    /// How many shares of that block it is to give up.
    freed_share: Cell<u32>,
}

thread_local! {
    static SLAB: Slab = const { Slab::new() };
}

/// Takes a place of `bytes` bytes, a multiple of [`ALIGNMENT`] and at most [`LARGEST`].
#[inline]
pub(crate) fn take(bytes: usize) -> NonNull<u8> {
    // A thread that is ending has no slab any more.
    SLAB.try_with(|slab| slab.take(bytes)).unwrap_or_else(|_| Slab::new().take(bytes))
}

impl Slab {
    pub(crate) const fn new() -> Self {
        Slab {
            block: Cell::new(ptr::null_mut()),
            next: Cell::new(BLOCK_BYTES),
            share: Cell::new(0),
            freed: Cell::new(ptr::null_mut()),
            freed_share: Cell::new(0),
        }
    }

    /// See [`take`].
    #[inline]
    pub(crate) fn take(&self, bytes: usize) -> NonNull<u8> {
        debug_assert!(bytes <= LARGEST && bytes.is_multiple_of(ALIGNMENT));
        let bytes = bytes as u32;
        if self.next.get() + OFFSET_BYTES + bytes > BLOCK_BYTES {
            self.renew();
        }
        let offset = self.next.get() + OFFSET_BYTES;
        self.next.set(offset + bytes);
        self.share.set(self.share.get() - 1);
        // SAFETY: this thread's share keeps the block, the place and its offset are within it and
        // aligned, and nobody has them: they lie behind all that were handed out.
        unsafe {
            let place = self.block.get().cast::<u8>().add(offset as usize);
            place.sub(OFFSET_BYTES as usize).cast::<u32>().write(offset);
            NonNull::new_unchecked(place)
        }
    }

    /// See [`give_back`], for a place that may be of this slab.
    ///
    /// # Safety
    /// As for [`give_back`].
    #[inline]
    pub(crate) unsafe fn give_back(&self, place: NonNull<u8>) {
        // SAFETY: promised by the caller.
        let block = unsafe { block_of(place) };
        if block != self.block.get() {
            self.keep_share(block);
            return;
        }
        let share = self.share.get() + 1;
        self.share.set(share);
        if share == OPEN {
            // All places are free, and it was this thread that freed each of them.
            // SAFETY: this thread's share keeps the block.
            unsafe { (*block).contents.overwritten() };
            self.next.set(FIRST_PLACE);
        }
    }

    /// Keeps the share of a place of another block that was just freed, to give it up later.
    #[inline]
    fn keep_share(&self, block: *mut Block) {
        if self.freed.get() != block {
            self.give_up_freed();
            self.freed.set(block);
        }
        let share = self.freed_share.get() + 1;
        self.freed_share.set(share);
        // SAFETY: the shares that were kept keep the block.
        if unsafe { (*block).shares.load(Ordering::Relaxed) } == share {
            self.give_up_freed();
        }
    }

    /// Gives up the shares that were kept.
    fn give_up_freed(&self) {
        let (block, share) = (self.freed.replace(ptr::null_mut()), self.freed_share.replace(0));
        if !block.is_null() {
            // SAFETY: they are this thread's shares, and the slab forgets them.
            unsafe { Block::give_up(block, share) };
        }
    }

    /// Moves on to an empty block, which is the same one when nobody else uses it any more.
    #[cold]
    fn renew(&self) {
        let block = self.block.get();
        // SAFETY: this thread's share keeps the block.
        let is_empty = !block.is_null() && unsafe { (*block).is_left_to(self.share.get()) };
        if is_empty {
            // SAFETY: as above, and nobody else has a share.
            unsafe { (*block).shares.store(OPEN, Ordering::Relaxed) };
        } else {
            self.close();
            self.block.set(Block::new());
        }
        self.next.set(FIRST_PLACE);
        self.share.set(OPEN);
    }

    /// Gives up the thread's share of its block.
    fn close(&self) {
        let block = self.block.replace(ptr::null_mut());
        self.next.set(BLOCK_BYTES);
        if !block.is_null() {
            // SAFETY: it is this thread's share, and the slab forgets it.
            unsafe { Block::give_up(block, self.share.get()) };
        }
    }
}

impl Drop for Slab {
    fn drop(&mut self) {
        self.give_up_freed();
        self.close();
    }
}

impl Block {
    const LAYOUT: Layout = match Layout::from_size_align(BLOCK_BYTES as usize, align_of::<Block>())
    {
        Ok(layout) => layout,
        Err(_) => panic!("a block is no larger than memory"),
    };

    fn new() -> *mut Block {
        // SAFETY: the layout has a size.
        let block = unsafe { alloc::alloc(Self::LAYOUT) }.cast::<Block>();
        if block.is_null() {
            alloc::handle_alloc_error(Self::LAYOUT);
        }
        // SAFETY: it was allocated just now, and is large enough.
        unsafe { block.write(Block { shares: AtomicU32::new(OPEN), contents: Watched::new() }) };
        block
    }

    /// Says whether all shares that are left are the caller's.
    fn is_left_to(&self, share: u32) -> bool {
        let is_left = self.shares.load(Ordering::Acquire) == share;
        if is_left {
            self.contents.overwritten();
        }
        is_left
    }

    /// Gives up a share; with the last one the block is freed.
    ///
    /// # Safety
    /// The caller has this share.
    #[inline]
    unsafe fn give_up(block: *mut Block, share: u32) {
        // SAFETY: the share keeps the block.
        let before = unsafe { (*block).shares.fetch_sub(share, Ordering::AcqRel) };
        if before == share {
            // SAFETY: nobody has a share any more, and `new` allocated it so.
            unsafe {
                (*block).contents.overwritten();
                ptr::drop_in_place(block);
                alloc::dealloc(block.cast(), Self::LAYOUT);
            }
        }
    }
}

/// The block of a place that is not used any more.
///
/// # Safety
/// It came from [`take`], and its share was not given up yet.
#[inline]
unsafe fn block_of(place: NonNull<u8>) -> *mut Block {
    // SAFETY: the offset stands before the place, which is as far within its block.
    unsafe {
        let offset = place.sub(OFFSET_BYTES as usize).cast::<u32>().read();
        let block = place.sub(offset as usize).cast::<Block>();
        block.as_ref().contents.used();
        block.as_ptr()
    }
}

/// Frees a place.
///
/// # Safety
/// It came from [`take`], and nobody uses it any more.
#[inline]
pub(crate) unsafe fn give_back(place: NonNull<u8>) {
    // A thread that is ending has no slab any more.
    // SAFETY: promised by the caller.
    let given = SLAB.try_with(|slab| unsafe { slab.give_back(place) });
    if given.is_err() {
        // SAFETY: as above, and the place has a share, which goes with it.
        unsafe { Block::give_up(block_of(place), 1) };
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use allocation_counter::measure;
    use proptest::prelude::*;

    use super::*;

    /// Fills a place with a number that nobody else writes.
    fn fill(place: NonNull<u8>, bytes: usize, number: u64) {
        for word in 0..bytes / 8 {
            // SAFETY: it lies in the place.
            unsafe { place.cast::<u64>().add(word).write(number) };
        }
    }

    fn is_filled(place: NonNull<u8>, bytes: usize, number: u64) -> bool {
        // SAFETY: it lies in the place, and was filled.
        (0..bytes / 8).all(|word| unsafe { place.cast::<u64>().add(word).read() } == number)
    }

    proptest! {
        #[test]
        fn places_do_not_overlap_and_all_memory_is_freed(
            steps in proptest::collection::vec((1..=LARGEST / 8, any::<usize>(), any::<bool>()), 1..600),
        ) {
            let mut intact = true;
            let counted = measure(|| {
                // The other one is another thread's.
                let (slab, other) = (Slab::new(), Slab::new());
                let mut taken: Vec<(NonNull<u8>, usize, u64)> = Vec::new();
                for (&(words, which, is_taken), number) in steps.iter().zip(0..) {
                    if is_taken || taken.is_empty() {
                        let place = slab.take(words * 8);
                        intact &= place.addr().get().is_multiple_of(ALIGNMENT);
                        fill(place, words * 8, number);
                        taken.push((place, words * 8, number));
                    } else {
                        let (place, bytes, number) = taken.swap_remove(which % taken.len());
                        intact &= is_filled(place, bytes, number);
                        let slab = if number % 3 == 0 { &other } else { &slab };
                        // SAFETY: it is used no more.
                        unsafe { slab.give_back(place) };
                    }
                }
                drop(slab);
                for (place, bytes, number) in taken {
                    intact &= is_filled(place, bytes, number);
                    // SAFETY: it is used no more.
                    unsafe { other.give_back(place) };
                }
            });
            prop_assert!(intact);
            prop_assert_eq!(counted.bytes_current, 0);
        }
    }

    #[test]
    fn a_block_that_is_empty_is_used_again() {
        let counted = measure(|| {
            let slab = Slab::new();
            for _ in 0..1000 {
                // SAFETY: it is used no more.
                unsafe { slab.give_back(slab.take(LARGEST)) };
            }
        });
        assert_eq!((counted.count_total, counted.count_current), (1, 0));
    }

    #[test]
    fn a_thread_keeps_shares_of_one_block_of_others_at_most() {
        let other = Slab::new();
        let counted = measure(|| {
            let slab = Slab::new();
            for _ in 0..1000 {
                // SAFETY: it is used no more.
                unsafe { other.give_back(slab.take(LARGEST)) };
            }
        });
        // That of the slab's last block.
        assert!(counted.count_current <= 1, "{counted:?}");
        let counted = measure(|| drop(other));
        assert_eq!(counted.count_current, -1, "the last block goes with its thread");
    }

    #[test]
    fn a_block_is_freed_with_the_last_share_that_is_kept() {
        let other = Slab::new();
        let counted = measure(|| {
            let slab = Slab::new();
            let places: Vec<_> = (0..3).map(|_| slab.take(LARGEST)).collect();
            drop(slab);
            // SAFETY: they are used no more.
            places.into_iter().for_each(|place| unsafe { other.give_back(place) });
        });
        assert_eq!(counted.count_current, 0);
    }

    #[test]
    fn what_its_thread_has_freed_is_used_again_once_nothing_is_in_use() {
        let slab = Slab::new();
        let (first, second) = (slab.take(64), slab.take(64));
        // SAFETY: it is used no more.
        unsafe { slab.give_back(first) };
        let third = slab.take(64);
        assert!(third != first && third != second, "the second is in use");
        // SAFETY: as above.
        unsafe { slab.give_back(third) };
        // SAFETY: as above.
        unsafe { slab.give_back(second) };
        assert_eq!(slab.take(64), first);
    }
}
