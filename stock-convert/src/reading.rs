//! What the user decides about how lines become rows.

/// How lines become rows.
///
/// ```
/// use stock_convert::{BadLines, Reading, Timestamps};
/// let reading = Reading { flatten: true, ..BadLines::Skip.into() };
/// assert_eq!(reading.timestamps, Timestamps::Text);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// What becomes of lines that cannot become rows.
    pub bad_lines: BadLines,
    /// Whether an object in a value becomes columns of its own, named `outer.inner`.
    pub flatten: bool,
    /// What becomes of texts that name points in time.
    pub timestamps: Timestamps,
}

/// What to do with a line that cannot become a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BadLines {
    /// Give up on the file.
    #[default]
    Refuse,
    /// Leave the line out and count it.
    Skip,
}

/// What to do with texts that name points in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Timestamps {
    /// They stay as they are written.
    #[default]
    Text,
    /// In columns that pandas takes for dates by their name, if all of them are ISO 8601 in one form
    Datetime64,
}

impl From<BadLines> for Reading {
    fn from(bad_lines: BadLines) -> Self {
        Self { bad_lines, ..Self::default() }
    }
}
