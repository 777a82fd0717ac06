//! The attributes by which an output is known again: what made it, from what, and how.

use std::path::Path;

use hdf5::H5File;

use super::model::{Attribute, Attributes};
use super::target::Storage;
use super::written::Origin;
use crate::options::ReadOptions;

/// What wrote the file. Counts up when the same input gives another output.
const WRITER: &str = "stock-convert 3";

/// What the writer of any version begins with.
const WRITERS: &str = "stock-convert ";

/// What an existing output says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Whether this version wrote it, with this layout and compression.
    pub(super) writer: String,
    /// Names of layout and compression.
    pub(super) storage: (String, String),
    /// The file name of the input it was made from.
    pub(crate) source: String,
    /// The hash of that input.
    pub(crate) hash: u128,
    /// Rows in it.
    pub(crate) rows: u64,
    /// Lines of the input that were left out.
    pub(crate) skipped_lines: u64,
    /// How the lines became rows, but for what became of bad ones.
    pub(crate) options: ReadOptions,
}

impl Stamp {
    /// The layout it names, by that name.
    pub(crate) fn layout(&self) -> &str {
        &self.storage.0
    }

    /// Whether this version of the program writes the same for the same input.
    pub(crate) fn is_of(&self, storage: Storage) -> bool {
        let (layout, compression) = (storage.layout.name(), storage.compression.name());
        self.writer == WRITER && self.storage == (layout.to_owned(), compression.to_owned())
    }
}

/// The stamp for what is made of `origin`.
pub(super) fn attributes(origin: &Origin, storage: Storage) -> Attributes {
    let source = origin.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let pairs = [
        ("writer", WRITER.to_owned()),
        ("layout", storage.layout.name().to_owned()),
        ("compression", storage.compression.name().to_owned()),
        ("source", source),
        ("source_xxh3", format!("{:032x}", origin.hash)),
        ("source_bytes", origin.bytes.to_string()),
        ("source_rows", origin.rows.to_string()),
        ("source_skipped_lines", origin.skipped_lines.to_string()),
    ];
    let options = origin.options.to_string();
    let pairs =
        pairs.into_iter().chain((!options.is_empty()).then_some(("source_reading", options)));
    pairs.map(|(name, value)| (name.to_owned(), Attribute::Text(value))).collect()
}

/// The stamp on the file at `path`; none when it has none, is no HDF5 or no output of any version.
pub(crate) fn read_stamp(path: &Path) -> Option<Stamp> {
    let file = H5File::options().no_locking().open(path).ok()?;
    stamp_of(&file)
}

pub(super) fn stamp_of(file: &H5File) -> Option<Stamp> {
    let text = |name: &str| file.attr_string(name).ok();
    let writer = text("writer").filter(|writer| writer.starts_with(WRITERS))?;
    Some(Stamp {
        writer,
        storage: (text("layout").unwrap_or_default(), text("compression").unwrap_or_default()),
        source: text("source")?,
        hash: u128::from_str_radix(&text("source_xxh3")?, 16).ok()?,
        rows: text("source_rows")?.parse().ok()?,
        skipped_lines: text("source_skipped_lines")?.parse().ok()?,
        options: text("source_reading").unwrap_or_default().parse().ok()?,
    })
}
