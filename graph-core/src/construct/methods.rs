//! Which handles have the methods of a `#[delayed] impl`.

use crate::{
    construct::by_ref::IntoRef,
    handle::{Delayed, Shared},
};

/// A handle of a `U`, by which methods of a `U` can be called.
///
/// Not implemented for `Shared` itself: a method call then borrows it instead of moving it.
pub trait HandleOf<U>: IntoRef<U> + Sized {}

impl<U: Send + 'static> HandleOf<U> for Delayed<U> {}
impl<U: Send + Sync + 'static> HandleOf<U> for &Shared<U> {}
