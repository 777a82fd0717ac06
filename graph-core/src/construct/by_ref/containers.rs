//! Slices, and containers of handles that are used once.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::{
    construct::{
        by_ref::IntoRef,
        input::{Borrowed, Constant},
    },
    handle::{Delayed, Shared},
};

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Vec<T> {
    type Input = Constant<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T]> for [T; N] {
    type Input = Constant<[T; N]>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Delayed<Vec<T>> {
    type Input = Delayed<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T]> for Delayed<[T; N]> {
    type Input = Delayed<[T; N]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for Shared<Vec<T>> {
    type Input = Borrowed<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for &Shared<Vec<T>> {
    type Input = Borrowed<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for Shared<[T; N]> {
    type Input = Borrowed<[T; N]>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for &Shared<[T; N]> {
    type Input = Borrowed<[T; N]>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T]> for [Delayed<T>; N] {
    type Input = [Delayed<T>; N];
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<Vec<T>> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T; N]> for [Delayed<T>; N] {
    type Input = [Delayed<T>; N];
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<Option<T>> for Option<Delayed<T>> {
    type Input = Option<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<VecDeque<T>> for VecDeque<Delayed<T>> {
    type Input = VecDeque<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<Box<[T]>> for Box<[Delayed<T>]> {
    type Input = Box<[Delayed<T>]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Box<[Delayed<T>]> {
    type Input = Box<[Delayed<T>]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<K, T, S> IntoRef<HashMap<K, T, S>> for HashMap<K, Delayed<T>, S>
where
    K: Eq + Hash + Send + 'static,
    T: Send + 'static,
    S: BuildHasher + Default + Send + 'static,
{
    type Input = HashMap<K, Delayed<T>, S>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<K, T> IntoRef<BTreeMap<K, T>> for BTreeMap<K, Delayed<T>>
where
    K: Ord + Send + 'static,
    T: Send + 'static,
{
    type Input = BTreeMap<K, Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}
