//! `defer!`: a call of a function that carries no `#[delayed]`, as a task.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    construct::{
        diagnostics::{MethodReceiver, MovedByReference},
        input::{Borrowed, Input},
    },
    handle::{Delayed, Shared},
};

/// Builds a task that calls any function, also one from another crate.
///
/// | written | the function takes it |
/// |---|---|
/// | `defer!(f(a, b))` | by value: a handle's result moves in, or a shared one's clone |
/// | `defer!(f(&a))` | by reference: the task keeps `a`, or its result, and lends it |
/// | `defer!(f(a)?)` | and returns a `Result`: dependents see what is inside `Ok` |
/// | `defer!(a.method(b))` | a method of the result of the handle `a` |
/// | `defer!(Config { a, b: c })` | nothing is called: a struct is made, each field by value |
///
/// Arguments are ordinary expressions, which run at once, here and now: `defer!(inc(slow(1)))` runs
/// `slow` while the graph is built. To make a task of it too, write `defer!(inc(defer!(slow(1))))`.
///
/// A `#[delayed]` function is called without `defer!`: it builds a task already, so
/// `defer!(save(1))` would be a task that builds another one, which nobody computes. To build a graph
/// inside a task, and run it as part of the same run, call [`flatten`](crate::Delayed::flatten) on the
/// handle.
///
/// The task is shown under the last name of the path. All forms use a `Delayed` up; `&a` and
/// `a.method()` leave a `Shared` to its owner. Everything else that stands behind `&` moves in too.
///
/// A generic function that is given a handle needs its types, `defer!(max::<i64>(a, b))`.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, defer, value};
///
/// fn total(parts: &[i64]) -> i64 {
///     parts.iter().sum()
/// }
///
/// let low = defer!(i64::min(value(3), 4));
/// let parts: Vec<Delayed<i64>> = (0..3).map(|n| defer!(i64::pow(n, 2))).collect();
/// let sum = defer!(total(&parts));
/// let number = defer!(str::parse::<f64>(&"2.5")?);
/// let text = value(" x ").shared();
/// let trimmed = defer!(text.to_uppercase());
/// # drop((low, sum, number, trimmed));
/// ```
#[macro_export]
macro_rules! defer {
    ($($call:tt)*) => {
        $crate::__private::defer!([$crate] $($call)*)
    };
}

/// A handle that a method can be called on.
///
/// Not implemented for `Shared` itself: a method call then borrows it instead of moving it.
pub trait Receiver {
    /// What the task keeps.
    type Input: Input;
    /// Turns the handle into what the task keeps.
    fn __receiver(self) -> Self::Input;
}

impl<T: Send + 'static> Receiver for Delayed<T> {
    type Input = Delayed<T>;
    fn __receiver(self) -> Delayed<T> {
        self
    }
}

impl<T: Send + Sync + 'static> Receiver for &Shared<T> {
    type Input = Borrowed<T>;
    fn __receiver(self) -> Borrowed<T> {
        Borrowed(self.clone())
    }
}

/// Found for everything that is no [`Receiver`], so that the compiler can say why. Methods that borrow
/// mutably are looked for last, so a `Receiver`'s own method comes first.
pub trait ReceiverOfNothing {
    /// Cannot be called.
    fn __receiver(&mut self) -> Self::Input
    where
        Self: MethodReceiver,
    {
        unreachable!("`MethodReceiver` holds for nothing")
    }
}
impl<T: ?Sized> ReceiverOfNothing for T {}

/// What a variable behind `&` in `defer!` may hold.
///
/// The method moves the variable's value. For a `Shared` only the reference implements the trait, so
/// that the variable keeps it.
pub trait Owner: Sized {
    /// Itself.
    fn __owner(self) -> Self {
        self
    }
}

impl<T> Owner for Delayed<T> {}
impl<T> Owner for &Shared<T> {}
impl<T> Owner for Vec<T> {}
impl<T, const N: usize> Owner for [T; N] {}
impl<T> Owner for Option<T> {}
impl<K, V, S> Owner for HashMap<K, V, S> {}
impl<K, V> Owner for BTreeMap<K, V> {}
impl<T: ?Sized> Owner for Arc<T> {}
impl<T: ?Sized> Owner for Box<T> {}
impl Owner for String {}
impl Owner for &str {}
impl Owner for PathBuf {}
impl Owner for &Path {}

/// Found for everything that is no [`Owner`], as [`ReceiverOfNothing`] is.
pub trait OwnerOfNothing {
    /// Cannot be called.
    fn __owner(&mut self) -> Self::Owner
    where
        Self: MovedByReference,
    {
        unreachable!("`MovedByReference` holds for nothing")
    }
}
impl<T: ?Sized> OwnerOfNothing for T {}
