//! Blocks of one file, parsed one by one and in any order, with a schema that they agree on.

use super::parser::Parser;
use crate::error::{LineError, Skipped};
use crate::frame::Frame;
use crate::frame::schema::Schema;
use crate::options::ReadOptions;

/// The rows of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockRows {
    /// The table.
    pub frame: Frame,
    /// That of the table. Where it has other fields than the schema that was given, the block needs
    /// wider types, and blocks that were parsed before have to be parsed again with this one.
    pub schema: Schema,
    /// The lines in it, those included that are blank or were left out.
    pub lines: u64,
    /// The lines that were left out; they are counted from the beginning of the block.
    pub skipped: Skipped,
}

/// Parses blocks of one file apart from each other.
///
/// What comes out depends on the block and the schema alone. To read a file that is larger than
/// memory, parse block after block with the schema of the block before. Where the last schema has
/// other fields than that of some block, do it once more, from the beginning and with the last
/// schema: then every block fits it. Blocks may also be parsed at the same time, and their schemas
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
    /// Keeps what it learned of the shapes of lines as long as the names stay the same.
    parser: Parser,
}

impl BlockParser {
    /// A parser that has seen nothing yet.
    pub fn new(options: impl Into<ReadOptions>) -> Self {
        Self { parser: Parser::new(options) }
    }

    /// The rows of the whole lines in `block`, in columns of the types of `schema` or wider ones.
    ///
    /// # Errors
    /// The first line that cannot become a row, counted from the beginning of the block.
    pub fn parse(&mut self, block: &[u8], schema: &Schema) -> Result<BlockRows, LineError> {
        self.parse_lines(block, None, schema)
    }

    /// The same of lines behind which one was left out that is longer than a limit.
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
        Ok(BlockRows { frame, schema, lines, skipped })
    }
}
