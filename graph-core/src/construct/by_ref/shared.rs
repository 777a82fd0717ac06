//! Containers of shared handles, for a borrow of the same container of results, or of `Arc`s of results:
//! the task puts together what the same parameter by value would get, and lends it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use crate::{
    construct::{by_ref::IntoRef, by_value::IntoArg, diagnostics::CloneToPass, input::Sealed},
    handle::Shared,
};

/// Writes for each line that a container is lent as what is behind `&`, and put together as what stands
/// behind `=>`.
macro_rules! lent {
    ($([$($generics:tt)*] $container:ty => $whole:ty as & $borrowed:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> IntoRef<$borrowed> for $container {
            type Input = <Self as IntoArg<$whole>>::Input;
            fn into_ref(self) -> Self::Input {
                <Self as IntoArg<$whole>>::into_arg(self, Sealed)
            }
        }
    )*};
}

// What is put together of clones.
lent! {
    [T: CloneToPass + Send + Sync + 'static] Vec<Shared<T>> => Vec<T> as &[T];
    [T: CloneToPass + Send + Sync + 'static] Vec<&Shared<T>> => Vec<T> as &[T];
    [T: CloneToPass + Send + Sync + 'static] Vec<Shared<T>> => Vec<T> as &Vec<T>;
    [T: CloneToPass + Send + Sync + 'static] Vec<&Shared<T>> => Vec<T> as &Vec<T>;
    [T: CloneToPass + Send + Sync + 'static, const N: usize] [Shared<T>; N] => [T; N] as &[T];
    [T: CloneToPass + Send + Sync + 'static, const N: usize] [&Shared<T>; N] => [T; N] as &[T];
    [T: CloneToPass + Send + Sync + 'static, const N: usize] [Shared<T>; N] => [T; N] as &[T; N];
    [T: CloneToPass + Send + Sync + 'static, const N: usize] [&Shared<T>; N] => [T; N] as &[T; N];
    [T: CloneToPass + Send + Sync + 'static] Box<[Shared<T>]> => Box<[T]> as &[T];
    [T: CloneToPass + Send + Sync + 'static] Box<[&Shared<T>]> => Box<[T]> as &[T];
    [T: CloneToPass + Send + Sync + 'static] Box<[Shared<T>]> => Box<[T]> as &Box<[T]>;
    [T: CloneToPass + Send + Sync + 'static] Box<[&Shared<T>]> => Box<[T]> as &Box<[T]>;
    [T: CloneToPass + Send + Sync + 'static] VecDeque<Shared<T>> => VecDeque<T> as &VecDeque<T>;
    [T: CloneToPass + Send + Sync + 'static] VecDeque<&Shared<T>> => VecDeque<T> as &VecDeque<T>;
    [T: CloneToPass + Send + Sync + 'static] Option<Shared<T>> => Option<T> as &Option<T>;
    [T: CloneToPass + Send + Sync + 'static] Option<&Shared<T>> => Option<T> as &Option<T>;
    [T: CloneToPass + Send + Sync + 'static, K: Eq + Hash + Send + 'static, S: BuildHasher + Default + Send + 'static]
        HashMap<K, Shared<T>, S> => HashMap<K, T, S> as &HashMap<K, T, S>;
    [T: CloneToPass + Send + Sync + 'static, K: Eq + Hash + Send + 'static, S: BuildHasher + Default + Send + 'static]
        HashMap<K, &Shared<T>, S> => HashMap<K, T, S> as &HashMap<K, T, S>;
    [T: CloneToPass + Send + Sync + 'static, K: Ord + Send + 'static]
        BTreeMap<K, Shared<T>> => BTreeMap<K, T> as &BTreeMap<K, T>;
    [T: CloneToPass + Send + Sync + 'static, K: Ord + Send + 'static]
        BTreeMap<K, &Shared<T>> => BTreeMap<K, T> as &BTreeMap<K, T>;
    [T: CloneToPass + Send + Sync + 'static] &Vec<Shared<T>> => Vec<T> as &[T];
    [T: CloneToPass + Send + Sync + 'static] &Vec<Shared<T>> => Vec<T> as &Vec<T>;
    [T: CloneToPass + Send + Sync + 'static] &[Shared<T>] => Vec<T> as &[T];
    [T: CloneToPass + Send + Sync + 'static] &[Shared<T>] => Vec<T> as &Vec<T>;
    [T: CloneToPass + Send + Sync + 'static, const N: usize] &[Shared<T>; N] => Vec<T> as &[T];
}

// What is put together of `Arc`s.
lent! {
    [T: Send + Sync + 'static] Vec<Shared<T>> => Vec<Arc<T>> as &[Arc<T>];
    [T: Send + Sync + 'static] Vec<&Shared<T>> => Vec<Arc<T>> as &[Arc<T>];
    [T: Send + Sync + 'static] Vec<Shared<T>> => Vec<Arc<T>> as &Vec<Arc<T>>;
    [T: Send + Sync + 'static] Vec<&Shared<T>> => Vec<Arc<T>> as &Vec<Arc<T>>;
    [T: Send + Sync + 'static, const N: usize] [Shared<T>; N] => [Arc<T>; N] as &[Arc<T>];
    [T: Send + Sync + 'static, const N: usize] [&Shared<T>; N] => [Arc<T>; N] as &[Arc<T>];
    [T: Send + Sync + 'static, const N: usize] [Shared<T>; N] => [Arc<T>; N] as &[Arc<T>; N];
    [T: Send + Sync + 'static, const N: usize] [&Shared<T>; N] => [Arc<T>; N] as &[Arc<T>; N];
    [T: Send + Sync + 'static] Box<[Shared<T>]> => Box<[Arc<T>]> as &[Arc<T>];
    [T: Send + Sync + 'static] Box<[&Shared<T>]> => Box<[Arc<T>]> as &[Arc<T>];
    [T: Send + Sync + 'static] Box<[Shared<T>]> => Box<[Arc<T>]> as &Box<[Arc<T>]>;
    [T: Send + Sync + 'static] Box<[&Shared<T>]> => Box<[Arc<T>]> as &Box<[Arc<T>]>;
    [T: Send + Sync + 'static] VecDeque<Shared<T>> => VecDeque<Arc<T>> as &VecDeque<Arc<T>>;
    [T: Send + Sync + 'static] VecDeque<&Shared<T>> => VecDeque<Arc<T>> as &VecDeque<Arc<T>>;
    [T: Send + Sync + 'static] Option<Shared<T>> => Option<Arc<T>> as &Option<Arc<T>>;
    [T: Send + Sync + 'static] Option<&Shared<T>> => Option<Arc<T>> as &Option<Arc<T>>;
    [T: Send + Sync + 'static, K: Eq + Hash + Send + 'static, S: BuildHasher + Default + Send + 'static]
        HashMap<K, Shared<T>, S> => HashMap<K, Arc<T>, S> as &HashMap<K, Arc<T>, S>;
    [T: Send + Sync + 'static, K: Eq + Hash + Send + 'static, S: BuildHasher + Default + Send + 'static]
        HashMap<K, &Shared<T>, S> => HashMap<K, Arc<T>, S> as &HashMap<K, Arc<T>, S>;
    [T: Send + Sync + 'static, K: Ord + Send + 'static]
        BTreeMap<K, Shared<T>> => BTreeMap<K, Arc<T>> as &BTreeMap<K, Arc<T>>;
    [T: Send + Sync + 'static, K: Ord + Send + 'static]
        BTreeMap<K, &Shared<T>> => BTreeMap<K, Arc<T>> as &BTreeMap<K, Arc<T>>;
    [T: Send + Sync + 'static] &Vec<Shared<T>> => Vec<Arc<T>> as &[Arc<T>];
    [T: Send + Sync + 'static] &Vec<Shared<T>> => Vec<Arc<T>> as &Vec<Arc<T>>;
    [T: Send + Sync + 'static] &[Shared<T>] => Vec<Arc<T>> as &[Arc<T>];
    [T: Send + Sync + 'static] &[Shared<T>] => Vec<Arc<T>> as &Vec<Arc<T>>;
    [T: Send + Sync + 'static, const N: usize] &[Shared<T>; N] => Vec<Arc<T>> as &[Arc<T>];
}
