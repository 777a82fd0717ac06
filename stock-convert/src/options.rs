//! How the records of a file become rows and columns, as far as the user decides it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strsim::damerau_levenshtein;

/// What stands between the keys of nested objects in the name of a flattened column, as long as nobody
/// looks: no key that a column can have holds it, so that `{"a": {"b": 1}}` and `{"a.b": 1}` differ.
pub(crate) const NESTED: char = '\0';

/// The name of a column as users see and write it: `outer.inner`.
pub(crate) fn dotted(name: &str) -> String {
    name.replace(NESTED, ".")
}

/// How records become rows.
///
/// ```
/// use stock_convert::{BadLines, ReadOptions, Timestamps};
/// let options = ReadOptions { flatten: true, ..BadLines::Skip.into() };
/// assert_eq!(options.timestamps, Timestamps::Text);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadOptions {
    /// What becomes of lines that cannot become rows.
    #[serde(skip)]
    pub bad_lines: BadLines,
    /// Whether an object in a value becomes columns of its own, named `outer.inner`.
    #[serde(skip_serializing_if = "is_default")]
    pub flatten: bool,
    /// What becomes of texts that name points in time.
    #[serde(skip_serializing_if = "is_default")]
    pub timestamps: Timestamps,
    /// Which columns there are, and what they hold.
    #[serde(skip_serializing_if = "is_default")]
    pub columns: ColumnOptions,
    /// Where in a file the records are.
    #[serde(skip_serializing_if = "is_default")]
    pub records: RecordOptions,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Which columns there are, and what they hold. Columns have their names from the file here, before any is
/// renamed: `outer.inner` for those that are flattened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnOptions {
    /// Columns that are left out, with all that is nested in them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// The only columns that are taken; all if it is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Other names for columns: (in the file, in the output).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rename: Vec<(String, String)>,
    /// Columns of texts: numbers by their own digits, arrays and objects as JSON.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub as_text: Vec<String>,
    /// Texts that say that a value is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub null: Vec<String>,
}

/// What becomes of the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnAction {
    Keep,
    Drop,
    AsText,
    /// Of an object that is flattened only some columns are taken.
    Inside,
}

impl ColumnOptions {
    /// Whether a key is all that decides about its value.
    pub(crate) fn is_plain(&self) -> bool {
        let Self { drop, only, as_text, null, .. } = self;
        [drop, only, as_text, null].iter().all(|names| names.is_empty())
    }

    /// What becomes of the values of the key or nested keys called `name`.
    pub(crate) fn action(&self, name: &str) -> ColumnAction {
        let name = dotted(name);
        let is_in = |only: &String| *only == name || is_inside(&name, only);
        if self.drop.contains(&name) {
            ColumnAction::Drop
        } else if self.only.is_empty() || self.only.iter().any(is_in) {
            match self.as_text.contains(&name) {
                true => ColumnAction::AsText,
                false => ColumnAction::Keep,
            }
        } else if self.only.iter().any(|only| is_inside(only, &name)) {
            ColumnAction::Inside
        } else {
            ColumnAction::Drop
        }
    }

    /// The name in the output of the column called `name`.
    pub(crate) fn output_name(&self, name: &str) -> String {
        let name = dotted(name);
        let renamed = self.rename.iter().find(|(from, _)| *from == name);
        renamed.map_or(name, |(_, to)| to.clone())
    }

    /// The columns that options name and that are not among `names`, which has those that were left out too.
    pub(crate) fn unknown(&self, names: &[String]) -> Vec<UnknownColumn> {
        let is_known = |option: &str, wanted: &str| {
            let is_it =
                |name: &str| name == wanted || (option == "--only" && is_inside(name, wanted));
            names.iter().any(|name| is_it(name))
        };
        // Comparing takes time in proportion to the product of the lengths.
        let short = || names.iter().filter(|name| name.len() < 256);
        let renamed = self.rename.iter().map(|(from, _)| ("--rename", from));
        let lists = [("--drop", &self.drop), ("--only", &self.only), ("--as-text", &self.as_text)];
        let listed =
            lists.into_iter().flat_map(|(option, all)| all.iter().map(move |n| (option, n)));
        let unknown = listed.chain(renamed).filter(|(option, name)| !is_known(option, name));
        let unknown = unknown.map(|(option, name)| UnknownColumn {
            option: option.to_owned(),
            name: name.clone(),
            nearest: short().min_by_key(|known| damerau_levenshtein(known, name)).cloned(),
        });
        unknown.collect()
    }
}

/// Whether a column called `inner` is nested in one called `outer`.
fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

/// A column that an option names and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("no input has a column {name:?}, which {option} names{}", suggestion(nearest.as_deref()))]
pub struct UnknownColumn {
    /// The option, with its dashes.
    pub option: String,
    /// The name that it has for the column.
    pub name: String,
    /// The column whose name is most like it; none where there is no column.
    pub nearest: Option<String>,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; the nearest is {nearest:?}"))
}

/// Where in a file the records are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordOptions {
    /// The keys and places that lead from the top of a document to its records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The columns of records that are arrays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// How pandas wrote the document; where it is not given, this is told from the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orient: Option<Orient>,
}

/// How pandas' `to_json` writes a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Orient {
    /// An array of objects
    Records,
    /// Column by column, as pandas writes without an orient: `{"close": {"0": 1.5}}`
    Columns,
    /// Row by row under their labels: `{"0": {"close": 1.5}}`
    Index,
    /// Names, labels and rows apart: `{"columns": ["close"], "index": [0], "data": [[1.5]]}`
    Split,
    /// Rows with a schema: `{"schema": {}, "data": [{"close": 1.5}]}`
    Table,
}

/// How texts are stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum TextStorage {
    /// Each in the room of the longest of its column: read by everything
    #[default]
    Fixed,
    /// Each in its own length: with --layout columns, for h5py and R
    Variable,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
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

/// What differs from the default, except for bad lines, as JSON. Outputs keep it in this form.
///
/// ```
/// use stock_convert::{ReadOptions, Timestamps};
/// let options = ReadOptions { flatten: true, timestamps: Timestamps::Datetime64, ..ReadOptions::default() };
/// assert_eq!(options.to_string(), r#"{"flatten":true,"timestamps":"datetime64"}"#);
/// assert_eq!(options.to_string().parse(), Ok(options));
/// assert_eq!(ReadOptions::default().to_string(), "");
/// ```
impl fmt::Display for ReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match serde_json::to_string(self).map_err(|_| fmt::Error)?.as_str() {
            "{}" => Ok(()),
            json => f.write_str(json),
        }
    }
}

impl FromStr for ReadOptions {
    type Err = UnknownReadOption;

    fn from_str(text: &str) -> Result<Self, UnknownReadOption> {
        match text {
            "" => Ok(Self::default()),
            json => serde_json::from_str(json).map_err(|_| UnknownReadOption),
        }
    }
}

/// A way of reading that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a way of reading that this version does not know")]
pub struct UnknownReadOption;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_chosen_by_what_users_call_them() {
        use ColumnAction::{AsText, Drop, Inside, Keep};
        let names =
            |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
        let options = ColumnOptions { only: names(&["a.b", "c"]), ..ColumnOptions::default() };
        let actions = ["a", "a\0b", "a\0b\0x", "a\0d", "c", "c\0d", "e"].map(|n| options.action(n));
        assert_eq!(actions, [Inside, Keep, Keep, Drop, Keep, Keep, Drop]);
        let unknown = options.unknown(&names(&["a.b", "d"]));
        let words: Vec<String> = unknown.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            ["no input has a column \"c\", which --only names; the nearest is \"d\""]
        );
        let options = ColumnOptions {
            drop: names(&["a.b"]),
            as_text: names(&["c"]),
            rename: vec![("a.d".into(), "d".into())],
            ..ColumnOptions::default()
        };
        assert_eq!(["a", "a\0b", "c"].map(|n| options.action(n)), [Keep, Drop, AsText]);
        assert_eq!(["a\0d", "a\0e"].map(|n| options.output_name(n)), ["d", "a.e"]);
    }
}
