//! How a run got on with the memory limit.

use std::time::Duration;

/// How a run got on with the memory limit of its executor. Bytes are those that tasks declared, not
/// bytes that were measured.
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
    /// The limit, in bytes.
    pub limit: u64,
    /// The most bytes that lived at once during the run, those of the executor's other runs included.
    pub peak: u64,
    /// How many ready tasks did not fit at first and had to wait.
    pub held_back: usize,
    /// The time in which at least one of them waited.
    pub waited: Duration,
    /// How many tasks started although they did not fit, because nothing else could go on.
    pub overcommitted: usize,
    /// The most bytes by which the limit was exceeded; 0 when it never was.
    pub excess: u64,
    /// How many tasks ran that declare no bytes, and counted as 0 bytes.
    pub undeclared: usize,
    /// The bytes that `Shared` handles of the program still held at the end.
    pub pinned: u64,
}

impl MemoryRecord {
    /// Peak ÷ limit; 0 for a limit of 0 bytes.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let executor = Executor::builder().memory_limit(MIB).build()?;
    /// let finished = executor.run(value(1))?;
    /// assert_eq!(finished.record().memory().unwrap().utilization(), 0.0);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn utilization(&self) -> f64 {
        if self.limit == 0 { 0.0 } else { self.peak as f64 / self.limit as f64 }
    }
}
