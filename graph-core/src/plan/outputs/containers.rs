//! Containers of handles.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::plan::{outputs::Outputs, roots::Roots};

impl<H: Outputs> Outputs for Vec<H> {
    type Values = Vec<H::Values>;
    type Results<E> = Vec<H::Results<E>>;
    type Owned = Vec<H::Owned>;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.iter().for_each(|output| output.roots(roots));
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        self.into_iter().map(|output| output.results(next)).collect()
    }
    fn values(self) -> Self::Values {
        self.into_iter().map(H::values).collect()
    }
    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(H::into_owned).collect()
    }
}

impl<H: Outputs, const N: usize> Outputs for [H; N] {
    type Values = [H::Values; N];
    type Results<E> = [H::Results<E>; N];
    type Owned = [H::Owned; N];

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.iter().for_each(|output| output.roots(roots));
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        self.map(|output| output.results(next))
    }
    fn values(self) -> Self::Values {
        self.map(H::values)
    }
    fn into_owned(self) -> Self::Owned {
        self.map(H::into_owned)
    }
}

impl<H: Outputs> Outputs for VecDeque<H> {
    type Values = VecDeque<H::Values>;
    type Results<E> = VecDeque<H::Results<E>>;
    type Owned = VecDeque<H::Owned>;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.iter().for_each(|output| output.roots(roots));
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        self.into_iter().map(|output| output.results(next)).collect()
    }
    fn values(self) -> Self::Values {
        self.into_iter().map(H::values).collect()
    }
    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(H::into_owned).collect()
    }
}

impl<H: Outputs> Outputs for Box<[H]> {
    type Values = Box<[H::Values]>;
    type Results<E> = Box<[H::Results<E>]>;
    type Owned = Box<[H::Owned]>;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.iter().for_each(|output| output.roots(roots));
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        self.into_iter().map(|output| output.results(next)).collect()
    }
    fn values(self) -> Self::Values {
        self.into_iter().map(H::values).collect()
    }
    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(H::into_owned).collect()
    }
}

impl<H: Outputs> Outputs for Option<H> {
    type Values = Option<H::Values>;
    type Results<E> = Option<H::Results<E>>;
    type Owned = Option<H::Owned>;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.iter().for_each(|output| output.roots(roots));
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        self.map(|output| output.results(next))
    }
    fn values(self) -> Self::Values {
        self.map(H::values)
    }
    fn into_owned(self) -> Self::Owned {
        self.map(H::into_owned)
    }
}

// A map goes through its entries in one order for as long as nothing changes it, so its results find their
// keys.
impl<K, H, S> Outputs for HashMap<K, H, S>
where
    K: Eq + Hash,
    H: Outputs,
    S: BuildHasher + Default,
{
    type Values = HashMap<K, H::Values, S>;
    type Results<E> = HashMap<K, H::Results<E>, S>;
    type Owned = HashMap<K, H::Owned, S>;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.values().for_each(|output| output.roots(roots));
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        self.into_iter().map(|(key, output)| (key, output.results(next))).collect()
    }
    fn values(self) -> Self::Values {
        self.into_iter().map(|(key, output)| (key, output.values())).collect()
    }
    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(|(key, output)| (key, output.into_owned())).collect()
    }
}

impl<K: Ord, H: Outputs> Outputs for BTreeMap<K, H> {
    type Values = BTreeMap<K, H::Values>;
    type Results<E> = BTreeMap<K, H::Results<E>>;
    type Owned = BTreeMap<K, H::Owned>;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.values().for_each(|output| output.roots(roots));
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        self.into_iter().map(|(key, output)| (key, output.results(next))).collect()
    }
    fn values(self) -> Self::Values {
        self.into_iter().map(|(key, output)| (key, output.values())).collect()
    }
    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(|(key, output)| (key, output.into_owned())).collect()
    }
}
