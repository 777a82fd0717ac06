//! Keeps what different threads write on different cache lines.

use std::ops::Deref;

/// A number with so much room on both sides that nothing else shares its cache line.
///
/// It does not ask for an aligned address as `crossbeam_utils::CachePadded` does, since allocators are
/// several times as slow with those, and a small graph is run in less than the difference.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Padded<T> {
    before: [u64; 7],
    value: T,
    after: [u64; 7],
}

impl<T> Padded<T> {
    pub(crate) fn new(value: T) -> Self {
        Padded { before: [0; 7], value, after: [0; 7] }
    }
}

impl<T> Deref for Padded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
