//! Maps of handles.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use crate::{
    construct::{by_ref::IntoRef, input::Counted},
    handle::{Delayed, Shared},
};

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
impl<K, T, S> IntoRef<HashMap<K, Arc<T>, S>> for HashMap<K, Shared<T>, S>
where
    K: Eq + Hash + Send + 'static,
    T: Send + Sync + 'static,
    S: BuildHasher + Default + Send + 'static,
{
    type Input = HashMap<K, Counted<T>, S>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().map(|(key, shared)| (key, Counted(shared))).collect()
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

#[diagnostic::do_not_recommend]
impl<K, T> IntoRef<BTreeMap<K, Arc<T>>> for BTreeMap<K, Shared<T>>
where
    K: Ord + Send + 'static,
    T: Send + Sync + 'static,
{
    type Input = BTreeMap<K, Counted<T>>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().map(|(key, shared)| (key, Counted(shared))).collect()
    }
}
