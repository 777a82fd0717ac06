//! Maps of handles, for the same map of results.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use crate::{
    construct::{
        by_value::IntoArg,
        diagnostics::CloneToPass,
        input::{Cloned, Counted, Sealed},
    },
    handle::{Delayed, Shared},
};

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
impl<K, T, S> IntoArg<HashMap<K, T, S>> for HashMap<K, Shared<T>, S>
where
    K: Eq + Hash + Send + 'static,
    T: CloneToPass + Send + Sync + 'static,
    S: BuildHasher + Default + Send + 'static,
{
    type Input = HashMap<K, Cloned<T>, S>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(|(key, shared)| (key, Cloned(shared))).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T, S> IntoArg<HashMap<K, Arc<T>, S>> for HashMap<K, Shared<T>, S>
where
    K: Eq + Hash + Send + 'static,
    T: Send + Sync + 'static,
    S: BuildHasher + Default + Send + 'static,
{
    type Input = HashMap<K, Counted<T>, S>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(|(key, shared)| (key, Counted(shared))).collect()
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

#[diagnostic::do_not_recommend]
impl<K, T> IntoArg<BTreeMap<K, T>> for BTreeMap<K, Shared<T>>
where
    K: Ord + Send + 'static,
    T: CloneToPass + Send + Sync + 'static,
{
    type Input = BTreeMap<K, Cloned<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(|(key, shared)| (key, Cloned(shared))).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T> IntoArg<BTreeMap<K, Arc<T>>> for BTreeMap<K, Shared<T>>
where
    K: Ord + Send + 'static,
    T: Send + Sync + 'static,
{
    type Input = BTreeMap<K, Counted<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(|(key, shared)| (key, Counted(shared))).collect()
    }
}
