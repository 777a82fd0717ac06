//! What became of the memory limit in a run.

/// How a run got on with the memory limit of its executor. All numbers but the counts are bytes
/// that the tasks declared, not bytes that were measured.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let executor = Executor::builder().memory_limit(64 * MIB).build()?;
/// let finished = executor.run(value(1))?;
/// let memory = finished.record().memory().unwrap();
/// assert_eq!((memory.limit, memory.peak), (64 << 20, 0));
/// assert_eq!(memory.undeclared, 1);
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryRecord {
    /// The limit.
    pub limit: u64,
    /// The most that lived at once, also in other runs of the executor.
    pub peak: u64,
    /// How many tasks were started although they did not fit, because nothing else could go on.
    pub forced: usize,
    /// By how much the limit was exceeded at most.
    pub excess: u64,
    /// How many tasks ran that declare nothing, and counted as nothing.
    pub undeclared: usize,
    /// What was still held at the end, by `Shared` handles of the program.
    pub pinned: u64,
}

impl MemoryRecord {
    /// Peak ÷ limit.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let executor = Executor::builder().memory_limit(MIB).build()?;
    /// let finished = executor.run(value(1))?;
    /// assert_eq!(finished.record().memory().unwrap().use_of_limit(), 0.0);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn use_of_limit(&self) -> f64 {
        if self.limit == 0 { 0.0 } else { self.peak as f64 / self.limit as f64 }
    }
}
