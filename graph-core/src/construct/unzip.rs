//! Splitting the handle of a pair or an array into handles of its parts.

use std::{
    any::type_name,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use crate::{
    construct::{
        call::{Named, builtin_tasks, call},
        input::{Borrowed, Input, SharedValue},
    },
    handle::Delayed,
    remote::{kind::RemoteKind, template::Template},
    task::{function::Function, header::Edges},
};

builtin_tasks!(Unzip = "unzip": RemoteKind::Nothing);

/// Names the task that takes a `Kept` out of a pair or an array, behind parts that are `Skipped`.
struct Part<Skipped, Kept>(PhantomData<(Skipped, Kept)>);

impl<Skipped: 'static, Kept: 'static> Named for Part<Skipped, Kept> {
    const REMOTE: RemoteKind =
        RemoteKind::Part { skipped: type_name::<Skipped>, kept: type_name::<Kept> };
    fn function() -> Function {
        Function { module: "", name: "part", file: "", line: 0, column: 0 }
    }
}

/// The index of a part, as an input that pictures do not show.
struct Index(usize);

impl Input for Index {
    type Taken = usize;
    fn edges(&self, _: &mut Edges) {}
    fn take(self) -> usize {
        self.0
    }
    fn template(&self, template: &mut Template) {
        template.length(self.0);
    }
}

/// A part that waits to be moved into its one consumer.
type Waiting<T> = Mutex<Option<T>>;
type Pair<A, B> = SharedValue<(Waiting<A>, Waiting<B>)>;
type Array<T, const N: usize> = SharedValue<[Waiting<T>; N]>;

fn take_part<T>(part: &Waiting<T>) -> T {
    let part = part.lock().unwrap_or_else(PoisonError::into_inner).take();
    part.expect("a part has one handle, which is used once")
}

impl<A: Send + 'static, B: Send + 'static> Delayed<(A, B)> {
    /// Splits the handle of a pair. Each half moves into its consumer, nothing is cloned.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let (low, high) = graph_exec::value((1, 9)).unzip();
    /// let width = high - low;
    /// # drop(width);
    /// ```
    #[track_caller]
    pub fn unzip(self) -> (Delayed<A>, Delayed<B>) {
        let parts = call::<Unzip, _, _, _>((self, ()), |((a, b), ())| {
            (Mutex::new(Some(a)), Mutex::new(Some(b)))
        })
        .shared();
        let first = call::<Part<A, A>, _, _, _>(
            (Index(0), (Borrowed(parts.clone()), ())),
            |(_, (parts, ())): (usize, (Pair<A, B>, ()))| take_part(&parts.0),
        );
        let second = call::<Part<A, B>, _, _, _>(
            (Index(1), (Borrowed(parts), ())),
            |(_, (parts, ())): (usize, (Pair<A, B>, ()))| take_part(&parts.1),
        );
        (first, second)
    }
}

impl<T: Send + 'static, const N: usize> Delayed<[T; N]> {
    /// Splits the handle of an array. Each element moves into its consumer, nothing is cloned.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let [first, second] = graph_exec::value([1, 2]).unzip();
    /// # drop((first, second));
    /// ```
    #[track_caller]
    pub fn unzip(self) -> [Delayed<T>; N] {
        let parts = call::<Unzip, _, _, _>((self, ()), |(parts, ())| {
            parts.map(|part| Mutex::new(Some(part)))
        })
        .shared();
        std::array::from_fn(|index| {
            call::<Part<T, T>, _, _, _>(
                (Index(index), (Borrowed(parts.clone()), ())),
                |(index, (parts, ())): (usize, (Array<T, N>, ()))| take_part(&parts[index]),
            )
        })
    }
}
