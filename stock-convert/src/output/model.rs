//! What stands in an HDF5 file, in words that no library has a share in: a layout says it, and
//! either library writes it.

use super::error::Failure;
use super::table_schema::{Outline, Stored};

/// All of a file but its rows and its stamp.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) groups: Vec<Group>,
    pub(super) datasets: Vec<Dataset>,
    pub(super) links: Vec<Link>,
}

/// Named, with a value each.
pub(super) type Attributes = Vec<(String, Attribute)>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    /// Stored in exactly as many bytes as it has: with a NUL behind it PyTables stumbles.
    Text(String),
    Int(i64),
}

impl Attribute {
    /// The bytes that stand in the file; a text of none is one NUL, as HDF5 has no shorter ones.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) if text.is_empty() => vec![0],
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Int(value) => value.to_le_bytes().to_vec(),
        }
    }
}

pub(super) fn texts<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Attributes {
    let pairs = pairs.into_iter();
    pairs.map(|(name, value)| (name.to_owned(), Attribute::Text(value.to_owned()))).collect()
}

/// A group at the root.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) attributes: Attributes,
}

/// A second name at the root for something that stands elsewhere.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) target: String,
}

/// A dataset of one dimension.
#[derive(Debug)]
pub(super) struct Dataset {
    pub(super) group: &'static str,
    pub(super) name: String,
    pub(super) element: Element,
    pub(super) attributes: Attributes,
    pub(super) body: Body,
}

/// What a dataset holds.
#[derive(Debug)]
pub(super) enum Body {
    /// So many elements, all of them here, in one piece.
    Whole { count: usize, bytes: Vec<u8> },
    /// One element a row, which are still to come, in chunks that may be compressed.
    Rows(Vec<Source>),
}

/// Where a part of an element comes from, and where in it that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) value: Value,
    pub(super) offset: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// Column `index` of the outline.
    Column { index: usize, stored: Stored },
    /// The number of the row, counted from 0.
    RowNumber,
}

/// The type of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Element {
    One(Atom),
    /// Fields one behind the other (name → type).
    Row(Vec<(String, Atom)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Atom {
    /// What PyTables stores a bool as, and hence the one that pandas reads as bool.
    Bits,
    /// What h5py stores a bool as: an enumeration of FALSE and TRUE.
    Flag,
    Int,
    Float,
    /// UTF-8, filled up with NULs.
    Text {
        bytes: usize,
    },
}

impl Atom {
    /// That of a column.
    pub(super) fn of(stored: Stored) -> Self {
        match stored {
            Stored::Bool => Self::Bits,
            Stored::Int | Stored::Time => Self::Int,
            Stored::Float => Self::Float,
            Stored::Text { .. } => Self::Text { bytes: stored.bytes() },
        }
    }

    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Bits | Self::Flag => 1,
            Self::Int | Self::Float => 8,
            Self::Text { bytes } => bytes,
        }
    }
}

impl Element {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::One(atom) => atom.bytes(),
            Self::Row(fields) => fields.iter().map(|(_, atom)| atom.bytes()).sum(),
        }
    }
}

/// One column by itself.
pub(super) fn column(index: usize, stored: Stored) -> Body {
    Body::Rows(vec![Source { value: Value::Column { index, stored }, offset: 0 }])
}

/// What is common to all layouts: a row that HDF5 can hold.
pub(super) fn check_row(outline: &Outline) -> Result<(), Failure> {
    let bytes: usize = outline.columns().iter().map(|(_, stored)| stored.bytes()).sum();
    match u32::try_from(bytes) {
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::Limit(format!("a row of {bytes} bytes is too long for HDF5"))),
    }
}
