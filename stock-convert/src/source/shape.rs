//! How records lie in a file: line by line, or somewhere in a JSON document. It is told by the beginning
//! of the file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::ValueEnum;
use serde::de::IgnoredAny;

use crate::error::ConvertError;
use crate::error::line::quoted;
use crate::frame::timestamp::nanoseconds_of;
use crate::options::{ColumnAction, Orient, ReadOptions, RecordOptions, written_path};
use crate::parse::spans::{end_of_value, first_spans};
use crate::source::packing::Packing;
use crate::source::stream::BYTE_ORDER_MARK;

/// How much of a file is looked at first: enough for a line of most files,
const FIRST_BYTES: usize = 4096;

/// and how much where that is not enough.
const HEAD_BYTES: usize = 64 * 1024;

/// How deep in a document records are looked for.
const DEPTH: usize = 4;

/// How records lie in a file, once it is unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One a line.
    Lines,
    /// One behind the other.
    Values,
    /// In what stands at the end of this path of keys, as pandas writes it in this orient.
    Document { path: Vec<String>, orient: Orient },
}

impl Shape {
    /// What `orient` says of the value at `path`.
    fn document(mut path: Vec<String>, orient: Orient) -> Self {
        if orient == Orient::Table {
            path.push("data".to_owned());
            return Self::Document { path, orient: Orient::Records };
        }
        Self::Document { path, orient }
    }
}

/// What a file is compressed with, and how records lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) packing: Packing,
    pub(crate) shape: Shape,
}

impl Form {
    /// Whether a file can be read in parts apart from each other.
    pub(crate) fn is_plain_lines(&self) -> bool {
        *self == Self { packing: Packing::Plain, shape: Shape::Lines }
    }

    /// What the file was taken for, in words; empty for plain JSON lines.
    pub(crate) fn in_words(&self) -> String {
        let shape = match &self.shape {
            Shape::Lines => "",
            Shape::Values => "JSON values",
            Shape::Document { path, orient: Orient::Records } if path.is_empty() => "a JSON array",
            Shape::Document { path, orient } => {
                let records = match orient {
                    Orient::Records => "JSON records",
                    orient => &format!("pandas' orient {}", name_of(*orient)),
                };
                &match path.is_empty() {
                    true => records.to_owned(),
                    false => format!("{records} at {}", written_path(path)),
                }
            }
        };
        let packing = if self.packing == Packing::Plain { "" } else { self.packing.name() };
        [packing, shape].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Looks at the beginning of the file at `path`.
    ///
    /// # Errors
    /// [`ConvertError::Read`] for what cannot be read, [`ConvertError::Unreadable`] for what holds no
    /// records, or several things that may be them.
    pub(crate) fn detect(path: &Path, options: &ReadOptions) -> Result<Self, ConvertError> {
        let failed = |error| ConvertError::reading(path, error);
        let mut file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let mut head = read_head(&mut file, FIRST_BYTES).map_err(failed)?;
        let packing = Packing::from_head(&head);
        let is_asked = options.records != Default::default();
        if packing == Packing::Plain && !is_asked && begins_with_lines(&head) {
            return Ok(Self { packing, shape: Shape::Lines });
        }
        let mut source = packing.unpack(io::Cursor::new(head.clone()).chain(file));
        head = read_head(&mut source, HEAD_BYTES).map_err(failed)?;
        let is_whole = head.len() < HEAD_BYTES;
        let shape = match other_format(&head) {
            Some((format, remedy)) => Err((format!("it is {format}"), remedy.to_owned())),
            None => {
                let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
                shape_of(&String::from_utf8_lossy(head), is_whole, options)
            }
        };
        let shape = shape.map_err(|(problem, remedy)| ConvertError::Unreadable {
            path: path.to_owned(),
            problem,
            remedy: (!remedy.is_empty()).then_some(remedy),
        })?;
        Ok(Self { packing, shape })
    }
}

fn name_of(orient: Orient) -> String {
    orient.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn read_head(source: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(bytes);
    source.take(bytes as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether the first two lines are objects, of which no document could consist.
fn begins_with_lines(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n');
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    first.starts_with(b"{\"")
        && end_of_value(first, 0) + 1 >= first.len()
        && first.trim_ascii_end().ends_with(b"}")
        && second.starts_with(b"{")
}

/// Other formats that files are taken for JSON lines with, and what helps.
fn other_format(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const UTF_16: &str = "iconv -f UTF-16 -t UTF-8 FILE > NEW.json makes UTF-8 of it";
    const UTF_16LE: &str = "iconv -f UTF-16LE -t UTF-8 FILE > NEW.json makes UTF-8 of it";
    const UTF_16BE: &str = "iconv -f UTF-16BE -t UTF-8 FILE > NEW.json makes UTF-8 of it";
    const UTF_32: &str = "iconv -f UTF-32 -t UTF-8 FILE > NEW.json makes UTF-8 of it";
    const NAMED: &str = "name it on the command line, where it is extracted";
    const UNPACK: &str = "unpack it first";
    const NO_JSON: &str = "this program reads JSON";
    /// First bytes → (format, what helps); of two that fit, the first counts.
    const FORMATS: [(&[u8], (&str, &str)); 20] = [
        (b"PK\x03\x04", ("a zip archive", NAMED)),
        (b"\x89HDF", ("HDF5 already", "")),
        (b"PAR1", ("Parquet", NO_JSON)),
        (b"ARROW1", ("Arrow or Feather", NO_JSON)),
        (b"Obj\x01", ("Avro", NO_JSON)),
        (b"SQLite format 3", ("a SQLite database", NO_JSON)),
        (b"\x93NUMPY", ("an array of NumPy", NO_JSON)),
        (b"\x80\x04", ("a pickle of Python", NO_JSON)),
        (b"\xFF\xFE\0\0", ("UTF-32 text", UTF_32)),
        (b"\0\0\xFE\xFF", ("UTF-32 text", UTF_32)),
        (b"\xFF\xFE", ("UTF-16 text", UTF_16)),
        (b"\xFE\xFF", ("UTF-16 text", UTF_16)),
        (
            b"\x1E",
            ("a JSON text sequence", "tr -d '\\036' < FILE > NEW.json makes JSON lines of it"),
        ),
        (b"7z\xBC\xAF", ("a 7z archive", UNPACK)),
        (b"Rar!", ("a RAR archive", UNPACK)),
        (b"\x1F\x9D", ("compressed with compress", UNPACK)),
        (b"LZIP", ("compressed with lzip", UNPACK)),
        (b"\x5D\0\0", ("compressed with lzma", UNPACK)),
        (b"\xFF\x06\0\0sNaPpY", ("compressed with snappy", UNPACK)),
        (b"\x04\x22\x4D\x18", ("compressed with lz4", "unpack it first (lz4 -d)")),
    ];
    if head.get(257..262) == Some(b"ustar") {
        return Some(("a tar archive", NAMED));
    }
    if Packing::from_head(head) != Packing::Plain {
        return Some(("compressed twice", UNPACK));
    }
    if head.trim_ascii_start().starts_with(b"<") {
        return Some((
            "HTML or XML",
            "this program reads JSON; a server may have sent an error page",
        ));
    }
    let known = FORMATS.iter().find(|(first, _)| head.starts_with(first));
    known.map(|(_, format)| *format).or(match head {
        [1..=0x7F, 0, ..] => Some(("UTF-16 text", UTF_16LE)),
        [0, 1..=0x7F, ..] => Some(("UTF-16 text", UTF_16BE)),
        _ => None,
    })
}

type Unclear = (String, String);

/// The shape of the document that begins with `head`, and `is_whole` if it ends there too.
fn shape_of(head: &str, is_whole: bool, options: &ReadOptions) -> Result<Shape, Unclear> {
    let RecordOptions { path, orient, .. } = &options.records;
    if orient.is_some() || !path.is_empty() {
        return Ok(Shape::document(path.clone(), orient.unwrap_or_default()));
    }
    let text = head.trim_start();
    let end = end_of_value(text.as_bytes(), 0);
    let rest = text.get(end..).unwrap_or_default().trim_start();
    match text.as_bytes().first() {
        Some(b'[') => {
            let first = text[1..].trim_start().as_bytes().first();
            Ok(match first {
                Some(b'{' | b'[' | b']') | None => Shape::document(Vec::new(), Orient::Records),
                Some(_) => Shape::Values,
            })
        }
        Some(b'{') => {
            let is_single = rest.is_empty();
            if is_single
                && (is_whole || end >= text.len())
                && !options.flatten
                && let Some(shape) = whole_document(text, options)?
            {
                return Ok(shape);
            }
            let text = from_first_with_members(text);
            let end = end_of_value(text.as_bytes(), 0);
            let (first, rest) = text.split_at(end.min(text.len()));
            let spans_lines = first.trim_end().contains('\n');
            // Old Macs end lines so.
            let has_returns =
                rest.starts_with('\r') && rest.trim_start_matches('\r').starts_with('{');
            // Where the first line is broken, the lines behind it are none of its own.
            let is_value = || {
                text.lines().next() == Some("{")
                    || serde_json::from_str::<IgnoredAny>(first).is_ok()
                    || is_json_so_far(text, is_whole)
            };
            match has_returns || (spans_lines && is_value()) {
                true => Ok(Shape::Values),
                false => Ok(Shape::Lines),
            }
        }
        _ => Ok(Shape::Lines),
    }
}

/// `text` without the empty objects that it begins with: whoever spreads others over lines writes these in one.
fn from_first_with_members(text: &str) -> &str {
    let mut rest = text;
    while let Some(inside) = rest.strip_prefix('{')
        && let Some(behind) = inside.trim_start().strip_prefix('}')
    {
        rest = behind.trim_start();
    }
    if rest.starts_with('{') { rest } else { text }
}

/// Whether `text`, which goes on unless it `is_whole`, is JSON as far as it goes.
fn is_json_so_far(text: &str, is_whole: bool) -> bool {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    // What ends too early may also be a broken line, with others behind it.
    let has_more_lines = text.lines().skip(1).any(|line| line.starts_with('{'));
    values.find_map(Result::err).is_none_or(|e| e.is_eof() && !(is_whole && has_more_lines))
}

/// The shape of a document that is one object; none where the object itself is the record.
fn whole_document(text: &str, options: &ReadOptions) -> Result<Option<Shape>, Unclear> {
    if let Some(orient) = orient_of(text, options)? {
        return Ok(Some(Shape::document(Vec::new(), orient)));
    }
    let mut found = Vec::new();
    find_records(text, &mut Vec::new(), options, &mut found);
    if found.is_empty() {
        return Ok(None);
    }
    let places = found.iter().map(|(path, _)| quoted(path)).collect::<Vec<_>>();
    let ways = found.iter().map(|(path, orient)| format!("--records {}{orient}", quoted(path)));
    Err((
        format!("it is one JSON document, and its records may be at {}", places.join(" or at ")),
        format!("{} reads them from there", ways.collect::<Vec<_>>().join(" or ")),
    ))
}

/// How pandas may have written the object that `text` begins with; none where it did not.
fn orient_of(text: &str, options: &ReadOptions) -> Result<Option<Orient>, Unclear> {
    let members = first_spans(text);
    let value = |name: &str| {
        let member = members.iter().find(|(key, _)| key == name);
        member.map(|(_, range)| &text[range.clone()])
    };
    let begins = |name: &str, with: char| value(name).is_some_and(|value| value.starts_with(with));
    let all = |is_one: fn(&str) -> bool| {
        let is_kept = |name: &str| options.columns.action(name) == ColumnAction::Keep;
        !members.is_empty()
            && members.iter().all(|(name, range)| is_one(&text[range.clone()]) && is_kept(name))
    };
    if begins("schema", '{') && value("schema").is_some_and(|schema| schema.contains("\"fields\""))
    {
        return Ok(Some(Orient::Table));
    }
    if begins("columns", '[') && (begins("index", '[') || begins("data", '[')) {
        return Ok(Some(Orient::Split));
    }
    // A single list may just as well be the value of a single record.
    if members.len() > 1 && all(is_list_of_single_values) {
        return Ok(Some(Orient::List));
    }
    if !all(|value| value.starts_with('{')) {
        return Ok(None);
    }
    let inner = members.iter().flat_map(|(_, range)| first_spans(&text[range.clone()]));
    let inner: Vec<String> = inner.map(|(name, _)| name).collect();
    let outer = members.iter().all(|(name, _)| is_label(name));
    match (outer, !inner.is_empty() && inner.iter().all(|name| is_label(name))) {
        (true, false) => Ok(Some(Orient::Index)),
        (false, true) => Ok(Some(Orient::Columns)),
        (true, true) => Err((
            "it is an object of objects, whose keys all look like labels of rows".to_owned(),
            "--orient columns or --orient index says how pandas wrote it".to_owned(),
        )),
        (false, false) => Ok(None),
    }
}

fn is_list_of_single_values(value: &str) -> bool {
    value.strip_prefix('[').is_some_and(|inside| !inside.trim_start().starts_with(['{', '[']))
}

/// Whether pandas may have written this as the label of a row: a number or a date.
fn is_label(name: &str) -> bool {
    name.parse::<f64>().is_ok() || nanoseconds_of(name.trim_end_matches('Z')).is_some()
}

/// Finds arrays of objects or arrays in the object that `text` begins with, and what pandas may have written:
/// path → the orient as an option, empty for arrays.
fn find_records(
    text: &str,
    path: &mut Vec<String>,
    options: &ReadOptions,
    found: &mut Vec<(String, String)>,
) {
    for (name, range) in first_spans(text) {
        let value = &text[range];
        path.push(name);
        let first = value.get(1..).map_or("", str::trim_start);
        let is_taken = options.columns.action(&path[0]) == ColumnAction::Keep && found.len() < 5;
        if is_taken && value.starts_with('[') && first.starts_with(['{', '[']) {
            found.push((written_path(path), String::new()));
            // Deeper ones stand in each of its elements, and are read from all of them.
            if path.len() < DEPTH && first.starts_with('{') && text.len() < HEAD_BYTES * 2 {
                find_records(first, path, options, found);
            }
        } else if is_taken && value.starts_with('{') && path.len() < DEPTH {
            match orient_of(value, options) {
                Ok(Some(orient)) => {
                    found.push((written_path(path), format!(" --orient {}", name_of(orient))));
                }
                _ => find_records(value, path, options, found),
            }
        }
        path.pop();
    }
}
