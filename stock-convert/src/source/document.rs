//! The records of a JSON document, one after the other, as blocks of lines.
//!
//! The JSON parser reads the whole document as a stream, and so checks all of it; each record comes out
//! as it is written and becomes a line. Only the record that is read is held, and the block that it goes
//! to.

mod collector;
mod pandas;
mod position;
mod record;
mod records;

use std::io::BufRead;
use std::path::Path;

use serde::de::DeserializeSeed;

use self::collector::Collector;
use self::position::{Position, Positioned};
use self::record::Record;
use self::records::At;
use crate::error::ConvertError;
use crate::error::line::{LineProblem, quoted};
use crate::options::written_path;
use crate::parse::diagnosis::in_words;
use crate::source::lines::{BlockSizes, Lines};
use crate::source::shape::Shape;

/// Lends the records of `source`, which lie in it as `shape` says, to `receive` in blocks of lines.
///
/// # Errors
/// What is wrong with the document, by the name of the file at `path`, and the errors of `receive`.
pub(crate) fn for_each_record(
    source: impl BufRead,
    (path, shape): (&Path, &Shape),
    names: &[String],
    sizes: BlockSizes,
    receive: &mut dyn FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<(), ConvertError> {
    let position = Position::new(sizes.line_limit);
    let mut collector = Collector {
        path,
        names: names.to_vec(),
        labels: Vec::new(),
        position: &position,
        block_bytes: sizes.block_bytes,
        block: Vec::new(),
        places: Vec::new(),
        has_pages: false,
        found: false,
        keys: Vec::new(),
        receive,
        error: None,
    };
    let mut json =
        serde_json::Deserializer::from_reader(Positioned { source, position: &position });
    let mut is_first = true;
    let read = loop {
        // The end is where nothing follows; else the parser has looked at the next byte.
        let end = json.end();
        let is_apart = position.before.get().is_ascii_whitespace();
        match end {
            Ok(()) => break Ok(()),
            Err(error) if !is_first && !is_apart => break Err(error),
            Err(_) => is_first = false,
        }
        let read = match shape {
            Shape::Lines | Shape::Values => Record(&mut collector).deserialize(&mut json),
            Shape::Document { path: keys, orient } => {
                At { keys, orient: *orient, collector: &mut collector }.deserialize(&mut json)
            }
        };
        if read.is_err() {
            break read;
        }
    };
    let refused = collector.error.take();
    if let Some(error) = refused.or_else(|| Some(failure(path, &position, read.err()?))) {
        // The records before have their faults before it, however many of them have been lent.
        collector.flush(false)?;
        return Err(error);
    }
    if let Shape::Document { path: wanted, .. } = shape
        && !wanted.is_empty()
        && !collector.found
    {
        let mut keys = std::mem::take(&mut collector.keys);
        keys.dedup();
        keys.truncate(20);
        return Err(ConvertError::Unreadable {
            path: path.to_owned(),
            problem: format!("no records at {}", quoted(&written_path(wanted))),
            remedy: (!keys.is_empty()).then(|| {
                format!("where that leads nowhere, these are the keys: {}", keys.join(", "))
            }),
        });
    }
    collector.flush(true)
}

fn failure(path: &Path, position: &Position, error: serde_json::Error) -> ConvertError {
    if error.is_io() {
        return ConvertError::reading(path, error.into());
    }
    // Its own column counts bytes.
    let (line, byte) = (error.line() as u64, error.column() as u64);
    let (line, column) = position.of_byte(line, byte);
    // What is missing is missing behind the last character.
    let mut column = column + u64::from(error.is_eof() && byte > 0);
    let problem = match (position.before.get(), position.last.get()) {
        (_, b'N') if error.is_syntax() => LineProblem::NotFinite("NaN"),
        (b'-', b'I') | (b'I', b'n') if error.is_syntax() => {
            // The parser stops behind the minus.
            column = column.saturating_sub(1).max(1);
            LineProblem::NotFinite("-Infinity")
        }
        (_, b'I') if error.is_syntax() => LineProblem::NotFinite("Infinity"),
        // It is JSON, but something else than was wanted there.
        _ if error.is_data() || error.to_string().starts_with("recursion limit") => {
            LineProblem::Document(in_words(&error))
        }
        _ => LineProblem::Document(format!("not valid JSON: {}", in_words(&error))),
    };
    ConvertError::Line { path: path.to_owned(), line, column, problem }
}
