//! Splitting the handle of a pair or an array into handles of its parts.

use std::sync::{Mutex, PoisonError};

use crate::{
    Delayed,
    call::call,
    delayed::own_functions,
    input::{Borrowed, SharedValue},
};

own_functions!(Unzip = "unzip", Part = "part");

/// A part that waits to be moved into its one consumer.
type Waiting<T> = Mutex<Option<T>>;
type Pair<A, B> = SharedValue<(Waiting<A>, Waiting<B>)>;

fn take_part<T>(part: &Waiting<T>) -> T {
    let part = part.lock().unwrap_or_else(PoisonError::into_inner).take();
    part.expect("a part has one handle, which is used once")
}

impl<A: Send + 'static, B: Send + 'static> Delayed<(A, B)> {
    /// Splits a pair that is not there yet; each half moves into its consumer, nothing is cloned.
    ///
    /// ```
    /// let (low, high) = graph_core::value((1, 9)).unzip();
    /// let width = high - low;
    /// # drop(width);
    /// ```
    #[track_caller]
    pub fn unzip(self) -> (Delayed<A>, Delayed<B>) {
        let parts = call::<Unzip, _, _, _>((self, ()), |((a, b), ())| {
            (Mutex::new(Some(a)), Mutex::new(Some(b)))
        })
        .shared();
        let first = call::<Part, _, _, _>(
            (Borrowed(parts.clone()), ()),
            |(parts, ()): (Pair<A, B>, ())| take_part(&parts.0),
        );
        let second =
            call::<Part, _, _, _>((Borrowed(parts), ()), |(parts, ()): (Pair<A, B>, ())| {
                take_part(&parts.1)
            });
        (first, second)
    }
}

impl<T: Send + 'static, const N: usize> Delayed<[T; N]> {
    /// Splits an array that is not there yet; each element moves into its consumer.
    ///
    /// ```
    /// let [first, second] = graph_core::value([1, 2]).unzip();
    /// # drop((first, second));
    /// ```
    #[track_caller]
    pub fn unzip(self) -> [Delayed<T>; N] {
        let parts = call::<Unzip, _, _, _>((self, ()), |(parts, ())| {
            parts.map(|part| Mutex::new(Some(part)))
        })
        .shared();
        std::array::from_fn(|index| {
            call::<Part, _, _, _>(
                (Borrowed(parts.clone()), ()),
                move |(parts, ()): (SharedValue<[Waiting<T>; N]>, ())| take_part(&parts[index]),
            )
        })
    }
}
