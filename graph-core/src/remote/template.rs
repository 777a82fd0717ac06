//! The arguments of a task, encoded, with holes where other tasks' results go.
//!
//! The encoding writes a value's parts one after another with nothing in between. So the encoding of
//! an argument that is made of results (a `Vec` of handles, say) is theirs behind each other, and they
//! can be put together without knowing their types.

#![cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "only a task that runs in another process is described")
)]

use std::any::type_name;

use crate::remote::error::NotEncodable;
#[cfg(feature = "remote")]
use crate::remote::registry::encode;

/// One piece of a task's encoded arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "remote"),
    expect(unreachable_pub, reason = "executors get it with the feature")
)]
pub enum Piece {
    /// Encoded constants.
    Bytes(Vec<u8>),
    /// The encoded result of the next dependency, in the order in which the task lists them.
    Result,
}

/// A task's arguments while they are being encoded.
#[derive(Debug, Default)]
pub struct Template {
    pieces: Vec<Piece>,
    /// The first error, after which nothing is added. `None` while everything can be encoded.
    error: Option<NotEncodable>,
}

impl Template {
    /// Adds a constant.
    pub(crate) fn constant<T: ?Sized + 'static>(&mut self, constant: &T) {
        if self.error.is_some() {
            return;
        }
        match encode(constant) {
            Ok(bytes) => self.bytes(&bytes),
            Err(error) => self.error = Some(error),
        }
    }

    /// Adds the number of elements that follow.
    pub(crate) fn length(&mut self, length: usize) {
        self.constant(&(length as u64));
    }

    /// Adds the byte that says whether a value follows.
    pub(crate) fn presence(&mut self, present: bool) {
        self.bytes(&[u8::from(present)]);
    }

    /// Leaves a hole for the result of the next dependency.
    pub(crate) fn result(&mut self) {
        self.pieces.push(Piece::Result);
    }

    /// Says that nobody knows how to encode an argument of type `T`.
    pub(crate) fn refuse<T: ?Sized>(&mut self) {
        self.error.get_or_insert(NotEncodable::Assembled(type_name::<T>()));
    }

    /// Says that the inputs have been taken.
    pub(crate) fn refuse_taken(&mut self) {
        self.error.get_or_insert(NotEncodable::Taken);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        match self.pieces.last_mut() {
            Some(Piece::Bytes(last)) => last.extend_from_slice(bytes),
            _ => self.pieces.push(Piece::Bytes(bytes.to_vec())),
        }
    }

    /// Returns the pieces, or the first error.
    #[cfg(feature = "remote")]
    pub(crate) fn finish(self) -> Result<Vec<Piece>, NotEncodable> {
        self.error.map_or(Ok(self.pieces), Err)
    }
}

#[cfg(not(feature = "remote"))]
fn encode<T: ?Sized + 'static>(_: &T) -> Result<Vec<u8>, NotEncodable> {
    Err(NotEncodable::UnknownType(type_name::<T>()))
}
