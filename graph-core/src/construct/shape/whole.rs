//! Handles and owners of a whole tuple or container.

use std::sync::Arc;

use crate::{
    construct::{
        by_ref::IntoRef,
        by_value::IntoArg,
        diagnostics::CloneToPass,
        input::{Constant, Sealed},
        shape::{Each, IntoShapedArg, IntoShapedRef},
    },
    handle::{Delayed, Shared},
};

/// What serves for a parameter of type `T` whatever its shape, by value.
macro_rules! arguments {
    ($([$($generics:tt)*] $argument:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*, S> IntoShapedArg<T, Each<S>> for $argument {
            type Input = <Self as IntoArg<T>>::Input;
            fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
                <Self as IntoArg<T>>::into_arg(self, sealed)
            }
        }
    )*};
}

arguments! {
    [T: Send + 'static] Delayed<T>;
    [T: CloneToPass + Send + Sync + 'static] Shared<T>;
    [T: CloneToPass + Send + Sync + 'static] &Shared<T>;
}

/// What serves for a parameter by reference whatever its shape.
macro_rules! owners {
    ($([$($generics:tt)*] $borrowed:ty: $owner:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*, S> IntoShapedRef<$borrowed, Each<S>> for $owner {
            type Input = <Self as IntoRef<$borrowed>>::Input;
            fn into_shaped_ref(self) -> Self::Input {
                <Self as IntoRef<$borrowed>>::into_ref(self)
            }
        }
    )*};
}

owners! {
    [T: Send + 'static] T: Delayed<T>;
    [T: Send + Sync + 'static] T: Shared<T>;
    [T: Send + Sync + 'static] T: &Shared<T>;
    [U: ?Sized + Send + Sync + 'static] U: Arc<U>;
    [U: ?Sized + Send + Sync + 'static] U: &Arc<U>;
    [U: ?Sized + Send + Sync + 'static] U: Delayed<Arc<U>>;
    [U: ?Sized + Send + Sync + 'static] U: Shared<Arc<U>>;
    [U: ?Sized + Send + Sync + 'static] U: &Shared<Arc<U>>;
    [U: ?Sized + Send + 'static] U: Box<U>;
    [U: ?Sized + Send + 'static] U: Delayed<Box<U>>;
    [U: ?Sized + Send + Sync + 'static] U: Shared<Box<U>>;
    [U: ?Sized + Send + Sync + 'static] U: &Shared<Box<U>>;
    [U: ?Sized + Sync + 'static] U: Constant<&'static U>;
    [U: ?Sized + Sync + 'static] U: Delayed<&'static U>;
    [U: ?Sized + Sync + 'static] U: Shared<&'static U>;
    [U: ?Sized + Sync + 'static] U: &Shared<&'static U>;
    [T: Send + 'static] [T]: Delayed<Vec<T>>;
    [T: Send + Sync + 'static] [T]: Shared<Vec<T>>;
    [T: Send + Sync + 'static] [T]: &Shared<Vec<T>>;
    [T: Send + Sync + 'static] [T]: Arc<Vec<T>>;
    [T: Send + Sync + 'static] [T]: &Arc<Vec<T>>;
    [T: Send + Sync + 'static] [T]: Delayed<Arc<Vec<T>>>;
    [T: Send + Sync + 'static] [T]: Shared<Arc<Vec<T>>>;
    [T: Send + Sync + 'static] [T]: &Shared<Arc<Vec<T>>>;
    [T: Send + 'static, const N: usize] [T]: Delayed<[T; N]>;
    [T: Send + Sync + 'static, const N: usize] [T]: Shared<[T; N]>;
    [T: Send + Sync + 'static, const N: usize] [T]: &Shared<[T; N]>;
    [T: Sync + 'static, const N: usize] [T]: Constant<&'static [T; N]>;
    [T: Sync + 'static, const N: usize] [T]: Delayed<&'static [T; N]>;
}
