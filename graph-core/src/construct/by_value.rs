//! What may be passed for a parameter taken by value.
//!
//! The implementations are written out one by one: a blanket one would overlap with the one for
//! plain values, and the compiler shows an implementation whose own bound does not hold. All others
//! are hidden from its suggestions, which would list them whatever the mistake.

mod containers;
mod shared;
#[cfg(test)]
mod tests;
mod text;

use std::{marker::PhantomData, sync::Arc};

use crate::{
    construct::{
        diagnostics::{CloneToPass, Keepable},
        input::{Cloned, Constant, Counted, Input, Sealed},
    },
    handle::{Delayed, Shared},
    remote::template::Template,
    task::{failure::kept::KeptArguments, header::Edges},
};

/// An argument for a parameter of type `T`.
///
/// | parameter | arguments |
/// |---|---|
/// | `T` | `T`, `Delayed<T>`; with `T: Clone` also `Shared<T>` and `&Shared<T>` |
/// | `Arc<T>` | also `Shared<T>` and `&Shared<T>`, which clone nothing |
/// | `String`, `PathBuf` | also `&str` and `&&str`, and handles of `&'static str`; a path also `&Path`, `&&Path`, `String` and its handles |
/// | `Vec<T>`, `VecDeque<T>`, `Box<[T]>`, `[T; N]`, `Option<T>`, maps | also the same container of `Delayed<T>`, and of `Shared<T>` or `&Shared<T>` as above: cloned for a `T`, not for an `Arc<T>` |
/// | `Vec<T>` | also `&Vec<Shared<T>>` and `&[Shared<T>]`, such as `&shared[..4]` |
/// | tuples, and containers of containers or tuples, `Vec<(String, Vec<f64>)>` | also the same with an argument of its own in each place, `vec![("ibm", vec![handle])]` |
/// | a struct with [`derive(Handles)`](derive@crate::Handles) | also the struct of handles |
///
/// The last but one holds for parameters whose type is *written* so (see [`shape`](crate::shape)): not
/// behind a type alias, and not where the type holds a generic parameter. There
/// [`gather`](crate::gather()) makes one handle of many, as it does for everything else.
///
/// In a `Vec` that mixes constants and handles, the constants are `value(x)`.
///
/// Functions of your own that build tasks can take the same arguments:
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, IntoArg, delayed, value};
///
/// #[delayed]
/// fn half(x: f64) -> f64 {
///     x / 2.0
/// }
///
/// fn quarter(x: impl IntoArg<f64>) -> Delayed<f64> {
///     half(half(x))
/// }
///
/// let shared = value(3.0).shared();
/// drop([quarter(1.0), quarter(value(2.0)), quarter(&shared)]);
/// ```
///
/// It is sealed: only this library implements it.
#[diagnostic::on_unimplemented(
    message = "this argument cannot be used where the function takes `{T}`",
    label = "`{Self}` is neither `{T}` nor a handle of `{T}`",
    note = "a parameter `{T}` takes the value itself, a `Delayed<{T}>` without `&`, or, if the value can be cloned, a `Shared<{T}>` or a `&Shared<{T}>`, as `.shared()` makes it; and the value may go to another thread",
    note = "nothing is converted: write `x as u64` or `1.0` for a number, `*x` or `x.clone()` of a borrow, `.copied()` or `.cloned()` behind `.iter()`, `.collect::<Vec<_>>()` of an iterator, `Box::new(x) as Box<dyn Trait + Send>`; what a handle gives is converted by `.map(|x| …)`",
    note = "of a handle, a `Delayed<Delayed<T>>` is opened by `.flatten()`, an `Option` by `.and_then(|x| x.ok_or(\"none\"))`, a `Result` under another name by `#[delayed(fallible)]` or the `?` in `defer!(f(x)?)` or `defer_async!(runtime, f(x).await?)`; where the `Result` itself is wanted, its function is `#[delayed(infallible)]`; a `#[delayed]` function is called without `defer!`",
    note = "handles in a list of structs, behind an alias or in a generic type become one by `gather(handles)`; a constant among handles is `value(x)`; shared ones that cannot be cloned go where the function takes `Vec<Arc<T>>`; an `Option<&T>` cannot borrow a result: take `Option<Arc<T>>`, and pass `Some(&shared)`"
)]
pub trait IntoArg<T> {
    /// What the task keeps until it runs.
    type Input: Input<Taken = T>;
    /// Turns the argument into what the task keeps.
    #[doc(hidden)]
    fn into_arg(self, _: Sealed) -> Self::Input;
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<T> for T {
    type Input = Constant<T>;
    #[inline]
    fn into_arg(self, _: Sealed) -> Constant<T> {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<T> for Delayed<T> {
    type Input = Delayed<T>;
    #[inline]
    fn into_arg(self, _: Sealed) -> Delayed<T> {
        self
    }
}

impl<T: CloneToPass + Send + Sync + 'static> IntoArg<T> for Shared<T> {
    type Input = Cloned<T>;
    #[inline]
    fn into_arg(self, _: Sealed) -> Cloned<T> {
        Cloned(self)
    }
}

impl<T: CloneToPass + Send + Sync + 'static> IntoArg<T> for &Shared<T> {
    type Input = Cloned<T>;
    #[inline]
    fn into_arg(self, _: Sealed) -> Cloned<T> {
        Cloned(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoArg<Arc<T>> for Shared<T> {
    type Input = Counted<T>;
    fn into_arg(self, _: Sealed) -> Counted<T> {
        Counted(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoArg<Arc<T>> for &Shared<T> {
    type Input = Counted<T>;
    fn into_arg(self, _: Sealed) -> Counted<T> {
        Counted(self.clone())
    }
}

/// An input whose type names the parameter: the function's signature fixes `T`, the caller's argument
/// `I`. So the compiler can check a closure that takes a `T` before it knows `I`.
#[derive(Debug)]
pub struct ByValue<I, T> {
    input: I,
    parameter: PhantomData<fn() -> T>,
}

/// Makes the input for a parameter of type `T`.
#[inline]
pub fn by_value<T: Keepable, A: IntoArg<T>>(argument: A) -> ByValue<A::Input, T> {
    ByValue { input: argument.into_arg(Sealed), parameter: PhantomData }
}

/// [`by_value`] for an input that is there.
#[inline]
pub(crate) fn from_input<T, I>(input: I) -> ByValue<I, T> {
    ByValue { input, parameter: PhantomData }
}

impl<T: 'static, I: Input<Taken = T>> Input for ByValue<I, T> {
    type Taken = T;
    type Kind = I::Kind;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.input.edges(edges);
    }
    #[inline]
    fn take(self) -> T {
        self.input.take()
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        self.input.arguments(texts);
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.input.keep(kept);
    }
    fn constant(&self) -> Option<&T> {
        self.input.constant()
    }
    fn template(&self, template: &mut Template) {
        self.input.template(template);
    }
}
