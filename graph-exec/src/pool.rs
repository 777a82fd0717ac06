//! Where the workers come from: the current rayon pool, or one of our own.

use std::sync::Arc;

use crate::Error;

/// A rayon pool.
#[derive(Clone)]
pub(crate) enum Pool {
    /// The pool of the calling thread, or rayon's global one.
    Current,
    /// One of our own.
    Own(Arc<rayon::ThreadPool>),
}

impl Pool {
    pub(crate) fn with_threads(threads: usize) -> Result<Self, Error> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("worker-{index}"))
            .build()
            .map_err(|error| Error::Threads { threads, message: error.to_string() })?;
        Ok(Pool::Own(Arc::new(pool)))
    }

    pub(crate) fn threads(&self) -> usize {
        match self {
            Pool::Current => rayon::current_num_threads(),
            Pool::Own(pool) => pool.current_num_threads(),
        }
    }

    /// Says whether the calling thread is one of the pool's.
    pub(crate) fn contains_this_thread(&self) -> bool {
        match self {
            Pool::Current => rayon::current_thread_index().is_some(),
            Pool::Own(pool) => pool.current_thread_index().is_some(),
        }
    }

    /// Lets a thread of the pool run `job` some time. For `Current`, the caller is a thread of the
    /// pool or of none.
    pub(crate) fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        match self {
            Pool::Current => rayon::spawn(job),
            Pool::Own(pool) => pool.spawn(job),
        }
    }
}
