//! The records of a JSON document, one after the other, as blocks of lines.
//!
//! The JSON parser reads the whole document as a stream, and so checks all of it; each record comes out
//! as it is written and becomes a line. Only the record that is read is held, and the block that it goes
//! to.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{ConvertError, LineProblem};
use crate::source::lines::{BlockSizes, LINE_END, Lines};
use crate::source::shape::Shape;

/// The most bytes that a document may have that is written column by column: it has to be in memory whole.
const COLUMNS_BYTES: usize = 1 << 30;

/// The name of the column of row labels, as pandas has it.
const LABELS: &str = "index";

/// Lends the records of `source`, which lie in it as `shape` says, to `receive` in blocks of lines.
///
/// # Errors
/// What is wrong with the document, by the name of the file at `path`, and the errors of `receive`.
pub(crate) fn for_each_record(
    source: impl Read,
    (path, shape): (&Path, &Shape),
    names: &[String],
    sizes: BlockSizes,
    receive: &mut dyn FnMut(Lines<'_>) -> Result<(), ConvertError>,
) -> Result<(), ConvertError> {
    let position = Position::new(sizes.line_limit);
    let reader =
        Positioned { source, buffer: vec![0; 64 * 1024], range: 0..0, position: &position };
    let mut collector = Collector {
        path,
        names: names.to_vec(),
        labels: Vec::new(),
        position: &position,
        block_bytes: sizes.block_bytes,
        block: Vec::new(),
        places: Vec::new(),
        rewritten: false,
        found: false,
        keys: Vec::new(),
        receive,
        error: None,
    };
    let mut json = serde_json::Deserializer::from_reader(reader);
    let mut is_first = true;
    let read = loop {
        // The end is where nothing follows; else the parser has looked at the next byte.
        match json.end() {
            Ok(()) => break Ok(()),
            Err(error) if !is_first && !position.before.get().is_ascii_whitespace() => {
                break Err(error);
            }
            Err(_) => is_first = false,
        }
        let read = match shape {
            Shape::Lines | Shape::Values => Record(&mut collector).deserialize(&mut json),
            Shape::At(keys) => At { keys, collector: &mut collector }.deserialize(&mut json),
            Shape::Index => json.deserialize_map(Labelled(&mut collector)),
            Shape::Columns => json.deserialize_map(ByColumn(&mut collector)),
            Shape::Split => json.deserialize_map(Split(&mut collector)),
        };
        if read.is_err() {
            break read;
        }
    };
    if let Some(error) = collector.error {
        return Err(error);
    }
    read.map_err(|error| failure(path, &position, error))?;
    if let Shape::At(wanted) = shape
        && !wanted.is_empty()
        && !collector.found
    {
        let mut keys = std::mem::take(&mut collector.keys);
        keys.dedup();
        keys.truncate(20);
        return Err(ConvertError::Unreadable {
            path: path.to_owned(),
            problem: format!("no records at {:?}", wanted.join(".")),
            remedy: Some(format!(
                "where that leads nowhere, these are the keys: {}",
                keys.join(", ")
            )),
        });
    }
    collector.flush(true)
}

fn failure(path: &Path, position: &Position, error: serde_json::Error) -> ConvertError {
    let path = path.to_owned();
    if error.is_io() {
        let source = Arc::new(io::Error::from(error));
        return ConvertError::Read { path, source };
    }
    let (line, column) = (error.line() as u64, error.column() as u64);
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
    let problem = match position.last.get() {
        b'N' if error.is_syntax() => LineProblem::NotFinite("NaN"),
        b'I' if error.is_syntax() => LineProblem::NotFinite("Infinity"),
        _ => LineProblem::Malformed(
            message.replace("expected ident", "expected null, true or false"),
        ),
    };
    ConvertError::Line { path, line, column, problem }
}

/// Where in a document the parser is. Characters are counted, not bytes.
struct Position {
    characters: Cell<u64>,
    /// The byte that was read last, and the one before.
    last: Cell<u8>,
    before: Cell<u8>,
    /// The line that is read outside of records, and the number of the character before it.
    line: Cell<(u64, u64)>,
    /// The newlines in the record that is read, each by the number of its character.
    newlines: RefCell<Vec<u64>>,
    /// Where the record that is read began, and how long it may be.
    record: Cell<Option<u64>>,
    limit: u64,
}

impl Position {
    fn new(limit: usize) -> Self {
        Self {
            characters: Cell::new(0),
            last: Cell::new(0),
            before: Cell::new(0),
            line: Cell::new((1, 0)),
            newlines: RefCell::default(),
            record: Cell::new(None),
            limit: limit as u64,
        }
    }

    #[inline]
    fn advance(&self, byte: u8) {
        // All but the bytes that continue a character of UTF-8.
        let characters = self.characters.get() + u64::from(byte & 0xC0 != 0x80);
        self.characters.set(characters);
        self.before.set(self.last.replace(byte));
        if byte == b'\n' {
            match self.record.get() {
                Some(_) => self.newlines.borrow_mut().push(characters),
                None => self.line.set((self.line.get().0 + 1, characters)),
            }
        }
    }

    /// Line and character, both counted from 1, of a text that ends where the parser is.
    fn start_of(&self, text: &str) -> (u64, u64) {
        let start = self.characters.get().saturating_sub(text.chars().count() as u64);
        let mut newlines = self.newlines.borrow_mut();
        let before = newlines.iter().take_while(|newline| **newline <= start).count();
        let (mut line, mut line_start) = self.line.get();
        line += before as u64;
        line_start = newlines[..before].last().copied().unwrap_or(line_start);
        let all = newlines.len();
        let last_start = newlines.last().copied().unwrap_or(line_start);
        self.line.set((line + (all - before) as u64, last_start));
        newlines.clear();
        (line, start.saturating_sub(line_start) + 1)
    }
}

/// Passes on bytes one at a time, as the JSON parser takes them, and notes where it is.
struct Positioned<'a, R> {
    source: R,
    buffer: Vec<u8>,
    range: std::ops::Range<usize>,
    position: &'a Position,
}

impl<R: Read> Read for Positioned<'_, R> {
    #[inline]
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.range.is_empty() {
            self.range = 0..self.source.read(&mut self.buffer)?;
            let Position { record, characters, limit, .. } = self.position;
            if record.get().is_some_and(|start| characters.get() - start > *limit) {
                let limit = graph_exec::__format::bytes(*limit);
                return Err(io::Error::other(format!("a record of more than {limit}")));
            }
            if self.range.is_empty() {
                return Ok(0);
            }
        }
        let Some(first) = out.first_mut() else { return Ok(0) };
        *first = self.buffer[self.range.start];
        self.range.start += 1;
        self.position.advance(*first);
        Ok(1)
    }
}

/// What becomes of records: lines of a block, which is lent when it is full.
struct Collector<'a> {
    path: &'a Path,
    /// The columns of records that are arrays.
    names: Vec<String>,
    /// The labels of the rows to come, in order, as JSON; there may be none.
    labels: Vec<Box<RawValue>>,
    position: &'a Position,
    block_bytes: usize,
    block: Vec<u8>,
    places: Vec<(u64, u64)>,
    /// Whether lines are not what stands in the document, so that places in them say nothing.
    rewritten: bool,
    /// Whether there was a place for records.
    found: bool,
    /// Keys where the path to the records led nowhere.
    keys: Vec<String>,
    receive: &'a mut dyn FnMut(Lines<'_>) -> Result<(), ConvertError>,
    /// What ended the reading.
    error: Option<ConvertError>,
}

impl Collector<'_> {
    /// Takes in a record, which ends where the parser is.
    fn push<E: Error>(&mut self, record: &str) -> Result<(), E> {
        self.found = true;
        let place = self.position.start_of(record);
        match self.line(record) {
            Ok(line) => self.push_line(&line, place),
            Err(problem) => self.stop(problem),
        }
    }

    /// The line of a record: an array gets its names.
    fn line<'r>(&mut self, record: &'r str) -> Result<Cow<'r, str>, ConvertError> {
        if !record.starts_with('[') {
            return Ok(Cow::Borrowed(record));
        }
        let values: Vec<&RawValue> = serde_json::from_str(record).unwrap_or_default();
        if self.names.is_empty() {
            let values: Vec<String> =
                (1..=values.len()).map(|number| format!("column{number}")).collect();
            return Err(ConvertError::Unreadable {
                path: self.path.to_owned(),
                problem: format!(
                    "its records are arrays, the first is {}",
                    crate::error::shortened(record)
                ),
                remedy: Some(format!("--names {} names their values", values.join(","))),
            });
        }
        let label = match self.labels.is_empty() {
            true => None,
            false => self.labels.pop(),
        };
        if values.len() + usize::from(label.is_some()) != self.names.len() {
            return Ok(Cow::Borrowed(record));
        }
        self.rewritten = true;
        let values = label.as_deref().into_iter().chain(values);
        let members = self.names.iter().zip(values);
        let members: Vec<String> = members
            .map(|(name, value)| format!("{}:{}", serde_json::json!(name), value.get()))
            .collect();
        Ok(Cow::Owned(format!("{{{}}}", members.join(","))))
    }

    fn push_line<E: Error>(&mut self, line: &str, place: (u64, u64)) -> Result<(), E> {
        // JSON has newlines only between its words, where one space is as good as another.
        let bytes = line.bytes().map(|byte| match byte {
            b'\n' => LINE_END as u8,
            b'\r' => b' ',
            byte => byte,
        });
        self.block.extend(bytes);
        self.block.push(b'\n');
        self.places.push(place);
        let full = self.block.len() >= self.block_bytes;
        let flushed = if full { self.flush(false) } else { Ok(()) };
        flushed.or_else(|error| self.stop(error))
    }

    /// Lends the block; an empty one only if it is the last.
    fn flush(&mut self, last: bool) -> Result<(), ConvertError> {
        if self.block.is_empty() && !last {
            return Ok(());
        }
        let lines = Lines {
            lines: &self.block,
            overlong: None,
            share: None,
            elapsed: Duration::ZERO,
            places: Some(&self.places),
            rewritten: self.rewritten,
        };
        (self.receive)(lines)?;
        self.block.clear();
        self.places.clear();
        Ok(())
    }

    fn stop<T, E: Error>(&mut self, error: ConvertError) -> Result<T, E> {
        self.error = Some(error);
        Err(E::custom("given up"))
    }

    /// Gives up because of what the document holds.
    fn refuse<T, E: Error>(&mut self, problem: &str, remedy: &str) -> Result<T, E> {
        let (path, problem) = (self.path.to_owned(), problem.to_owned());
        self.stop(ConvertError::Unreadable { path, problem, remedy: Some(remedy.to_owned()) })
    }
}

/// A value that is a record.
struct Record<'a, 'c>(&'a mut Collector<'c>);

impl<'de> DeserializeSeed<'de> for Record<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let record = Raw(self.0.position).deserialize(json)?;
        self.0.push(record.get())
    }
}

/// A value as it is written, which counts as a record meanwhile.
struct Raw<'a>(&'a Position);

impl<'de> DeserializeSeed<'de> for Raw<'_> {
    type Value = Box<RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        self.0.record.set(Some(self.0.characters.get()));
        let record = serde::Deserialize::deserialize(json);
        self.0.record.set(None);
        record
    }
}

/// A value in which records are, at the end of a path of keys.
struct At<'a, 'c> {
    keys: &'a [String],
    collector: &'a mut Collector<'c>,
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of records")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.collector.found |= self.keys.is_empty();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { keys, collector } = self;
        let Some((first, rest)) = keys.split_first() else {
            collector.found = true;
            while seq.next_element_seed(Record(collector))?.is_some() {}
            return Ok(());
        };
        let wanted = first.parse::<usize>().ok();
        for index in 0.. {
            let next = match wanted {
                Some(wanted) if wanted == index => {
                    seq.next_element_seed(At { keys: rest, collector })?
                }
                Some(_) => seq.next_element::<IgnoredAny>()?.map(drop),
                // What a key names is looked for in every element.
                None => seq.next_element_seed(At { keys, collector })?,
            };
            if next.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { keys, collector } = self;
        let Some((first, rest)) = keys.split_first() else {
            // The object itself is the record.
            let mut members = Vec::new();
            while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                members.push(format!("{}:{}", serde_json::json!(key), value.get()));
            }
            collector.rewritten = true;
            return collector.push(&format!("{{{}}}", members.join(",")));
        };
        let (mut others, mut found) = (Vec::new(), false);
        while let Some(key) = map.next_key::<String>()? {
            if key != *first {
                map.next_value::<IgnoredAny>()?;
                others.push(key);
            } else if std::mem::replace(&mut found, true) {
                return collector.refuse(
                    &format!("the key {key:?} is there twice"),
                    "which of them holds the records, the document does not say",
                );
            } else {
                map.next_value_seed(At { keys: rest, collector })?;
            }
        }
        if !found && collector.keys.len() < 100 {
            collector.keys.extend(others);
        }
        Ok(())
    }
}

/// An object of records by their labels.
struct Labelled<'a, 'c>(&'a mut Collector<'c>);

impl<'de> Visitor<'de> for Labelled<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.rewritten = true;
        while let Some(label) = map.next_key::<String>()? {
            let record = map.next_value_seed(Raw(self.0.position))?;
            let record = record.get();
            let place = self.0.position.start_of(record);
            let Some(members) = record.strip_prefix('{') else {
                self.0.push_line(record, place)?;
                continue;
            };
            if record.contains("\"index\"") {
                return own_labels(self.0);
            }
            let comma = if members.trim_start().starts_with('}') { "" } else { "," };
            let label = serde_json::json!(label);
            self.0.push_line(&format!("{{\"{LABELS}\":{label}{comma}{members}"), place)?;
        }
        Ok(())
    }
}

fn own_labels<T, E: Error>(collector: &mut Collector<'_>) -> Result<T, E> {
    collector.refuse(
        "it has a column called \"index\" beside the labels of its rows, which get that name",
        "write it with another name for that column, or with orient='records'",
    )
}

/// An object of columns, each an object of values by the labels of rows.
struct ByColumn<'a, 'c>(&'a mut Collector<'c>);

impl<'de> Visitor<'de> for ByColumn<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of columns")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let collector = self.0;
        let (mut rows, mut places) = (Vec::<String>::new(), HashMap::<String, usize>::new());
        let mut bytes = 0;
        collector.rewritten = true;
        while let Some(name) = map.next_key::<String>()? {
            if name == LABELS {
                return own_labels(collector);
            }
            let name = serde_json::json!(name).to_string();
            // pandas writes the labels of all columns in the same order.
            let (values, mut next) = (map.next_value::<Members>()?, 0);
            for (label, value) in values.0 {
                let is_next = places.get(&label).is_some_and(|place| *place == next);
                let place = match is_next {
                    true => next,
                    false => *places.entry(label.clone()).or_insert_with(|| {
                        rows.push(format!("{{\"{LABELS}\":{}", serde_json::json!(label)));
                        rows.len() - 1
                    }),
                };
                next = place + 1;
                bytes += name.len() + value.get().len() + 2;
                rows[place] += &format!(",{name}:{}", value.get());
            }
            if bytes > COLUMNS_BYTES {
                return collector.refuse(
                    "it is written column by column and too large to be turned around in memory",
                    "write it with orient='records', lines=True",
                );
            }
        }
        let place = collector.position.start_of("");
        rows.iter().try_for_each(|row| collector.push_line(&format!("{row}}}"), place))
    }
}

/// The members of an object, in order.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        json.deserialize_map(InOrder)
    }
}

/// An object of the names of columns, the labels of rows and the rows as arrays.
struct Split<'a, 'c>(&'a mut Collector<'c>);

impl<'de> Visitor<'de> for Split<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of columns, index and data")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let collector = self.0;
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "columns" => {
                    let names = map.next_value::<Vec<serde_json::Value>>()?;
                    let name = |name: serde_json::Value| match name {
                        serde_json::Value::String(name) => name,
                        other => other.to_string(),
                    };
                    collector.names.splice(0..0, names.into_iter().map(name));
                }
                "index" => {
                    collector.labels = map.next_value()?;
                    collector.labels.reverse();
                }
                "data" if collector.names.is_empty() => {
                    return collector.refuse(
                        "the names of its columns come behind its data",
                        "write it with orient='records', lines=True",
                    );
                }
                "data" => {
                    if !collector.labels.is_empty() {
                        if collector.names.iter().any(|name| name == LABELS) {
                            return own_labels(collector);
                        }
                        collector.names.insert(0, LABELS.to_owned());
                    }
                    map.next_value_seed(At { keys: &[], collector })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match collector.labels.is_empty() {
            true => Ok(()),
            false => {
                collector.refuse("its index has more labels than it has rows", "write it anew")
            }
        }
    }
}
