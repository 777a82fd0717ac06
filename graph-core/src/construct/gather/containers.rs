//! Containers of handles for `gather`.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::construct::{gather::Gather, input::Sealed};

impl<H: Gather> Gather for Vec<H> {
    type Value = Vec<H::Value>;
    type Parts = Vec<H::Parts>;
    fn parts(self, sealed: Sealed) -> Self::Parts {
        self.into_iter().map(|handle| handle.parts(sealed)).collect()
    }
}

impl<H: Gather> Gather for VecDeque<H> {
    type Value = VecDeque<H::Value>;
    type Parts = VecDeque<H::Parts>;
    fn parts(self, sealed: Sealed) -> Self::Parts {
        self.into_iter().map(|handle| handle.parts(sealed)).collect()
    }
}

impl<H: Gather> Gather for Box<[H]> {
    type Value = Box<[H::Value]>;
    type Parts = Box<[H::Parts]>;
    fn parts(self, sealed: Sealed) -> Self::Parts {
        self.into_iter().map(|handle| handle.parts(sealed)).collect()
    }
}

impl<H: Gather, const N: usize> Gather for [H; N] {
    type Value = [H::Value; N];
    type Parts = [H::Parts; N];
    fn parts(self, sealed: Sealed) -> Self::Parts {
        self.map(|handle| handle.parts(sealed))
    }
}

impl<H: Gather> Gather for Option<H> {
    type Value = Option<H::Value>;
    type Parts = Option<H::Parts>;
    fn parts(self, sealed: Sealed) -> Self::Parts {
        self.map(|handle| handle.parts(sealed))
    }
}

impl<K, H, S> Gather for HashMap<K, H, S>
where
    K: Eq + Hash + Send + 'static,
    H: Gather,
    S: BuildHasher + Default + Send + 'static,
{
    type Value = HashMap<K, H::Value, S>;
    type Parts = HashMap<K, H::Parts, S>;
    fn parts(self, sealed: Sealed) -> Self::Parts {
        self.into_iter().map(|(key, handle)| (key, handle.parts(sealed))).collect()
    }
}

impl<K: Ord + Send + 'static, H: Gather> Gather for BTreeMap<K, H> {
    type Value = BTreeMap<K, H::Value>;
    type Parts = BTreeMap<K, H::Parts>;
    fn parts(self, sealed: Sealed) -> Self::Parts {
        self.into_iter().map(|(key, handle)| (key, handle.parts(sealed))).collect()
    }
}
