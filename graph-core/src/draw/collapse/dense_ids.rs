//! Replaces keys by the numbers 0, 1, 2 and so on, for millions of keys at a time.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Replaces each key by a number, equal keys by the same one. Numbers follow the first occurrences.
pub(super) fn dense_ids<K: Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut numbers = FxHashMap::default();
    keys.map(|key| {
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    })
    .collect()
}

/// Does the same as [`dense_ids`] for keys below `bound`, with a table instead of a hash map.
pub(super) fn dense_ids_below(bound: usize, keys: impl Iterator<Item = usize>) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut numbers = vec![UNSEEN; bound];
    let mut next = 0;
    keys.map(|key| {
        if numbers[key] == UNSEEN {
            numbers[key] = next;
            next += 1;
        }
        numbers[key]
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_first_occurrence() {
        assert_eq!(dense_ids(["b", "a", "b", "c"].into_iter()), [0, 1, 0, 2]);
        assert_eq!(dense_ids_below(4, [3, 0, 3, 1].into_iter()), [0, 1, 0, 2]);
    }
}
