//! The columns of a file and their types: what the blocks of one file have to agree on.
//!
//! ```text
//! none    ─► Bool ─► Int ─► Float       a missing value makes a Bool or an Int a Float (NaN)
//!         ├─► Timestamp ─► Text         a missing text is empty, a missing timestamp NaT
//!         └────────────────►            texts and numbers never meet
//! ```

use std::collections::HashMap;

use crate::frame::Kind;

/// The type for the values of both; an error where one has texts and the other has numbers. No type means
/// that all values are missing.
fn join(one: Option<Kind>, other: Option<Kind>) -> Result<Option<Kind>, ()> {
    use Kind::{Bool, Float, Int, Text, Timestamp};
    Ok(match (one, other) {
        (None, kind) | (kind, None) => with_missing(kind),
        (Some(one), Some(other)) => Some(match (one, other) {
            _ if one == other => one,
            (Text | Timestamp, Text | Timestamp) => Text,
            (Text | Timestamp, _) | (_, Text | Timestamp) => return Err(()),
            (Float, _) | (_, Float) => Float,
            (Bool | Int, Bool | Int) => Int,
        }),
    })
}

/// The type for its values and missing ones.
fn with_missing(kind: Option<Kind>) -> Option<Kind> {
    kind.map(|kind| if matches!(kind, Kind::Bool | Kind::Int) { Kind::Float } else { kind })
}

/// A column by name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: the key in the lines.
    pub name: String,
    /// The type that its values need; none as long as all are missing, which a table holds as numbers.
    pub kind: Option<Kind>,
}

/// The columns that the lines so far need, in the order in which their keys first appeared.
///
/// With more lines it only becomes wider, in whichever order blocks are parsed.
///
/// ```
/// use stock_convert::{BadLines, BlockParser, Kind, Schema};
/// let mut parser = BlockParser::new(BadLines::Refuse);
/// let one = parser.parse(b"{\"close\": 38}\n", &Schema::default())?;
/// let other = parser.parse(b"{\"close\": 34.03, \"volume\": 7}\n", &one.schema)?;
/// assert_ne!(one.schema, other.schema); // the first block has to be parsed again
/// assert_eq!(other.schema.fields()[0].kind, Some(Kind::Float));
/// let again = parser.parse(b"{\"close\": 38}\n", &other.schema)?;
/// assert_eq!(again.schema, other.schema);
/// # Ok::<(), stock_convert::LineError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    fields: Vec<Field>,
    has_rows: bool,
}

impl Schema {
    pub(crate) fn new(fields: Vec<Field>, has_rows: bool) -> Self {
        Self { fields, has_rows }
    }

    /// The columns in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether there were any rows; a column that first appears later is missing in them.
    pub fn has_rows(&self) -> bool {
        self.has_rows
    }

    /// The schema for the rows of both, those of `self` first, of blocks that were parsed apart.
    ///
    /// # Errors
    /// The column that holds texts here and numbers there. Parsing the other block with this
    /// schema says on which line.
    pub fn join(&self, other: &Self) -> Result<Self, MixedColumn> {
        if !other.has_rows {
            return Ok(self.clone());
        }
        let places = |fields: &[Field]| -> HashMap<String, usize> {
            fields.iter().enumerate().map(|(place, field)| (field.name.clone(), place)).collect()
        };
        let (here, there) = (places(&self.fields), places(&other.fields));
        let mut fields = Vec::new();
        for Field { name, kind } in &self.fields {
            let joined = match there.get(name) {
                Some(&place) => join(*kind, other.fields[place].kind),
                None => Ok(with_missing(*kind)),
            };
            let kind = joined.map_err(|()| MixedColumn { name: name.clone() })?;
            fields.push(Field { name: name.clone(), kind });
        }
        for Field { name, kind } in &other.fields {
            if !here.contains_key(name) {
                let kind = if self.has_rows { with_missing(*kind) } else { *kind };
                fields.push(Field { name: name.clone(), kind });
            }
        }
        Ok(Self { fields, has_rows: true })
    }
}

/// A column that holds texts in one block and numbers in another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {name:?} holds texts in one block and numbers in another")]
pub struct MixedColumn {
    /// The name of the column.
    pub name: String,
}
