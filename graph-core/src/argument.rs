//! What may be passed for a parameter taken by value.
//!
//! The implementations are written out one by one: the compiler shows them to a user whose
//! argument does not fit.

use std::{marker::PhantomData, path::PathBuf, sync::Arc};

use crate::{
    Delayed, Shared,
    input::{Cloned, Constant, Counted, Input},
    task::Edges,
};

/// An argument for a parameter of type `T`: a `T`, a handle of one, or a container of handles
/// where `T` is the same container of results.
#[diagnostic::on_unimplemented(
    message = "this argument cannot be used where the function takes `{T}`",
    label = "`{Self}` is neither `{T}` nor a handle of `{T}`",
    note = "a parameter `{T}` takes a `{T}`, a `Delayed<{T}>`, a `Shared<{T}>` or a `&Shared<{T}>`"
)]
pub trait IntoArg<T> {
    /// What the task keeps until it runs.
    type Input: Input<Taken = T>;
    /// Turns the argument into what the task keeps.
    fn into_arg(self) -> Self::Input;
}

impl<T: Send + 'static> IntoArg<T> for T {
    type Input = Constant<T>;
    #[inline]
    fn into_arg(self) -> Constant<T> {
        Constant(self)
    }
}

impl<T: Send + 'static> IntoArg<T> for Delayed<T> {
    type Input = Delayed<T>;
    #[inline]
    fn into_arg(self) -> Delayed<T> {
        self
    }
}

impl<T: Clone + Send + Sync + 'static> IntoArg<T> for Shared<T> {
    type Input = Cloned<T>;
    #[inline]
    fn into_arg(self) -> Cloned<T> {
        Cloned(self)
    }
}

impl<T: Clone + Send + Sync + 'static> IntoArg<T> for &Shared<T> {
    type Input = Cloned<T>;
    #[inline]
    fn into_arg(self) -> Cloned<T> {
        Cloned(self.clone())
    }
}

impl<T: Send + Sync + 'static> IntoArg<Arc<T>> for Shared<T> {
    type Input = Counted<T>;
    fn into_arg(self) -> Counted<T> {
        Counted(self)
    }
}

impl<T: Send + Sync + 'static> IntoArg<Arc<T>> for &Shared<T> {
    type Input = Counted<T>;
    fn into_arg(self) -> Counted<T> {
        Counted(self.clone())
    }
}

impl IntoArg<String> for &str {
    type Input = Constant<String>;
    fn into_arg(self) -> Constant<String> {
        Constant(self.to_owned())
    }
}

impl IntoArg<PathBuf> for &str {
    type Input = Constant<PathBuf>;
    fn into_arg(self) -> Constant<PathBuf> {
        Constant(self.into())
    }
}

impl<T: Send + 'static> IntoArg<Vec<T>> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_arg(self) -> Vec<Delayed<T>> {
        self
    }
}

impl<T: Clone + Send + Sync + 'static> IntoArg<Vec<T>> for Vec<Shared<T>> {
    type Input = Vec<Cloned<T>>;
    fn into_arg(self) -> Vec<Cloned<T>> {
        self.into_iter().map(Cloned).collect()
    }
}

impl<T: Send + 'static, const N: usize> IntoArg<[T; N]> for [Delayed<T>; N] {
    type Input = [Delayed<T>; N];
    fn into_arg(self) -> [Delayed<T>; N] {
        self
    }
}

impl<T: Send + 'static> IntoArg<Option<T>> for Option<Delayed<T>> {
    type Input = Option<Delayed<T>>;
    fn into_arg(self) -> Option<Delayed<T>> {
        self
    }
}

/// An input that is known by the type of its result alone.
///
/// The caller's argument fixes `I`, the function's parameter fixes `T`; a closure over `T` can
/// be checked before `I` is known.
pub struct ByValue<I, T> {
    input: I,
    parameter: PhantomData<fn() -> T>,
}

/// Makes the input for a parameter of type `T`.
#[inline]
pub fn by_value<T, A: IntoArg<T>>(argument: A) -> ByValue<A::Input, T> {
    ByValue { input: argument.into_arg(), parameter: PhantomData }
}

impl<T: 'static, I: Input<Taken = T>> Input for ByValue<I, T> {
    type Taken = T;
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
}
