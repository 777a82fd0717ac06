//! `gather`: one task that puts the results of handles together, whatever they stand in.

mod containers;
mod tuples;

use std::path::PathBuf;

use crate::{
    construct::{
        call::{builtin_tasks, call},
        diagnostics::{CloneToPass, TaskResult},
        input::{Cloned, Constant, Input, Sealed, keep},
    },
    handle::{Delayed, Shared},
    primitives::primitives,
    remote::kind::RemoteKind,
};

builtin_tasks!(GatherTask = "gather": RemoteKind::Nothing);

/// What [`gather`] puts together: a handle, a constant, or a container or tuple of these.
///
/// | from | to |
/// |---|---|
/// | `Delayed<T>`, and with `T: Clone` `Shared<T>` and `&Shared<T>` | `T` |
/// | `Vec<H>`, `VecDeque<H>`, `Box<[H]>`, `[H; N]`, `Option<H>` | the same container of results |
/// | `HashMap<K, H>`, `BTreeMap<K, H>` | the same map of results |
/// | tuples up to twelve | a tuple of results |
/// | `struct` fields in the handles that [`derive(Handles)`](derive@crate::Handles) makes | the struct |
/// | numbers, `bool`, `char`, texts, paths; [`Constant(x)`](crate::input::Constant) for anything else | themselves |
///
/// It is sealed: only this library, and the code that its macros write, implement it.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, Gather, gather, value};
///
/// fn labelled<H: Gather>(label: &'static str, handles: H) -> Delayed<(&'static str, H::Value)> {
///     gather((label, handles))
/// }
///
/// let prices: Delayed<(&str, Vec<f64>)> = labelled("ibm", vec![value(101.5), value(99.0)]);
/// # drop(prices);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handle, and nothing that `gather` takes apart",
    label = "neither a handle, nor a container or tuple of handles",
    note = "a constant goes in as `value(x)` or as `input::Constant(x)`"
)]
pub trait Gather {
    /// What the results are put together to.
    type Value: Send + 'static;
    /// What the task keeps until it runs.
    #[doc(hidden)]
    type Parts: Input<Taken = Self::Value>;
    /// Turns the handles into what the task keeps.
    #[doc(hidden)]
    fn parts(self, _: Sealed) -> Self::Parts;
}

/// Builds one task that puts the results of handles together: `Delayed<(A, Vec<B>)>` from
/// `(Delayed<A>, Vec<Delayed<B>>)`, whatever the handles stand in ([`Gather`] lists it).
///
/// A parameter of `#[delayed]` whose type is written as a tuple or a container takes handles in these by
/// itself, with no task more. `gather` serves where that cannot be seen: behind a type alias, where the
/// type holds a generic parameter, in [`defer!`](crate::defer), and for a result that is to be
/// [shared](Delayed::shared) as a whole. It takes time in proportion to the number of handles. Among
/// handles a number is written with its type where it is not an `i32` or `f64`, `2_i64`.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, delayed, gather, value};
///
/// type Quote = (String, Vec<f64>);
///
/// #[delayed]
/// fn mean(quote: Quote) -> f64 {
///     quote.1.iter().sum::<f64>() / quote.1.len() as f64
/// }
///
/// let prices: Vec<Delayed<f64>> = [101.5, 99.0].into_iter().map(value).collect();
/// let mean = mean(gather(("ibm".to_owned(), prices)));
/// # drop(mean);
/// ```
#[track_caller]
pub fn gather<H: Gather<Value: TaskResult>>(handles: H) -> Delayed<H::Value> {
    call::<GatherTask, _, _, _>((keep(handles.parts(Sealed)), ()), |(value, ())| value)
}

impl<T: Send + 'static> Gather for Delayed<T> {
    type Value = T;
    type Parts = Delayed<T>;
    fn parts(self, _: Sealed) -> Delayed<T> {
        self
    }
}

impl<T: CloneToPass + Send + Sync + 'static> Gather for Shared<T> {
    type Value = T;
    type Parts = Cloned<T>;
    fn parts(self, _: Sealed) -> Cloned<T> {
        Cloned(self)
    }
}

impl<T: CloneToPass + Send + Sync + 'static> Gather for &Shared<T> {
    type Value = T;
    type Parts = Cloned<T>;
    fn parts(self, _: Sealed) -> Cloned<T> {
        Cloned(self.clone())
    }
}

impl<T: Send + 'static> Gather for Constant<T> {
    type Value = T;
    type Parts = Constant<T>;
    fn parts(self, _: Sealed) -> Constant<T> {
        self
    }
}

macro_rules! constants {
    ([$($type:ty)*]) => {$(
        #[diagnostic::do_not_recommend]
        impl Gather for $type {
            type Value = $type;
            type Parts = Constant<$type>;
            fn parts(self, _: Sealed) -> Self::Parts {
                Constant(self)
            }
        }
    )*};
}

primitives!(all: constants!);
constants!([() String &'static str PathBuf]);
