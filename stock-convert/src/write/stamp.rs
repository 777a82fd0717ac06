//! The attributes by which an output is known again: what made it, from what.

use std::path::Path;

use hdf5::{DatatypeMessage, H5File};

use super::Failure;
use crate::origin::Origin;
use crate::reading::Reading;

/// What wrote the file, and in which form. Counts up when the same input gives another output.
const WRITER: &str = "stock-convert table 1";

/// What an existing output says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// XXH3 of the input it was made from.
    pub(crate) hash: u128,
    /// Rows in it.
    pub(crate) rows: u64,
    /// Lines of the input that were left out.
    pub(crate) skipped_lines: u64,
    /// How the lines became rows, but for what became of bad ones.
    pub(crate) reading: Reading,
}

/// Puts the stamp on a file.
pub(super) fn write(file: &H5File, origin: &Origin) -> Result<(), Failure> {
    let source = origin.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for (name, value) in [
        ("writer", WRITER.to_owned()),
        ("source", source),
        ("source_xxh3", format!("{:032x}", origin.hash)),
        ("source_bytes", origin.bytes.to_string()),
        ("source_rows", origin.rows.to_string()),
        ("source_skipped_lines", origin.skipped_lines.to_string()),
    ] {
        let (datatype, value) = text(&value);
        file.set_attr_typed(name, datatype, value)?;
    }
    let reading = origin.reading.to_string();
    if !reading.is_empty() {
        let (datatype, value) = text(&reading);
        file.set_attr_typed("source_reading", datatype, value)?;
    }
    Ok(())
}

/// The stamp on the file at `path`; none when it has none, is no HDF5 or of another form.
pub(crate) fn read_stamp(path: &Path) -> Option<Stamp> {
    let file = H5File::options().no_locking().open(path).ok()?;
    if file.attr_string("writer").ok()? != WRITER {
        return None;
    }
    let number = |name: &str| file.attr_string(name).ok()?.parse().ok();
    Some(Stamp {
        hash: u128::from_str_radix(&file.attr_string("source_xxh3").ok()?, 16).ok()?,
        rows: number("source_rows")?,
        skipped_lines: number("source_skipped_lines")?,
        reading: file.attr_string("source_reading").unwrap_or_default().parse().ok()?,
    })
}

/// A text attribute of exactly the size of its text: with a NUL behind it PyTables stumbles.
pub(super) fn text(value: &str) -> (DatatypeMessage, Vec<u8>) {
    let mut bytes = value.as_bytes().to_vec();
    if bytes.is_empty() {
        bytes.push(0);
    }
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    (DatatypeMessage::FixedString { size, padding: 1, charset: 1 }, bytes)
}
