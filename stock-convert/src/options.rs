//! How lines become rows, as far as the user decides it.

use std::fmt;
use std::str::FromStr;

/// How lines become rows.
///
/// ```
/// use stock_convert::{BadLines, ReadOptions, Timestamps};
/// let options = ReadOptions { flatten: true, ..BadLines::Skip.into() };
/// assert_eq!(options.timestamps, Timestamps::Text);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadOptions {
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

impl From<BadLines> for ReadOptions {
    fn from(bad_lines: BadLines) -> Self {
        Self { bad_lines, ..Self::default() }
    }
}

/// Names what differs from the default, except for bad lines. Outputs keep it in this form.
///
/// ```
/// use stock_convert::{ReadOptions, Timestamps};
/// let options = ReadOptions { flatten: true, timestamps: Timestamps::Datetime64, ..ReadOptions::default() };
/// assert_eq!(options.to_string(), "flatten,datetime64");
/// assert_eq!("flatten,datetime64".parse(), Ok(options));
/// assert_eq!(ReadOptions::default().to_string(), "");
/// ```
impl fmt::Display for ReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flatten = self.flatten.then_some(FLATTEN);
        let timestamps = (self.timestamps == Timestamps::Datetime64).then_some(DATETIME64);
        let words: Vec<&str> = flatten.into_iter().chain(timestamps).collect();
        f.write_str(&words.join(","))
    }
}

const FLATTEN: &str = "flatten";
const DATETIME64: &str = "datetime64";

impl FromStr for ReadOptions {
    type Err = UnknownReadOption;

    fn from_str(text: &str) -> Result<Self, UnknownReadOption> {
        let mut options = Self::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word {
                FLATTEN => options.flatten = true,
                DATETIME64 => options.timestamps = Timestamps::Datetime64,
                _ => return Err(UnknownReadOption),
            }
        }
        Ok(options)
    }
}

/// A name of a read option that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a way of reading lines that this version does not know")]
pub struct UnknownReadOption;
