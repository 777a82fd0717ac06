//! The failure that an error keeps, which may be the error of a graph that a task has computed, and so on.
//!
//! Dropping one inside another would need stack for each level, of which there may be thousands, and the thread may
//! have little. So the outermost is dropped first, and then those that were inside, one after another.

use std::{cell::RefCell, fmt, ops::Deref, sync::Arc};

use graph_core::{__run::drop_quietly, Failure};

thread_local! {
    /// Those that were inside the one that is being dropped; `None` while none is.
    static INSIDE: RefCell<Option<Vec<Arc<Failure>>>> = const { RefCell::new(None) };
}

/// A failure that is dropped without recursion.
#[derive(Clone)]
pub(super) struct KeptFailure {
    /// `None` while it is dropped.
    failure: Option<Arc<Failure>>,
}

impl From<Arc<Failure>> for KeptFailure {
    fn from(failure: Arc<Failure>) -> Self {
        KeptFailure { failure: Some(failure) }
    }
}

impl Deref for KeptFailure {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        match &self.failure {
            Some(failure) => failure,
            None => unreachable!("nobody looks at what is being dropped"),
        }
    }
}

impl fmt::Debug for KeptFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.iter().try_for_each(|failure| failure.fmt(f))
    }
}

impl Drop for KeptFailure {
    fn drop(&mut self) {
        let keep = |inside: &RefCell<Option<Vec<Arc<Failure>>>>| match &mut *inside.borrow_mut() {
            Some(inside) => {
                inside.extend(self.failure.take());
                false
            }
            none => {
                *none = Some(Vec::new());
                true
            }
        };
        // A thread that is ending has no such place any more.
        let is_outermost = INSIDE.try_with(keep).unwrap_or(false);
        let _inside = is_outermost.then(|| Inside);
        drop(self.failure.take());
    }
}

/// Drops those that were inside, also when the destructor of the outermost has panicked. What theirs panic with
/// concerns nobody.
struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        let next = || INSIDE.try_with(|inside| inside.borrow_mut().as_mut()?.pop()).ok().flatten();
        while let Some(failure) = next() {
            drop_quietly(failure);
        }
        let _ = INSIDE.try_with(RefCell::take);
    }
}
