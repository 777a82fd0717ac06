//! Which spare permits there are: they are numbered after those that an executor has.

/// The spare permits of an executor.
pub(crate) struct Spares {
    /// How many permits the executor has; spare ones are numbered from there.
    pub(super) own: usize,
    /// How many numbers have been given out, those that are unused again among them.
    pub(super) numbers: usize,
    pub(super) unused: Vec<usize>,
    /// How many tasks had been started with the executor's own permits when the last one was made.
    pub(super) stalled_at: u64,
}

impl Spares {
    pub(crate) fn new(own: usize) -> Self {
        Spares { own, numbers: 0, unused: Vec::new(), stalled_at: 0 }
    }

    /// How many are held.
    pub(crate) fn out(&self) -> usize {
        self.numbers - self.unused.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.out() == 0
    }
}
