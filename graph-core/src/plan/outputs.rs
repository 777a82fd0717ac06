//! What can be computed or drawn at once: a handle, or a tuple, container or struct of them.

pub(crate) mod borrowed;
mod containers;
mod tuples;

use std::sync::Arc;

use crate::{
    handle::{Delayed, Shared},
    plan::roots::Roots,
    task::failure::drop_quietly,
};

/// One handle, or several in a tuple, an array, a `Vec`, a `VecDeque`, a boxed slice, an `Option`, a map, or
/// the struct that [`derive(Handles)`](derive@crate::Handles) makes, nested as you like; results keep that
/// shape. Shared handles, and tuples and containers of them, may also stand behind `&`
/// ([`BorrowedOutputs`](crate::bounds::BorrowedOutputs)): `compute(&parts)` of a `Vec<Shared<T>>` leaves them
/// to be used again.
///
/// It is sealed: only this library implements it.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Graph, value};
///
/// let (a, b) = (value(1), value("x").shared());
/// let graph = Graph::of(&(a, &b))?;
/// assert_eq!(graph.outputs().len(), 2);
/// # Ok::<(), graph_core::GraphError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handle, so there is nothing to compute or draw",
    label = "not a `Delayed`, a `Shared`, a `&Shared`, or a tuple, container or struct of them",
    note = "a `Delayed` is passed without `&`, since computing uses it up; only shared handles, also in lists, are computed behind `&`; to draw and then compute: `let all = (a, b); Graph::of(&all)?; compute(all)?`",
    note = "a plain value among handles is written `value(x)`, or `gather(…)` makes one handle of all, `compute(gather(handles))`; an iterator becomes a list by `.collect::<Vec<_>>()`"
)]
pub trait Outputs {
    /// The results: `T` for a `Delayed<T>`, `Arc<T>` for a `Shared<T>`.
    type Values;
    /// The results with a `Result` in the place of each.
    type Results<E>;
    /// The same handles, with a `Shared` in the place of each `&Shared`.
    type Owned: Outputs<Values = Self::Values>;

    /// Adds the tasks behind the handles.
    #[doc(hidden)]
    fn roots<'a>(&'a self, roots: &mut Roots<'a>);

    /// Takes the results. `next` is asked of each handle in turn whether there is one.
    #[doc(hidden)]
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E>;

    /// Takes the results; every task must have one.
    #[doc(hidden)]
    fn values(self) -> Self::Values;

    /// Makes them independent of what they borrow from.
    #[doc(hidden)]
    fn into_owned(self) -> Self::Owned;
}

impl<T: Send + 'static> Outputs for Delayed<T> {
    type Values = T;
    type Results<E> = Result<T, E>;
    type Owned = Self;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        roots.add(self.task(), true);
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Result<T, E> {
        match next() {
            Ok(()) => Ok(self.take_value()),
            Err(error) => {
                // With the handle may go what the task holds, which nobody has asked for.
                drop_quietly(self);
                Err(error)
            }
        }
    }
    fn values(self) -> T {
        self.take_value()
    }
    fn into_owned(self) -> Self {
        self
    }
}

impl<T: Send + Sync + 'static> Outputs for Shared<T> {
    type Values = Arc<T>;
    type Results<E> = Result<Arc<T>, E>;
    type Owned = Shared<T>;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        roots.add(self.task(), false);
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Result<Arc<T>, E> {
        next().map(|()| self.value().clone())
    }
    fn values(self) -> Arc<T> {
        self.value().clone()
    }
    fn into_owned(self) -> Shared<T> {
        self
    }
}

/// Written behind the [`Outputs`] of a struct of handles: here nothing runs, so nothing is written;
/// graph-exec's macro of this name makes `.compute()` its method.
#[doc(hidden)]
#[macro_export]
macro_rules! __compute_fields {
    ($($tokens:tt)*) => {};
}
