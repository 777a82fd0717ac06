//! Handles inside tuples and nested containers, for parameters whose type is written so.
//!
//! One set of implementations cannot serve both plain values and containers of anything that is an
//! argument: a `Vec<i64>` would be both. What a parameter's type looks like, which `#[delayed]` sees,
//! tells them apart: it is written as a *shape*.

mod by_ref;
mod by_value;
mod whole;

use std::marker::PhantomData;

use crate::construct::{
    by_ref::{self as reference, ByRef, lend::Lend},
    by_value::{self as owned, ByValue, IntoArg},
    diagnostics::Keepable,
    input::{Input, Kept, Sealed, keep},
};

/// The shape of a type that is taken as a whole: what [`IntoArg`] takes goes there.
#[derive(Debug, Clone, Copy)]
pub struct One(());

/// The shape of a container whose elements have the shape `S`, or of a tuple whose elements have the
/// shapes in the tuple `S`.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::shape::{Each, One};
///
/// /// The shape of a `Vec<(String, Vec<f64>)>`.
/// type Table = Each<Each<(One, Each<One>)>>;
/// # let _: Option<Table> = None;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Each<S>(PhantomData<S>);

/// An argument for a parameter taken by value whose type `T` is written as the shape `S`: the value, a
/// handle of it, or the same tuple or container with an argument of its own in each place.
///
/// `#[delayed]` asks for it where the parameter's type is a tuple or a container of containers, and for
/// [`IntoArg`] everywhere else. A function of your own that passes such an argument on asks for it too:
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, delayed, shape::{Each, IntoShapedArg, One}, value};
///
/// #[delayed]
/// fn weighted(readings: Vec<(f64, f64)>) -> f64 {
///     readings.iter().map(|(weight, x)| weight * x).sum()
/// }
///
/// fn report(readings: impl IntoShapedArg<Vec<(f64, f64)>, Each<Each<(One, One)>>>) -> Delayed<String> {
///     weighted(readings).map(|mean| format!("{mean:.1}"))
/// }
///
/// let text = report(vec![(0.5, value(2.0)), (1.0, value(3.0))]);
/// # drop(text);
/// ```
///
/// It is sealed: only this library implements it.
#[diagnostic::on_unimplemented(
    message = "this argument cannot be used where the function takes `{T}`",
    label = "`{Self}` is neither `{T}`, nor a handle of `{T}`, nor the same with handles inside",
    note = "a parameter `{T}` takes a `{T}`, a handle of it, or the same tuple or container with a value or a handle in each place",
    note = "a `Delayed` is passed without `&`, since it is used once; `.shared()` makes a handle that can be passed as `&handle`"
)]
pub trait IntoShapedArg<T, S> {
    /// What the task keeps until it runs.
    type Input: Input<Taken = T>;
    /// Turns the argument into what the task keeps.
    #[doc(hidden)]
    fn into_shaped_arg(self, _: Sealed) -> Self::Input;
}

/// An argument for a parameter `&U` whose type `U` is written as the shape `S`: what [`IntoShapedArg`]
/// takes, and the owners of a `U` that [`IntoRef`](crate::IntoRef) takes. These are lent and nothing of them
/// is cloned; a shared handle inside a tuple or container is cloned, since the task puts a new value together.
///
/// It is not sealed. For a type of your own that owns such a value, implement it for every shape:
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{delayed, input::Constant, shape::IntoShapedRef, Lend};
///
/// struct Table(Vec<(String, f64)>);
///
/// impl Lend<[(String, f64)]> for Table {
///     fn lend(&self) -> &[(String, f64)] {
///         &self.0
///     }
/// }
///
/// impl<S> IntoShapedRef<[(String, f64)], S> for Table {
///     type Input = Constant<Table>;
///     fn into_shaped_ref(self) -> Constant<Table> {
///         Constant(self)
///     }
/// }
///
/// #[delayed]
/// fn total(rows: &[(String, f64)]) -> f64 {
///     rows.iter().map(|row| row.1).sum()
/// }
///
/// let total = total(Table(vec![("ibm".to_owned(), 101.5)]));
/// # drop(total);
/// ```
#[diagnostic::on_unimplemented(
    message = "this argument cannot be used where the function takes `&{U}`",
    label = "`{Self}` is neither an owner of a `{U}`, nor a handle of one, nor one with handles inside",
    note = "the task keeps the argument and lends it when it runs: pass what owns it, a handle of that, or the same tuple or container with a value or a handle in each place",
    note = "a plain borrow would be gone by then: for many tasks write `let x = Arc::new(x);`, and pass `&x` to each; for one, remove the `&`, or pass a copy, `.to_vec()` of a slice; a `Delayed` is passed without `&`, or made with `.shared()`; a static goes as `value(&TABLE)`"
)]
pub trait IntoShapedRef<U: ?Sized, S> {
    /// What the task keeps until it runs.
    type Input: Input<Taken: Lend<U> + Send + 'static>;
    /// Turns the argument into what the task keeps.
    fn into_shaped_ref(self) -> Self::Input;
}

/// [`by_value`](owned::by_value) for a parameter whose type is written as the shape `S`.
#[inline]
pub fn by_value_of<T: Keepable, S, A: IntoShapedArg<T, S>>(
    argument: A,
) -> ByValue<Kept<A::Input>, T> {
    owned::from_input(keep(argument.into_shaped_arg(Sealed)))
}

/// [`by_ref`](reference::by_ref) for a parameter whose type is written as the shape `S`.
#[inline]
pub fn by_ref_of<U: ?Sized, S, A: IntoShapedRef<U, S>>(argument: A) -> ByRef<Kept<A::Input>, U> {
    reference::from_input(keep(argument.into_shaped_ref()))
}

// Not hidden from the compiler's explanations: so an error about a part of an argument is one about
// `IntoArg`, and names the part.
impl<T: Send + 'static, A: IntoArg<T>> IntoShapedArg<T, One> for A {
    type Input = A::Input;
    #[inline]
    fn into_shaped_arg(self, sealed: Sealed) -> A::Input {
        self.into_arg(sealed)
    }
}
