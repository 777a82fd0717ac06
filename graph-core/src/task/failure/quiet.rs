//! Failures that the library has beside the user, or after him.

use std::{ops::Deref, sync::Arc};

use crate::task::failure::{Failure, drop_quietly};

/// A failure that the library holds. When that was the last reference, the user's error goes with it, and
/// whatever that panics with concerns nobody here, and nobody who lets go of several.
#[derive(Debug, Clone)]
pub struct QuietFailure {
    /// `None` while it is dropped.
    failure: Option<Arc<Failure>>,
}

impl From<Arc<Failure>> for QuietFailure {
    fn from(failure: Arc<Failure>) -> Self {
        QuietFailure { failure: Some(failure) }
    }
}

impl Deref for QuietFailure {
    type Target = Arc<Failure>;

    fn deref(&self) -> &Arc<Failure> {
        match &self.failure {
            Some(failure) => failure,
            None => unreachable!("nobody looks at what is being dropped"),
        }
    }
}

impl Drop for QuietFailure {
    fn drop(&mut self) {
        drop_quietly(self.failure.take());
    }
}
