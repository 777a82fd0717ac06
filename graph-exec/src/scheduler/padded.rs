//! Keeps what different threads write on different cache lines.

use std::{mem::MaybeUninit, ops::Deref};

/// A number with so much room on both sides that nothing else shares its cache line.
///
/// It does not ask for an aligned address as `crossbeam_utils::CachePadded` does, since allocators are
/// several times as slow with those, and a small graph is run in less than the difference.
#[repr(C)]
pub(crate) struct Padded<T> {
    _before: MaybeUninit<[u64; 7]>,
    value: T,
    _after: MaybeUninit<[u64; 7]>,
}

impl<T> Padded<T> {
    pub(crate) fn new(value: T) -> Self {
        Padded { _before: MaybeUninit::uninit(), value, _after: MaybeUninit::uninit() }
    }
}

impl<T> Deref for Padded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
