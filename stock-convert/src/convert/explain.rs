//! Goes through a file once more where a line or a column is what is wrong: to name the same line however
//! the file was cut into blocks, and those that show what is wrong with a column.
//!
//! The line that is named is the first that the lines before it leave no way to read. A bad line is one by
//! itself; an integer that would be rounded makes one of the line that rounds it, and is named then.

use std::collections::BTreeSet;

use crate::convert::job::Conversion;
use crate::error::line::{
    ColumnProblem, InexactInteger, Kinds, LineError, LineProblem, Tally, shortened,
};
use crate::error::{ConvertError, line_error};
use crate::frame::cell::is_exact;
use crate::frame::schema::Schema;
use crate::frame::timestamp::{names_a_zone, nanoseconds_of};
use crate::frame::{Kind, Values};
use crate::options::{BadLines, ColumnAction, ReadOptions, dotted};
use crate::parse::block::BlockParser;
use crate::parse::spans::value_spans;
use crate::source::for_each_block;
use crate::source::lines::BlockSizes;

/// Where a value is: line and character in it, both counted from 1.
type Place = (u64, u64);

/// Names the first line that cannot be read where the error is one of lines or columns, and adds to one
/// of a column the lines that show it; every other error stays as it is.
pub(crate) fn explain(error: ConvertError, conversion: &Conversion) -> ConvertError {
    let error = match error {
        // An integer of one block that another one rounds may not have been found yet.
        ConvertError::Line { .. }
        | ConvertError::MostlyBad { .. }
        | ConvertError::Unwritable { .. }
        | ConvertError::Unreadable { .. } => first_unreadable(conversion).unwrap_or(error),
        error => error,
    };
    let ConvertError::Line { problem: LineProblem::Column { key, problem }, .. } = &error else {
        return error;
    };
    let explained = match problem {
        ColumnProblem::Mixed { found, kinds: None, .. } => mixed(conversion, key, *found),
        ColumnProblem::Inexact(None) => inexact(conversion, key),
        ColumnProblem::NoDate { .. } => no_date(conversion, key),
        ColumnProblem::TooWide { rows, table_bytes, .. } => {
            longest(conversion, key, (*rows, *table_bytes))
        }
        _ => None,
    };
    let Some(((line, column), problem)) = explained else { return error };
    let (path, problem) =
        (conversion.input.path.clone(), LineProblem::Column { key: key.clone(), problem });
    ConvertError::Line { path, line, column, problem }
}

/// The error of the first line that the lines before it leave no way to read.
fn first_unreadable(conversion: &Conversion) -> Option<ConvertError> {
    let Conversion { input, options, .. } = conversion;
    let (mut parser, mut schema) = (BlockParser::new(options.clone()), Schema::default());
    // The columns with an integer that no float is equal to.
    let mut inexact = BTreeSet::new();
    // Takes in the next lines, behind so many of their block; on an error nothing of them.
    let mut push = |before: u64, lines: &[u8], overlong: Option<usize>| {
        let rows = parser.parse_lines(lines, overlong, &schema);
        let rows = rows.map_err(|error| LineError { line: before + error.line, ..error })?;
        for column in rows.frame.columns() {
            match &column.values {
                Values::Int(values) if values.iter().any(|value| !is_exact(*value)) => {
                    inexact.insert(column.name.clone());
                }
                Values::Float(_) if inexact.contains(&column.name) => {
                    let (key, problem) = (dotted(&column.name), ColumnProblem::Inexact(None));
                    let problem = LineProblem::Column { key, problem };
                    return Err(LineError { line: before + 1, column: 1, problem });
                }
                _ => {}
            }
        }
        schema = rows.schema;
        Ok(before + rows.lines)
    };
    let mut before = 0;
    let read = for_each_block(&input.path, BlockSizes::default(), options, |lines| {
        let count = push(0, lines.lines, lines.overlong).or_else(|_| {
            // What is wrong may have begun in a block before: line by line nothing hides behind another.
            let mut each = lines.lines.split_inclusive(|b| *b == b'\n');
            let count = each.try_fold(0, |count, line| push(count, line, None))?;
            push(count, &[], lines.overlong)
        });
        let count =
            count.map_err(|error| line_error(&input.path, before, &lines.in_document(error)))?;
        before += if lines.places.is_none() { count } else { 0 };
        Ok(())
    });
    read.err().filter(|error| matches!(error, ConvertError::Line { .. }))
}

/// Lends what every record has in the column called `key`, as it is written; none where it is missing. Lines
/// that are bad by themselves are no records.
fn for_each_value(
    conversion: &Conversion,
    key: &str,
    mut receive: impl FnMut(Place, Option<&str>),
) {
    let options = &conversion.options;
    let mut parser = BlockParser::new(ReadOptions { bad_lines: BadLines::Skip, ..options.clone() });
    let mut is_record = |line: &[u8]| {
        let rows = parser.parse(line, &Schema::default());
        rows.is_ok_and(|rows| rows.frame.rows() > 0)
    };
    let mut before = 0;
    // What cannot be read now could not be read before either, and is the error already.
    let _ = for_each_block(&conversion.input.path, BlockSizes::default(), options, |lines| {
        let mut index = 0;
        for line in lines.lines.split_inclusive(|byte| *byte == b'\n') {
            let line_index = index;
            index += 1;
            let Some(line) = str::from_utf8(line).ok().filter(|line| is_record(line.as_bytes()))
            else {
                continue;
            };
            let Some(values) = value_spans(line, |name| options.takes_apart(name)) else {
                continue;
            };
            let value = values.into_iter().rev().find(|(name, _)| dotted(name) == key);
            let start = value.as_ref().map_or(0, |(_, range)| range.start);
            let place = lines.place_of(line_index, before, &line[..start]);
            let written = value.map(|(_, range)| &line[range]).filter(|&value| value != "null");
            let is_null = |text: &str| options.columns.null.iter().any(|null| null == text);
            receive(place, written.filter(|value| !text_of(value).is_some_and(|t| is_null(&t))));
        }
        before += index + u64::from(lines.overlong.is_some());
        Ok(())
    });
}

/// The text that JSON writes as `value`; none where that is no text.
fn text_of(value: &str) -> Option<String> {
    value.starts_with('"').then(|| serde_json::from_str(value).ok()).flatten()
}

/// The text that becomes of a value of the column called `key`; none where it becomes none.
fn stored(conversion: &Conversion, key: &str, value: &str) -> Option<String> {
    let is_made = || conversion.options.columns.action(key) == ColumnAction::AsText;
    if value.starts_with('"') { text_of(value) } else { is_made().then(|| value.to_owned()) }
}

fn mixed(conversion: &Conversion, key: &str, found: Kind) -> Option<(Place, ColumnProblem)> {
    let mut kinds = Kinds::default();
    for_each_value(conversion, key, |(line, column), value| match value {
        Some(value) if value.starts_with('"') => {
            kinds.texts.add(line, column, value);
            let text = text_of(value).unwrap_or_default();
            if kinds.examples.len() < 4 && !kinds.examples.contains(&text) {
                kinds.examples.push(text);
            }
        }
        Some(value) if !value.starts_with(['{', '[']) => kinds.numbers.add(line, column, value),
        _ => {}
    });
    let place = |tally: &Tally| (tally.first_line, tally.first_column);
    let (texts, numbers) = (place(&kinds.texts), place(&kinds.numbers));
    let number = match kinds.numbers.first.as_bytes() {
        [b't' | b'f', ..] => Kind::Bool,
        digits if digits.iter().any(|byte| b".eE".contains(byte)) => Kind::Float,
        _ if found == Kind::Text => Kind::Int,
        _ => found,
    };
    let (found, expected) = match texts > numbers {
        true => (Kind::Text, number),
        false => (number, Kind::Text),
    };
    let both = kinds.texts.lines > 0 && kinds.numbers.lines > 0;
    let problem = ColumnProblem::Mixed { found, expected, kinds: Some(Box::new(kinds)) };
    both.then(|| (texts.max(numbers), problem))
}

fn inexact(conversion: &Conversion, key: &str) -> Option<(Place, ColumnProblem)> {
    let (mut integer, mut float, mut missing) = (None, None, None);
    for_each_value(conversion, key, |place, value| match value {
        None => missing = missing.or(Some(place.0)),
        Some(value) => match value.parse::<i64>() {
            Ok(number) if !is_exact(number) => {
                integer = integer.take().or_else(|| Some((place, value.to_owned())));
            }
            Err(_) if value.parse::<f64>().is_ok() => {
                float.get_or_insert((place.0, shortened(value)));
            }
            _ => {}
        },
    });
    let (place, text) = integer?;
    let reason = match (float, missing) {
        (Some((line, float)), _) => format!("the column has {float} on line {line}"),
        (None, Some(line)) => {
            format!("line {line} has no value, which only a column of floats can say")
        }
        (None, None) => return None,
    };
    let integer = Some(Box::new(InexactInteger { text, reason }));
    Some((place, ColumnProblem::Inexact(integer)))
}

fn no_date(conversion: &Conversion, key: &str) -> Option<(Place, ColumnProblem)> {
    let (mut first, mut blank) = (None, None);
    for_each_value(conversion, key, |place, value| {
        let text =
            value.filter(|_| first.is_none()).and_then(|value| stored(conversion, key, value));
        match text {
            Some(text) if text.is_empty() => blank = blank.or(Some(place)),
            Some(text) if nanoseconds_of(&text).is_none() => first = Some((place, text)),
            _ => {}
        }
    });
    // Where all are empty, none of them is a date.
    let (place, text) = first.or_else(|| Some((blank?, String::new())))?;
    let reason = match names_a_zone(&text) {
        true => " without a time zone",
        false => " of ISO 8601 in the years 1678 to 2261",
    };
    Some((place, ColumnProblem::NoDate { text: shortened(&text), reason }))
}

fn longest(
    conversion: &Conversion,
    key: &str,
    (rows, table_bytes): (u64, u64),
) -> Option<(Place, ColumnProblem)> {
    let mut longest: Option<(Place, u64)> = None;
    for_each_value(conversion, key, |place, value| {
        let bytes = value
            .and_then(|value| stored(conversion, key, value))
            .map_or(0, |text| text.len() as u64);
        if longest.is_none_or(|(_, most)| bytes > most) {
            longest = Some((place, bytes));
        }
    });
    longest.map(|(place, bytes)| (place, ColumnProblem::TooWide { bytes, rows, table_bytes }))
}
