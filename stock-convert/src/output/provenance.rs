//! The attributes by which an output is known again: what wrote it, of what, and how.

use std::path::Path;

use hdf5::H5File;

use super::model::{Attribute, Attributes};
use super::target::Storage;
use super::written::Origin;
use crate::options::ReadOptions;

/// What writes files now. Its number goes up when the same input gives another output than before.
const WRITER: &str = "stock-convert 3";

/// What the name of every version of the writer begins with.
const WRITERS: &str = "stock-convert ";

/// What an output says about how it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provenance {
    /// The program that wrote it, and the number of the form in which it did.
    pub(crate) writer: String,
    /// The name of the layout.
    pub(crate) layout: String,
    /// The name of the compression.
    pub(crate) compression: String,
    /// The file name of the input it was made from.
    pub(crate) source: String,
    /// The hash of that input.
    pub(crate) hash: u128,
    /// The number of rows in it.
    pub(crate) rows: u64,
    /// The number of lines of the input that were left out.
    pub(crate) skipped_lines: u64,
    /// How the lines became rows; what became of bad lines is not recorded.
    pub(crate) options: ReadOptions,
}

impl Provenance {
    /// Reads the attributes of the file at `path`; `None` where it is no HDF5 file, or no output of any
    /// version of this program.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let file = H5File::options().no_locking().open(path).ok()?;
        Self::from_file(&file)
    }

    /// The same of a file that is open.
    pub(super) fn from_file(file: &H5File) -> Option<Self> {
        let text = |name: &str| file.attr_string(name).ok();
        Some(Self {
            writer: text("writer").filter(|writer| writer.starts_with(WRITERS))?,
            layout: text("layout").unwrap_or_default(),
            compression: text("compression").unwrap_or_default(),
            source: text("source")?,
            hash: u128::from_str_radix(&text("source_xxh3")?, 16).ok()?,
            rows: text("source_rows")?.parse().ok()?,
            skipped_lines: text("source_skipped_lines")?.parse().ok()?,
            options: text("source_reading").unwrap_or_default().parse().ok()?,
        })
    }

    /// Whether this version of the program, told to store by `storage`, writes the same for the same
    /// input.
    pub(crate) fn is_current(&self, storage: Storage) -> bool {
        self.writer == WRITER
            && self.layout == storage.layout.name()
            && self.compression == storage.compression.name()
    }
}

/// The attributes of an output that is made of `origin` and stored by `storage`.
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
