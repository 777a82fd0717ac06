//! The value of a line in a column.

use std::borrow::Cow;

use crate::frame::Kind;

/// Whether a float holds this integer and no other one near it.
pub(crate) fn is_exact(value: i64) -> bool {
    i128::from(value) == value as f64 as i128
}

/// One value of one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'line> {
    /// No such key on the line, or `null`.
    Missing,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'line, str>),
    /// A text with a surrogate that is no half of a pair, which UTF-8 cannot hold.
    HalfCharacter,
    /// An integer that 64 bits with a sign cannot hold.
    BeyondInt,
    /// A number with a fraction or an exponent that is beyond all floats.
    BeyondFloat,
    Object,
    Array,
}

impl Cell<'_> {
    /// The type of column that it asks for; none where it asks for none or fits no column.
    pub(crate) fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Text(_) => Kind::Text,
            _ => return None,
        })
    }
}
