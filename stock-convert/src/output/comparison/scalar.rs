//! Single values, from the file and from JSON, and when two of them are the same.

use std::fmt;

use hdf5::DatatypeMessage;
use hdf5::format::messages::datatype::fixed_string_content;

use crate::frame::timestamp;
use crate::frame::{NOT_A_TIME, Values};

/// One value, from the file or from JSON.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scalar<'a> {
    Bool(bool),
    /// An integer, or the number of a time.
    Int(i64),
    Float(f64),
    Text(&'a str),
    /// A value of a type that this program does not write, or one that is damaged.
    Unknown,
}

impl<'a> Scalar<'a> {
    /// The value of type `datatype` that `bytes` begin with.
    pub(super) fn from_bytes(bytes: &'a [u8], datatype: &DatatypeMessage) -> Self {
        let eight = || bytes.first_chunk().copied();
        let value = match datatype {
            DatatypeMessage::FixedPoint { size: 8, signed: true, .. } => {
                eight().map(|bytes| Self::Int(i64::from_le_bytes(bytes)))
            }
            DatatypeMessage::FloatingPoint { size: 8, .. } => {
                eight().map(|bytes| Self::Float(f64::from_le_bytes(bytes)))
            }
            DatatypeMessage::BitField { size: 1, .. } | DatatypeMessage::Enum { .. } => {
                bytes.first().filter(|byte| **byte < 2).map(|byte| Self::Bool(*byte == 1))
            }
            DatatypeMessage::FixedString { size, padding, .. } => bytes
                .get(..*size as usize)
                .and_then(|bytes| fixed_string_content(bytes, *padding))
                .and_then(|bytes| str::from_utf8(bytes).ok())
                .map(Self::Text),
            _ => None,
        };
        value.unwrap_or(Self::Unknown)
    }

    /// The value of row `row` of a column.
    pub(super) fn from_column(values: &'a Values, row: usize) -> Self {
        match values {
            Values::Bool(values) => Self::Bool(values[row]),
            Values::Int(values) | Values::Timestamp(values) => Self::Int(values[row]),
            Values::Float(values) => Self::Float(values[row]),
            Values::Text(texts) => Self::Text(texts.get(row)),
        }
    }

    /// Whether this, from the file, is how `wanted`, from JSON, is stored: the same to the last bit, or the
    /// number of the time that a text names.
    pub(super) fn is_same(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => {
                one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
            }
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Int(NOT_A_TIME), Self::Text("")) => true,
            (Self::Int(time), Self::Text(text)) => timestamp::nanoseconds_of(text) == Some(*time),
            _ => false,
        }
    }
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Unknown => f.write_str("something else"),
        }
    }
}
