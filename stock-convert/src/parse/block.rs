//! The parser of single blocks of a file, in any order, with a schema that the blocks agree on.

use std::collections::BTreeSet;

use super::parser::Parser;
use crate::error::line::{LineError, Skipped};
use crate::frame::Frame;
use crate::frame::schema::Schema;
use crate::options::ReadOptions;

/// The rows of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockRows {
    /// The rows as a table.
    pub frame: Frame,
    /// The schema of the table. Where its fields differ from those of the schema that was given, the block
    /// needs wider types, and blocks that were parsed before have to be parsed again with this schema.
    pub schema: Schema,
    /// The number of lines, including blank ones and those that were left out.
    pub lines: u64,
    /// The lines that were left out, counted from the beginning of the block.
    pub skipped: Skipped,
    /// The columns that were left out because the options say so.
    pub dropped: BTreeSet<String>,
}

/// Parses blocks of one file apart from each other.
///
/// The result depends on the block and the schema alone. To read a file that is larger than
/// memory, parse block after block with the schema of the block before. Where the last schema has
/// other fields than that of some block, parse all blocks once more with the last schema: then every
/// block fits it. Blocks may also be parsed at the same time, and their schemas
/// [joined](Schema::join).
///
/// ```
/// use stock_convert::{BadLines, BlockParser, Schema, Values};
/// let mut parser = BlockParser::new(BadLines::Refuse);
/// let blocks = [&b"{\"close\": 38}\n"[..], &b"{\"close\": 34.03}\n"[..]];
/// let mut schema = Schema::default();
/// for block in blocks {
///     schema = parser.parse(block, &schema)?.schema;
/// }
/// for block in blocks {
///     let block = parser.parse(block, &schema)?;
///     assert_eq!(block.schema, schema);
///     assert!(matches!(block.frame.column("close"), Some(Values::Float(_))));
/// }
/// # Ok::<(), stock_convert::LineError>(())
/// ```
#[derive(Debug)]
pub struct BlockParser {
    /// Keeps its templates from block to block, as long as the columns have the same names.
    parser: Parser,
}

impl BlockParser {
    /// Begins without any block.
    pub fn new(options: impl Into<ReadOptions>) -> Self {
        Self { parser: Parser::new(options) }
    }

    /// Parses the whole lines in `block` to columns of the types of `schema` or wider ones.
    ///
    /// # Errors
    /// The first line that cannot become a row, counted from the beginning of the block.
    pub fn parse(&mut self, block: &[u8], schema: &Schema) -> Result<BlockRows, LineError> {
        self.parse_lines(block, None, schema)
    }

    /// Parses lines; with `overlong`, a line follows them that is longer than this limit and was left out.
    pub(crate) fn parse_lines(
        &mut self,
        lines: &[u8],
        overlong: Option<usize>,
        schema: &Schema,
    ) -> Result<BlockRows, LineError> {
        self.parser.restart(schema);
        self.parser.push_block(lines)?;
        overlong.map_or(Ok(()), |limit| self.parser.push_overlong(limit))?;
        let schema = self.parser.schema();
        let lines = self.parser.line;
        let (frame, skipped) = self.parser.take();
        let dropped = std::mem::take(&mut self.parser.dropped);
        Ok(BlockRows { frame, schema, lines, skipped, dropped })
    }
}
