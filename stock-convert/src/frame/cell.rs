//! One value of one line, before its column has a type for it.

use std::borrow::Cow;

use crate::frame::Kind;

/// One value of one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'line> {
    /// No such key on the line, or `null`.
    Missing,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'line, str>),
    /// A positive integer beyond 64 bits with a sign.
    BeyondInt,
    Object,
    Array,
}

impl Cell<'_> {
    /// Its type, of those that a column may have.
    pub(crate) fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Text(_) => Kind::Text,
            Self::Missing | Self::BeyondInt | Self::Object | Self::Array => return None,
        })
    }
}
