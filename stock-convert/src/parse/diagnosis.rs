//! What is wrong with a line, and at which byte of it.

use super::spans;
use crate::error::line::{ColumnProblem, LineProblem, shortened};
use crate::frame::Kind;
use crate::frame::cell::Cell;
use crate::options::{NESTED, ReadOptions, can_name_a_column, dotted};

/// Looks closely at an unusual cell; says what is wrong with it and where.
///
/// `conflict` is the type of the column, if the cell cannot go there.
#[cold]
pub(super) fn inspect(
    line: &str,
    options: &ReadOptions,
    key: &str,
    cell: &Cell<'_>,
    conflict: Option<Kind>,
) -> Result<(), (usize, LineProblem)> {
    let place = spans::value_span(line, key, |name| options.takes_apart(name)).unwrap_or(0..0);
    let written = &line[place.clone()];
    let output_name = options.columns.output_name(key);
    // In the name of a flattened column it stands between keys, which hold none.
    let has_nul = !options.flatten && key.contains(NESTED);
    let key = dotted(key);
    let is_renamed = output_name != key;
    let problem = match cell {
        _ if (has_nul && !is_renamed) || !can_name_a_column(&output_name) => {
            return Err((place.start, LineProblem::Key(output_name)));
        }
        Cell::Object => ColumnProblem::Nested("an object"),
        Cell::Array => ColumnProblem::Nested("an array"),
        Cell::BeyondInt => ColumnProblem::IntegerTooLarge(written.into()),
        Cell::BeyondFloat => ColumnProblem::TooFar(shortened(written)),
        Cell::HalfCharacter => ColumnProblem::HalfCharacter,
        Cell::Text(text) if text.contains('\0') => ColumnProblem::Nul,
        _ => match (conflict, cell.kind()) {
            (Some(expected), Some(found)) => ColumnProblem::Mixed { found, expected, kinds: None },
            _ => return Ok(()),
        },
    };
    Err((place.start, LineProblem::Column { key, problem }))
}

/// Says where a line is no JSON object, and why, in the user's words.
pub(super) fn malformed(line: &str, error: &serde_json::Error) -> (usize, LineProblem) {
    let start = line.len() - line.trim_ascii_start().len();
    if line.as_bytes()[start] != b'{' {
        let found = match line.as_bytes()[start] {
            b'[' => "an array".to_owned(),
            b'"' => "a text".to_owned(),
            b'0'..=b'9' | b'-' => "a number".to_owned(),
            _ => shortened(line.trim_ascii()).escape_debug().to_string(),
        };
        return (start, LineProblem::NotAnObject(found));
    }
    // It is JSON, but something else than was wanted there.
    if error.is_data() {
        return (start, LineProblem::NotFlat(in_words(error)));
    }
    // Where something is missing, the parser names the last character that is there; it stops before a
    // control character, and behind all else.
    let is_before = in_words(error).starts_with("control character");
    let at = match error.is_eof() {
        true => line.len(),
        false => error.column().saturating_sub(usize::from(!is_before)),
    };
    for name in ["-Infinity", "Infinity", "NaN"] {
        // The parser stops within the name: at its first letter, or at the one after a minus.
        for back in 0..=1 {
            let place = at.saturating_sub(back);
            if line.get(place..).is_some_and(|rest| rest.starts_with(name)) {
                return (place, LineProblem::NotFinite(name));
            }
        }
    }
    if line.get(at..).is_some_and(|rest| rest.trim_ascii() == ",") {
        return (at, LineProblem::Malformed("a comma behind the object".to_owned()));
    }
    (at, LineProblem::Malformed(in_words(error)))
}

/// What the JSON parser says, without its own "at line 1 column 17": the real place stands in front.
pub(crate) fn in_words(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
    // It says this of a letter that begins no value.
    let message = message.replace("expected ident", "expected null, true or false");
    message.replace("recursion limit exceeded", "values are nested too deeply")
}
