//! What may be passed for a parameter taken by reference: owners only, and none is cloned.

use std::{marker::PhantomData, path::Path, path::PathBuf, sync::Arc};

use crate::{
    Delayed, Shared,
    input::{Borrowed, Constant, Counted, Input, SharedValue},
    task::Edges,
};

/// An argument for a parameter of type `&U`: an owner of a `U`, or a handle of one.
#[diagnostic::on_unimplemented(
    message = "this argument cannot be used where the function takes `&{U}`",
    label = "`{Self}` neither owns a `{U}` nor is a handle of an owner",
    note = "a parameter `&{U}` takes an owned value, a `Delayed`, a `Shared` or a `&Shared` of it: \
            the task keeps its argument until it runs, so it cannot keep a borrow"
)]
pub trait IntoRef<U: ?Sized> {
    /// What the task keeps until it runs.
    type Input: Input<Taken: Lend<U>>;
    /// Turns the argument into what the task keeps.
    fn into_ref(self) -> Self::Input;
}

/// Something a running task holds and of which its function borrows a `U`.
pub trait Lend<U: ?Sized> {
    /// The borrow.
    fn lend(&self) -> &U;
}

impl<T> Lend<T> for T {
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<T> for SharedValue<T> {
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T> Lend<[T]> for Vec<T> {
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T, const N: usize> Lend<[T]> for [T; N] {
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<[T]> for SharedValue<Vec<T>> {
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl Lend<str> for String {
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<str> for SharedValue<String> {
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for PathBuf {
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl Lend<Path> for SharedValue<PathBuf> {
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl<T: Send + 'static> IntoRef<T> for T {
    type Input = Constant<T>;
    #[inline]
    fn into_ref(self) -> Constant<T> {
        Constant(self)
    }
}

impl<T: Send + 'static> IntoRef<T> for Delayed<T> {
    type Input = Delayed<T>;
    #[inline]
    fn into_ref(self) -> Delayed<T> {
        self
    }
}

impl<T: Send + Sync + 'static> IntoRef<T> for Shared<T> {
    type Input = Borrowed<T>;
    #[inline]
    fn into_ref(self) -> Borrowed<T> {
        Borrowed(self)
    }
}

impl<T: Send + Sync + 'static> IntoRef<T> for &Shared<T> {
    type Input = Borrowed<T>;
    #[inline]
    fn into_ref(self) -> Borrowed<T> {
        Borrowed(self.clone())
    }
}

impl<T: Send + 'static> IntoRef<[T]> for Vec<T> {
    type Input = Constant<Vec<T>>;
    fn into_ref(self) -> Constant<Vec<T>> {
        Constant(self)
    }
}

impl<T: Send + 'static> IntoRef<[T]> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_ref(self) -> Vec<Delayed<T>> {
        self
    }
}

impl<T: Send + Sync + 'static> IntoRef<[Arc<T>]> for Vec<Shared<T>> {
    type Input = Vec<Counted<T>>;
    fn into_ref(self) -> Vec<Counted<T>> {
        self.into_iter().map(Counted).collect()
    }
}

impl<T: Send + 'static> IntoRef<[T]> for Delayed<Vec<T>> {
    type Input = Delayed<Vec<T>>;
    fn into_ref(self) -> Delayed<Vec<T>> {
        self
    }
}

/// An input of which the function borrows a `U`.
pub struct ByRef<I, U: ?Sized> {
    input: I,
    parameter: PhantomData<fn(&U)>,
}

/// What [`ByRef`] becomes when the task runs.
pub struct Lent<L, U: ?Sized> {
    owner: L,
    parameter: PhantomData<fn(&U)>,
}

impl<L: Lend<U>, U: ?Sized> Lent<L, U> {
    /// The borrow for the function.
    #[inline]
    pub fn get(&self) -> &U {
        self.owner.lend()
    }
}

/// Makes the input for a parameter of type `&U`.
#[inline]
pub fn by_ref<U: ?Sized, A: IntoRef<U>>(argument: A) -> ByRef<A::Input, U> {
    ByRef { input: argument.into_ref(), parameter: PhantomData }
}

impl<U: ?Sized + 'static, I: Input<Taken: Lend<U>>> Input for ByRef<I, U> {
    type Taken = Lent<I::Taken, U>;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.input.edges(edges);
    }
    #[inline]
    fn take(self) -> Self::Taken {
        Lent { owner: self.input.take(), parameter: PhantomData }
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        self.input.arguments(texts);
    }
}
