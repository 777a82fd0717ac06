//! The attributes by which an output is known again: what wrote it, of what, and how.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use hdf5::H5File;

use super::model::{Attribute, Attributes};
use super::target::Storage;
use super::written::Origin;
use crate::options::ReadOptions;
use crate::options::TextStorage;

/// What writes files now. Its number goes up when the same input gives another output than before.
const WRITER: &str = "stock-convert 4";

/// What the name of every version of the writer begins with.
const WRITERS: &str = "stock-convert ";

/// What an output says whose texts have their own lengths.
const VARIABLE: &str = "variable";

/// What an output says about how it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provenance {
    /// The program that wrote it, and the number of the form in which it did.
    pub(crate) writer: String,
    /// The name of the layout.
    pub(crate) layout: String,
    /// The name of the compression.
    pub(crate) compression: String,
    /// How texts are stored: empty where each has the room of the longest.
    pub(crate) text: String,
    /// The file name of the input it was made from.
    pub(crate) source: PathBuf,
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
        // To open a pipe would wait for somebody who writes.
        let file = path.is_file().then(|| H5File::options().no_locking().open(path).ok())??;
        Self::from_file(&file)
    }

    /// The same of a file that is open.
    pub(super) fn from_file(file: &H5File) -> Option<Self> {
        let text = |name: &str| file.attr_string(name);
        Some(Self {
            writer: text("writer").ok().filter(|writer| writer.starts_with(WRITERS))?,
            layout: text("layout").unwrap_or_default(),
            compression: text("compression").unwrap_or_default(),
            text: text("text").unwrap_or_default(),
            source: match text("source_name") {
                Ok(hex) => name_from_hex(&hex)?,
                Err(_) => text("source").ok()?.into(),
            },
            hash: u128::from_str_radix(&text("source_xxh3").ok()?, 16).ok()?,
            rows: text("source_rows").ok()?.parse().ok()?,
            skipped_lines: text("source_skipped_lines").ok()?.parse().ok()?,
            options: text("source_reading").unwrap_or_default().parse().ok()?,
        })
    }

    /// Whether this version of the program, told to store by `storage`, writes the same for the same
    /// input.
    pub(crate) fn is_current(&self, storage: Storage) -> bool {
        self.writer == WRITER
            && self.layout == storage.layout.name()
            && self.compression == storage.compression.name()
            && (self.text == VARIABLE) == (storage.text == TextStorage::Variable)
    }
}

/// The attributes of an output that is made of `origin` and stored by `storage`.
pub(super) fn attributes(origin: &Origin, storage: Storage) -> Attributes {
    let name = origin.path.file_name().unwrap_or_default();
    let source = name.to_string_lossy().into_owned();
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
    let variable = storage.text == TextStorage::Variable;
    let more = [
        (!options.is_empty()).then_some(("source_reading", options)),
        variable.then(|| ("text", VARIABLE.to_owned())),
        // An attribute is UTF-8, and a file name need not be.
        name.to_str().is_none().then(|| ("source_name", name_in_hex(name))),
    ];
    let pairs = pairs.into_iter().chain(more.into_iter().flatten());
    pairs.map(|(name, value)| (name.to_owned(), Attribute::Text(value))).collect()
}

fn name_in_hex(name: &OsStr) -> String {
    name.as_encoded_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
fn name_from_hex(hex: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let digits = hex.as_bytes().chunks(2);
    let bytes = digits.map(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok());
    Some(OsString::from_vec(bytes.collect::<Option<Vec<u8>>>()?).into())
}

#[cfg(not(unix))]
fn name_from_hex(_: &str) -> Option<PathBuf> {
    None
}
