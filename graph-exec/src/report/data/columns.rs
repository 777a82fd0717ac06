//! Columns of numbers in few bytes. Each byte holds seven bits of a number, the least significant
//! first, and its eighth bit says whether more follow (LEB128). The bytes are written in base64;
//! `page/script/decode.js` reads them.

use base64::{Engine, engine::general_purpose::STANDARD};

/// A column under construction.
#[derive(Debug, Default)]
pub(super) struct Column {
    bytes: Vec<u8>,
}

impl Column {
    pub(super) fn push(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// Adds a number that may be negative: 0, −1, 1, −2, … become 0, 1, 2, 3, …
    pub(super) fn push_signed(&mut self, number: i64) {
        self.push((number.wrapping_shl(1) ^ (number >> 63)) as u64);
    }

    /// The column in base64.
    pub(super) fn encode(&self) -> String {
        STANDARD.encode(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(push: impl FnOnce(&mut Column)) -> Vec<u8> {
        let mut column = Column::default();
        push(&mut column);
        column.bytes
    }

    #[test]
    fn small_numbers_take_one_byte() {
        assert_eq!(bytes(|column| column.push(127)), [127]);
        assert_eq!(bytes(|column| column.push(128)), [0x80, 1]);
        assert_eq!(bytes(|column| column.push(u64::MAX)).len(), 10);
    }

    #[test]
    fn signs_go_into_the_lowest_bit() {
        assert_eq!(
            [0, -1, 1, -2].map(|n| bytes(|column| column.push_signed(n))),
            [[0], [1], [2], [3]]
        );
        assert_eq!(bytes(|column| column.push_signed(i64::MIN)).len(), 10);
    }
}
