//! What the user decides about how lines become rows.

use std::fmt;
use std::str::FromStr;

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
    /// In columns that pandas takes for dates by their name, if all of them are ISO 8601
    Datetime64,
}

impl From<BadLines> for Reading {
    fn from(bad_lines: BadLines) -> Self {
        Self { bad_lines, ..Self::default() }
    }
}

/// Names what differs from the default, of that which changes rows: the form that outputs remember.
///
/// ```
/// use stock_convert::{Reading, Timestamps};
/// let reading = Reading { flatten: true, timestamps: Timestamps::Datetime64, ..Reading::default() };
/// assert_eq!(reading.to_string(), "flatten,datetime64");
/// assert_eq!("flatten,datetime64".parse(), Ok(reading));
/// assert_eq!(Reading::default().to_string(), "");
/// ```
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flatten = self.flatten.then_some(FLATTEN);
        let timestamps = (self.timestamps == Timestamps::Datetime64).then_some(DATETIME64);
        let words: Vec<&str> = flatten.into_iter().chain(timestamps).collect();
        f.write_str(&words.join(","))
    }
}

const FLATTEN: &str = "flatten";
const DATETIME64: &str = "datetime64";

impl FromStr for Reading {
    type Err = UnknownReading;

    fn from_str(text: &str) -> Result<Self, UnknownReading> {
        let mut reading = Self::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word {
                FLATTEN => reading.flatten = true,
                DATETIME64 => reading.timestamps = Timestamps::Datetime64,
                _ => return Err(UnknownReading),
            }
        }
        Ok(reading)
    }
}

/// A way of reading that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a way of reading lines that this version does not know")]
pub struct UnknownReading;
