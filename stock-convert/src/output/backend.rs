//! What the writer needs of an HDF5 library.

#[cfg(feature = "libhdf5")]
mod libhdf5;
pub(crate) mod library;
mod native;

use super::compression::Place;
use super::error::Failure;
use super::model::Attributes;

/// A file that is being written. Its datasets that hold rows are numbered in order.
pub(super) trait HdfFile: Send {
    /// Puts the finished bytes of a chunk in place; bit `i` of `skipped_filters` says that filter
    /// `i` has not been applied.
    fn put(&mut self, place: Place, bytes: &[u8], skipped_filters: u32) -> Result<(), Failure>;

    /// Gives the file its attributes and closes it. Without this it is not whole.
    fn finish(self: Box<Self>, attributes: &Attributes) -> Result<(), Failure>;
}
