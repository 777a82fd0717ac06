//! Splitting the handle of a tuple or an array into handles of its parts.

mod shared;
mod tuples;

use std::{
    any::type_name,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use crate::{
    construct::{
        call::{builtin_tasks, call},
        input::{Borrowed, Input, Settled, SharedValue},
    },
    handle::Delayed,
    remote::{kind::RemoteKind, template::Template},
    task::{
        function::{Function, Named},
        header::Edges,
    },
};

builtin_tasks!(Unzip = "unzip": RemoteKind::Nothing);

/// A tuple of types, as the names of its elements.
trait TypeNames: 'static {
    const NAMES: &'static [fn() -> &'static str];
}

/// Names the task that takes a `Kept` out of a tuple or an array, behind parts that are `Skipped`.
struct Part<Skipped, Kept>(PhantomData<(Skipped, Kept)>);

impl<Skipped: TypeNames, Kept: 'static> Named for Part<Skipped, Kept> {
    const REMOTE: RemoteKind =
        RemoteKind::Part { skipped: Skipped::NAMES, kept: type_name::<Kept> };
    fn function() -> Function {
        Function { module: "", name: "part", file: "", line: 0, column: 0 }
    }
}

/// How many times the skipped types are skipped, as an input that pictures do not show: once in a tuple,
/// and as often as its index says for an element of an array.
struct Skips(usize);

impl Input for Skips {
    type Taken = usize;
    type Kind = Settled;
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
type Array<T, const N: usize> = SharedValue<[Waiting<T>; N]>;

fn take_part<T>(part: &Waiting<T>) -> T {
    let part = part.lock().unwrap_or_else(PoisonError::into_inner).take();
    part.expect("a part has one handle, which is used once")
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
            call::<Part<(T,), T>, _, _, _>(
                (Skips(index), (Borrowed(parts.clone()), ())),
                |(index, (parts, ())): (usize, (Array<T, N>, ()))| take_part(&parts[index]),
            )
        })
    }
}
