//! JSON lines to columns, on two paths with the same result.
//!
//! ```text
//! block ─► parser ─┬─► template ───► number, string ──┬─► frame::builder    a line like one before
//!                  └─► row ─► cells ─► diagnosis ─────┘                     any other line
//! ```
//! The general path reads a line with the JSON parser, one cell per column. A line that is written
//! like an earlier one goes straight into the columns. Nothing here knows files: the input is blocks of
//! whole lines.

pub(crate) mod block;
pub(crate) mod diagnosis;
mod number;
pub(crate) mod parser;
mod row;
pub(crate) mod spans;
mod string;
mod template;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
