//! Containers of shared handles, for the same container of results, or of `Arc`s of results.
//!
//! Of a result that a plain element wants, the task takes a clone, as a parameter of its own would; of one
//! that an `Arc` wants, it takes the `Arc`.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use crate::{
    construct::{
        by_value::IntoArg,
        diagnostics::CloneToPass,
        input::{Cloned, Counted, Sealed},
    },
    handle::Shared,
};

/// The containers under names whose first parameter is the element.
type Array<T, const N: usize> = [T; N];
type Boxed<T> = Box<[T]>;
type Hashed<T, K, S> = HashMap<K, T, S>;
type Sorted<T, K> = BTreeMap<K, T>;

/// Writes what a container of shared handles, and one of borrowed shared handles, serves for: its generics
/// beside the element's, its name and these, and how each handle in it becomes an input.
macro_rules! containers {
    ($([$($generics:tt)*] $container:ident[$($names:tt)*]: |$handles:ident, $input:ident| $each:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: CloneToPass + Send + Sync + 'static, $($generics)*> IntoArg<$container<T, $($names)*>>
            for $container<Shared<T>, $($names)*>
        {
            type Input = $container<Cloned<T>, $($names)*>;
            fn into_arg(self, _: Sealed) -> Self::Input {
                let ($handles, $input) = (self, Cloned);
                $each
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: CloneToPass + Send + Sync + 'static, $($generics)*> IntoArg<$container<T, $($names)*>>
            for $container<&Shared<T>, $($names)*>
        {
            type Input = $container<Cloned<T>, $($names)*>;
            fn into_arg(self, _: Sealed) -> Self::Input {
                let ($handles, $input) = (self, |shared: &Shared<T>| Cloned(shared.clone()));
                $each
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Send + Sync + 'static, $($generics)*> IntoArg<$container<Arc<T>, $($names)*>>
            for $container<Shared<T>, $($names)*>
        {
            type Input = $container<Counted<T>, $($names)*>;
            fn into_arg(self, _: Sealed) -> Self::Input {
                let ($handles, $input) = (self, Counted);
                $each
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Send + Sync + 'static, $($generics)*> IntoArg<$container<Arc<T>, $($names)*>>
            for $container<&Shared<T>, $($names)*>
        {
            type Input = $container<Counted<T>, $($names)*>;
            fn into_arg(self, _: Sealed) -> Self::Input {
                let ($handles, $input) = (self, |shared: &Shared<T>| Counted(shared.clone()));
                $each
            }
        }
    )*};
}

containers! {
    [] Vec[]: |handles, input| handles.into_iter().map(input).collect();
    [] VecDeque[]: |handles, input| handles.into_iter().map(input).collect();
    [] Boxed[]: |handles, input| handles.into_iter().map(input).collect();
    [const N: usize] Array[N]: |handles, input| handles.map(input);
    [] Option[]: |handles, input| handles.map(input);
    [K: Eq + Hash + Send + 'static, S: BuildHasher + Default + Send + 'static] Hashed[K, S]:
        |handles, input| handles.into_iter().map(|(key, handle)| (key, input(handle))).collect();
    [K: Ord + Send + 'static] Sorted[K]:
        |handles, input| handles.into_iter().map(|(key, handle)| (key, input(handle))).collect();
}

/// Writes what a borrowed list of shared handles serves for: the handles are cloned, the list stays.
macro_rules! borrowed_lists {
    ($([$($generics:tt)*] $list:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: CloneToPass + Send + Sync + 'static, $($generics)*> IntoArg<Vec<T>> for &$list {
            type Input = Vec<Cloned<T>>;
            fn into_arg(self, _: Sealed) -> Self::Input {
                self.iter().cloned().map(Cloned).collect()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Send + Sync + 'static, $($generics)*> IntoArg<Vec<Arc<T>>> for &$list {
            type Input = Vec<Counted<T>>;
            fn into_arg(self, _: Sealed) -> Self::Input {
                self.iter().cloned().map(Counted).collect()
            }
        }
    )*};
}

borrowed_lists! {
    [] Vec<Shared<T>>;
    [] [Shared<T>];
    [const N: usize] [Shared<T>; N];
}
