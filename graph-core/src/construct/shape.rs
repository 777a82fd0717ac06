//! How a parameter's type is written, which says where handles may stand inside an argument.
//!
//! One set of implementations cannot serve both plain values and containers of anything that is an
//! argument: a `Vec<i64>` would be both. What a parameter's type looks like, which `#[delayed]` sees,
//! tells them apart.

mod by_ref;
mod by_value;

/// The shape of a type that is taken as a whole; containers of handles one level deep included.
///
/// It is what [`IntoArg`](crate::IntoArg) and [`IntoRef`](crate::IntoRef) mean when no shape is written.
#[derive(Debug, Clone, Copy)]
pub struct One(());

/// The shape of a container whose elements have the shape `S`, or of a tuple whose elements have the
/// shapes in the tuple `S`.
///
/// `#[delayed]` writes it for a parameter whose type is a tuple or a container of containers. A function
/// of your own that passes such an argument on says it too:
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, IntoArg, delayed, shape::{Each, One}, value};
///
/// #[delayed]
/// fn weighted(readings: Vec<(f64, f64)>) -> f64 {
///     readings.iter().map(|(weight, x)| weight * x).sum()
/// }
///
/// fn report(readings: impl IntoArg<Vec<(f64, f64)>, Each<Each<(One, One)>>>) -> Delayed<String> {
///     weighted(readings).map(|mean| format!("{mean:.1}"))
/// }
///
/// let text = report(vec![(0.5, value(2.0)), (1.0, value(3.0))]);
/// # drop(text);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Each<S>(std::marker::PhantomData<S>);
