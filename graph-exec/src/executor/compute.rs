//! `.compute()` on handles, and `compute(…)` for several at once.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use graph_core::{Delayed, Outputs, Shared};

use crate::{
    error::Error,
    executor::{Executor, background::Running},
};

/// Computes one handle, or a tuple, container or struct of them ([`Outputs`]), in one run on all cores;
/// the results keep that shape, and what the handles have in common runs once: `compute((a, b))`, with two
/// pairs of parentheses, since the argument is one.
///
/// Runs on [`Executor::default`]. May be called anywhere, inside a task too. In an async function it would
/// block the runtime's thread: write `handle.spawn().await` there (see [`Compute::spawn`]).
///
/// # Errors
/// The first failure; see [`Executor::compute`].
///
/// ```
/// use graph_exec::prelude::*;
///
/// let table = value(vec![3, 1, 2]).shared();
/// let low = table.map(|rows| rows.iter().copied().min());
/// let high = table.map(|rows| rows.iter().copied().max());
/// assert_eq!(compute((low, high))?, (Some(1), Some(3)));
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub fn compute<H: Outputs>(handle_or_tuple: H) -> Result<H::Values, Error> {
    Executor::default().compute(handle_or_tuple)
}

/// `.compute()` on a [`Delayed`], or on a tuple, container or struct of handles: they are used up.
///
/// ```
/// use graph_exec::prelude::*;
///
/// assert_eq!(value(42).compute()?, 42);
/// assert_eq!(vec![value(1), value(2)].compute()?, [1, 2]);
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub trait Compute: Outputs + Sized {
    /// Runs what the handles need, on all cores, and returns their results.
    ///
    /// It blocks the thread, in an async function the runtime's: write `handles.spawn().await` there.
    ///
    /// # Errors
    /// The first failure; see [`Executor::compute`].
    fn compute(self) -> Result<Self::Values, Error> {
        compute(self)
    }

    /// Lets what the handles need run in the background, and returns at once; see [`Executor::spawn`].
    /// The [`Running`] that it returns can be waited for, awaited, cancelled or left alone.
    fn spawn(self) -> Running<Self::Values>
    where
        Self: Outputs<Values: 'static, Owned: Send + 'static>,
    {
        Executor::default().spawn(self)
    }
}

impl<T: Send + 'static> Compute for Delayed<T> {}
impl<H: Outputs> Compute for Vec<H> {}
impl<H: Outputs> Compute for VecDeque<H> {}
impl<H: Outputs> Compute for Box<[H]> {}
impl<H: Outputs> Compute for Option<H> {}
impl<K: Ord, H: Outputs> Compute for BTreeMap<K, H> {}
impl<K: Eq + Hash, H: Outputs, S: BuildHasher + Default> Compute for HashMap<K, H, S> {}
impl<H: Outputs, const N: usize> Compute for [H; N] {}

/// Makes `.compute()` a method of a struct of handles: its generics, its type and its bounds, each in
/// brackets.
#[doc(hidden)]
#[macro_export]
macro_rules! __compute_fields {
    ([$($generics:tt)*] [$type:ty] [$($bounds:tt)*]) => {
        impl<$($generics)*> $crate::Compute for $type where $($bounds)* {}
    };
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {
        $(impl<$($name: Outputs),+> Compute for ($($name,)+) {})+
    };
}

tuples!((A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E F)(A B C D E F G)(A B C D E F G H));
tuples!((A B C D E F G H I)(A B C D E F G H I J)(A B C D E F G H I J K)(A B C D E F G H I J K L));

/// `.compute()` on a [`Shared`]: the handle stays, and answers again without running anything.
///
/// ```
/// use graph_exec::prelude::*;
///
/// let table = value(vec![1, 2]).shared();
/// assert_eq!(*table.compute()?, [1, 2]);
/// assert_eq!(*table.compute()?, [1, 2]); // runs nothing
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub trait ComputeShared {
    /// The result's type.
    type Value;

    /// Runs what the handle needs, on all cores, and returns its result.
    ///
    /// It blocks the thread, in an async function the runtime's: write `handle.spawn().await` there.
    ///
    /// # Errors
    /// The first failure; see [`Executor::compute`].
    fn compute(&self) -> Result<Arc<Self::Value>, Error>;

    /// Lets what the handle needs run in the background, and returns at once; see [`Executor::spawn`].
    fn spawn(&self) -> Running<Arc<Self::Value>>;
}

impl<T: Send + Sync + 'static> ComputeShared for Shared<T> {
    type Value = T;

    fn compute(&self) -> Result<Arc<T>, Error> {
        compute(self)
    }

    fn spawn(&self) -> Running<Arc<T>> {
        Executor::default().spawn(self.clone())
    }
}
