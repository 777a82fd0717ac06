//! A place in the source code.

use std::fmt;

use serde::Serialize;

/// A line of source code, 1-based; what a compiler would print for it.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::SourceLocation;
///
/// let place = SourceLocation { file: "src/main.rs".into(), line: 3, column: 9 };
/// assert_eq!(place.to_string(), "src/main.rs:3:9");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct SourceLocation {
    /// Path of the file as the compiler knows it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
