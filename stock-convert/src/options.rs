//! How the records of a file become rows and columns, as far as the user decides it.

pub(crate) mod size;

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use clap::Args;
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

impl ReadOptions {
    /// Whether an object that is the value of the key or nested keys called `name` gives columns of its own.
    pub(crate) fn takes_apart(&self, name: &str) -> bool {
        let action = || self.columns.action(name);
        self.flatten && matches!(action(), ColumnAction::Keep | ColumnAction::Inside)
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Which columns there are, and what they hold, as options of a command line.
///
/// Columns have their names from the file here, before any is renamed: `outer.inner` for those that are
/// flattened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Input")]
#[serde(default)]
pub struct ColumnOptions {
    /// Leave columns out, with all that is nested in them
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// Take these columns and no others
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Give a column another name
    #[arg(long, value_name = "NAME=OTHER", value_parser = parse_rename)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rename: Vec<(String, String)>,
    /// Make texts of all values of these columns: digits as they are written, arrays and objects as JSON
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub as_text: Vec<String>,
    /// Take this text for a missing value, like - or N/A
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub null: Vec<String>,
}

fn parse_rename(text: &str) -> Result<(String, String), String> {
    let names = text.split_once('=').ok_or_else(|| "write it like NAME=OTHER".to_owned())?;
    match can_name_a_column(names.1) {
        true => Ok((names.0.to_owned(), names.1.to_owned())),
        false => Err(format!("{:?} cannot name a column", names.1)),
    }
}

/// Whether a column may have this name: HDF5 ends names at a NUL, and PyTables, through which pandas
/// reads, refuses or loses the other names that are excluded here.
pub(crate) fn can_name_a_column(name: &str) -> bool {
    let reserved = ["_c_", "_f_", "_g_", "_v_"];
    !(name.is_empty()
        || name == "."
        || name.contains(['\0', '/'])
        || reserved.iter().any(|prefix| name.starts_with(prefix))
        || (name.starts_with("__") && name.ends_with("__")))
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

    /// The columns that these options and those of the records name and that are not among `names`, which has those that
    /// were left out too.
    pub(crate) fn unknown(&self, records: &RecordOptions, names: &[String]) -> Vec<UnknownColumn> {
        let is_known = |option: &str, wanted: &str| {
            let is_it =
                |name: &str| name == wanted || (option == "--only" && is_inside(name, wanted));
            names.iter().any(|name| is_it(name))
        };
        // Comparing takes time in proportion to the product of the lengths.
        let short = || names.iter().filter(|name| name.len() < 256);
        let renamed = self.rename.iter().map(|(from, _)| ("--rename", from));
        let lists = [
            ("--drop", &self.drop),
            ("--only", &self.only),
            ("--as-text", &self.as_text),
            ("--names", &records.names),
        ];
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

/// Where in a file the records are, as options of a command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Input")]
#[serde(default)]
pub struct RecordOptions {
    /// Where in a JSON document the records are: keys with dots between them, like chart.result.0.rows
    ///
    /// An array on the way is gone through, or a number takes one of its elements. A dot that belongs to
    /// a key has a backslash before it.
    // Written like this, the type is no list of values to clap: one value holds all keys.
    #[arg(long = "records", value_name = "PATH", value_parser = parse_path, default_value = NO_PATH, hide_default_value = true)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: std::vec::Vec<String>,
    /// The columns of records that are arrays, like time,open,close
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// How pandas wrote a document, or what is at --records; told from the document where that is clear
    #[arg(long, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orient: Option<Orient>,
}

/// What no command line can say: an empty path is that of the empty key.
const NO_PATH: &str = "\0";

fn parse_path(text: &str) -> Result<Vec<String>, Infallible> {
    let dots_in_keys = text.replace(r"\.", "\0");
    let keys = dots_in_keys.split('.').map(|key| key.replace('\0', "."));
    Ok(if text == NO_PATH { Vec::new() } else { keys.collect() })
}

/// A path of keys as `--records` takes it.
pub(crate) fn written_path(keys: &[String]) -> String {
    keys.iter().map(|key| key.replace('.', r"\.")).collect::<Vec<_>>().join(".")
}

/// How pandas writes a frame as JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Orient {
    /// An array of objects
    #[default]
    Records,
    /// Column by column, as pandas writes without an orient: `{"close": {"0": 1.5}}`
    Columns,
    /// Row by row under their labels: `{"0": {"close": 1.5}}`
    Index,
    /// Column by column without labels: `{"close": [1.5]}`; what is no list is repeated in each row
    List,
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
/// assert_eq!(options.to_string().parse::<ReadOptions>()?, options);
/// assert_eq!(ReadOptions::default().to_string(), "");
/// # Ok::<(), serde_json::Error>(())
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
    /// What is no JSON, or names an option that this version does not know.
    type Err = serde_json::Error;

    fn from_str(text: &str) -> serde_json::Result<Self> {
        match text {
            "" => Ok(Self::default()),
            json => serde_json::from_str(json),
        }
    }
}

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
        let unknown = options.unknown(&RecordOptions::default(), &names(&["a.b", "d"]));
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
