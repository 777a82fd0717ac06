//! Letting failed tasks run again: `Shared::reset`, for functions with `resettable`.

use crate::{graph::error::GraphError, handle::Shared, plan::collect};

impl<T: 'static> Shared<T> {
    /// Lets a failed task be computed again. Without this, a task that has failed keeps its error, and every
    /// later run that needs it fails with that.
    ///
    /// Reset are this task, when it has failed, and every failed task that it needs, through any number of
    /// others: the whole path that led to the failure. What has a result keeps it. The next run tries
    /// these tasks again, with all their retries; a run that has met the failure before is not changed.
    /// Returns how many tasks were reset, 0 when none had failed.
    ///
    /// A task takes its inputs when it runs, so only one that keeps them can be reset: its function has
    /// [`#[delayed(resettable)]`](macro@crate::delayed#options). Tasks that never ran, because something that
    /// they need had failed, need nothing of the kind. A task that has failed on a cluster keeps no results of
    /// other tasks: the next run computes those too, unless shared handles hold them.
    ///
    /// # Errors
    /// [`GraphError::InputsUsedUp`] for a failed task that has not kept its inputs. Nothing is reset then.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, delayed};
    ///
    /// #[delayed(resettable)]
    /// fn fetch(url: &str) -> std::io::Result<String> {
    ///     Ok(format!("what {url} says"))
    /// }
    ///
    /// let page = fetch("https://example.org").shared();
    /// assert_eq!(page.reset()?, 0); // it has not failed
    /// # Ok::<(), graph_exec::GraphError>(())
    /// ```
    pub fn reset(&self) -> Result<usize, GraphError> {
        collect::reset(self.task())
    }
}
