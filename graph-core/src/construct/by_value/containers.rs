//! Containers of handles that are used once, for the same container of results.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::{
    construct::{by_value::IntoArg, input::Sealed},
    handle::Delayed,
};

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<Vec<T>> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_arg(self, _: Sealed) -> Vec<Delayed<T>> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoArg<[T; N]> for [Delayed<T>; N] {
    type Input = [Delayed<T>; N];
    fn into_arg(self, _: Sealed) -> [Delayed<T>; N] {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<Option<T>> for Option<Delayed<T>> {
    type Input = Option<Delayed<T>>;
    fn into_arg(self, _: Sealed) -> Option<Delayed<T>> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<VecDeque<T>> for VecDeque<Delayed<T>> {
    type Input = VecDeque<Delayed<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<Box<[T]>> for Box<[Delayed<T>]> {
    type Input = Box<[Delayed<T>]>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<K, T, S> IntoArg<HashMap<K, T, S>> for HashMap<K, Delayed<T>, S>
where
    K: Eq + Hash + Send + 'static,
    T: Send + 'static,
    S: BuildHasher + Default + Send + 'static,
{
    type Input = HashMap<K, Delayed<T>, S>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<K: Ord + Send + 'static, T: Send + 'static> IntoArg<BTreeMap<K, T>>
    for BTreeMap<K, Delayed<T>>
{
    type Input = BTreeMap<K, Delayed<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self
    }
}
