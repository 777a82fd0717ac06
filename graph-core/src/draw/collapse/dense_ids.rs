//! Replaces keys by the numbers 0, 1, 2 and so on, for millions of keys at a time.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A hash map for many small keys, with no protection against keys that were chosen to collide.
pub(super) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<FastHasher>>;

/// Replaces each key by a number, equal keys by the same one. Numbers follow the first occurrences.
pub(super) fn dense_ids<K: Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut numbers = FastMap::default();
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

/// A hasher with one multiplication per word, several times faster on small keys than the standard
/// one.
///
/// Source: the hash of Firefox and rustc, "FxHash", with a final mix, so that both the low bits and
/// the high ones, which the standard map uses, depend on all input.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct FastHasher(u64);

impl FastHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(byte.into());
    }

    fn write_usize(&mut self, word: usize) {
        self.add(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
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
