//! What stands in an HDF5 file, in words that belong to no library: a layout builds a model of the
//! file, and a backend writes it.

use super::table_schema::{StoredType, VARIABLE_TEXT_BYTES};

/// All of a file but its rows and its provenance.
#[derive(Debug, Default)]
pub(super) struct FileModel {
    /// Those of the group `data`, the only one.
    pub(super) attributes: Attributes,
    /// What stands in that group.
    pub(super) datasets: Vec<Dataset>,
    pub(super) links: Vec<Link>,
}

/// Attributes in order: name → value.
pub(super) type Attributes = Vec<(String, Attribute)>;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    /// Stored in exactly as many bytes as it has: PyTables fails on texts that end with a NUL.
    Text(String),
    Int(i64),
}

impl Attribute {
    /// The bytes that stand in the file. An empty text is one NUL, as HDF5 has no text of length 0.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) if text.is_empty() => vec![0],
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Int(value) => value.to_le_bytes().to_vec(),
        }
    }
}

/// Attributes whose values are all texts, from pairs of name and value.
pub(super) fn text_attributes<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Attributes {
    let pairs = pairs.into_iter();
    pairs.map(|(name, value)| (name.to_owned(), Attribute::Text(value.to_owned()))).collect()
}

/// A second name, at the root, for a dataset in a group.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) name: String,
    /// The path of the dataset, without a slash at the beginning.
    pub(super) target: String,
}

/// A dataset of one dimension, or of two where it has several values a row.
#[derive(Debug)]
pub(super) struct Dataset {
    pub(super) name: String,
    pub(super) element: Element,
    /// How many elements a row has.
    pub(super) width: usize,
    pub(super) attributes: Attributes,
    pub(super) body: Body,
}

impl Dataset {
    /// A dataset of one element a row, without attributes.
    pub(super) fn new(name: &str, element: Element, body: Body) -> Self {
        Self { name: name.to_owned(), element, width: 1, attributes: Vec::new(), body }
    }
}

/// The elements of a dataset.
#[derive(Debug)]
pub(super) enum Body {
    /// All `count` elements are known and stored in one piece.
    Whole { count: usize, bytes: Vec<u8> },
    /// There is an element for each row. They come later, in chunks that may be compressed; the parts
    /// say what an element is made of.
    Rows(Vec<ElementPart>),
}

impl Body {
    /// The elements of a dataset that holds column `index` of the table schema and nothing else.
    pub(super) fn from_column(index: usize, stored: StoredType) -> Self {
        Self::Rows(vec![ElementPart { source: PartSource::Column { index, stored }, offset: 0 }])
    }
}

/// A part of each element of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ElementPart {
    /// Where its value comes from.
    pub(super) source: PartSource,
    /// The byte of the element where it begins.
    pub(super) offset: usize,
}

/// Where a part of an element comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartSource {
    /// Column `index` of the table schema.
    Column { index: usize, stored: StoredType },
    /// The number of the row, counted from 0.
    RowNumber,
}

/// The type of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Element {
    One(Atom),
    /// Fields one behind the other: name → type.
    Row(Vec<(String, Atom)>),
}

/// A type that has no parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Atom {
    /// A bool as PyTables stores it, and hence the type that pandas reads as bool.
    Bits,
    /// A bool as h5py stores it: an enumeration of FALSE and TRUE.
    Flag,
    /// An integer of 64 bits.
    Int,
    /// A floating-point number of 64 bits.
    Float,
    /// UTF-8 in `bytes` bytes, the rest of which are NULs.
    Text { bytes: usize },
    /// UTF-8 of any length, which stands elsewhere in the file.
    VariableText,
}

impl Atom {
    /// The type in which all layouts but `columns` store a value.
    pub(super) fn from_stored(stored: StoredType) -> Self {
        match stored {
            StoredType::Bool => Self::Bits,
            StoredType::Int | StoredType::Time => Self::Int,
            StoredType::Float => Self::Float,
            StoredType::Text { .. } => Self::Text { bytes: stored.bytes() },
        }
    }

    /// Its size in bytes.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Bits | Self::Flag => 1,
            Self::Int | Self::Float => 8,
            Self::Text { bytes } => bytes,
            Self::VariableText => VARIABLE_TEXT_BYTES,
        }
    }
}

impl Element {
    /// Its size in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::One(atom) => atom.bytes(),
            Self::Row(fields) => fields.iter().map(|(_, atom)| atom.bytes()).sum(),
        }
    }
}
