//! The columns of a file and their types: what the blocks of one file have to agree on.
//!
//! ```text
//! Unknown ─► Bool ─► Int ─► Float       a missing value makes a Bool or an Int a Float (NaN)
//!         ├─► Timestamp ─► Text         a missing text is empty, a missing timestamp NaT
//!         └────────────────►            texts and numbers never meet
//! ```

use std::collections::HashMap;
use std::fmt;

use crate::frame::Kind;

/// The type that the values of a column need so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// All values so far are missing; a table holds them as numbers.
    #[default]
    Unknown,
    /// `true` and `false`.
    Bool,
    /// Integers of 64 bits.
    Int,
    /// Floating-point numbers of 64 bits.
    Float,
    /// Unicode text.
    Text,
    /// Points in time.
    Timestamp,
}

impl FieldKind {
    /// The type of such a column in a table.
    pub fn kind(self) -> Kind {
        match self {
            Self::Bool => Kind::Bool,
            Self::Int => Kind::Int,
            Self::Unknown | Self::Float => Kind::Float,
            Self::Text => Kind::Text,
            Self::Timestamp => Kind::Timestamp,
        }
    }

    /// The type for the values of both; none where one has texts and the other has numbers.
    fn join(self, other: Self) -> Option<Self> {
        use FieldKind::{Bool, Float, Int, Text, Timestamp, Unknown};
        Some(match (self, other) {
            (one, other) if one == other => one,
            // All values of one are missing.
            (Unknown, kind) | (kind, Unknown) => kind.with_missing(),
            (Text | Timestamp, Text | Timestamp) => Text,
            (Text | Timestamp, _) | (_, Text | Timestamp) => return None,
            (Float, _) | (_, Float) => Float,
            (Bool | Int, Bool | Int) => Int,
        })
    }

    /// The type for its values and missing ones.
    fn with_missing(self) -> Self {
        match self {
            Self::Bool | Self::Int => Self::Float,
            kind => kind,
        }
    }
}

/// A column by name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: the key in the lines.
    pub name: String,
    /// The type that its values need.
    pub kind: FieldKind,
}

/// The columns that the lines so far need, in the order in which their keys first appeared.
///
/// With more lines it only becomes wider, in whichever order blocks are parsed.
///
/// ```
/// use stock_convert::{FieldKind, BadLines, BlockParser, Schema};
/// let mut parser = BlockParser::new(BadLines::Refuse);
/// let one = parser.parse(b"{\"close\": 38}\n", &Schema::default())?;
/// let other = parser.parse(b"{\"close\": 34.03, \"volume\": 7}\n", &one.schema)?;
/// assert_ne!(one.schema, other.schema); // the first block has to be parsed again
/// assert_eq!(other.schema.fields()[0].kind, FieldKind::Float);
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
        for field in &self.fields {
            let kind = match there.get(&field.name).copied() {
                Some(place) => field.kind.join(other.fields[place].kind),
                None => Some(field.kind.with_missing()),
            };
            let name = field.name.clone();
            match kind {
                Some(kind) => fields.push(Field { name, kind }),
                None => return Err(MixedColumn { name }),
            }
        }
        for field in &other.fields {
            if !here.contains_key(&field.name) {
                let kind = field.kind;
                let kind = if self.has_rows { kind.with_missing() } else { kind };
                fields.push(Field { name: field.name.clone(), kind });
            }
        }
        Ok(Self { fields, has_rows: true })
    }
}

/// A column that holds texts in one block and numbers in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixedColumn {
    /// The name of the column.
    pub name: String,
}

impl fmt::Display for MixedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {:?} holds texts in one block and numbers in another", self.name)
    }
}

impl std::error::Error for MixedColumn {}
