//! Whether a file holds a table, block by block and value by value, told from the file alone: from the
//! types and places that it names, not from what the writer would have done.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use hdf5::format::messages::datatype::fixed_string_content;
use hdf5::format::messages::filter::{FilterPipeline, reverse_filters_masked_bounded};
use hdf5::{DatatypeMessage, H5Dataset, H5File, Hdf5Error};

use crate::frame::{Frame, NOT_A_TIME, Values, timestamp};

/// A file beside the rows that it should hold, which come in order. Of the file it keeps one chunk of
/// each dataset in memory.
pub(crate) struct Comparison {
    parts: Vec<Part>,
    /// What is wrong with the columns as such.
    columns: Option<String>,
    /// The rows so far.
    rows: usize,
    /// The first row with a difference, and the difference.
    first: Option<(usize, String)>,
}

impl Comparison {
    /// Begins with the file at `path`, written in `layout`, and the names of the columns to come.
    ///
    /// # Errors
    /// What the HDF5 library says of a file that it cannot read.
    pub(crate) fn begin<'a>(
        path: &Path,
        layout: &str,
        names: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<Self, Hdf5Error> {
        let file = H5File::options().no_locking().open(path)?;
        let has_table = || file.dataset_names().iter().any(|name| name.ends_with("data/table"));
        let parts = match layout {
            "columns" => columns(&file)?,
            "table" if has_table() => vec![table(&file)?],
            _ => pandas_fixed(&file)?,
        };
        let columns = difference_of_columns(&parts, names);
        Ok(Self { parts, columns, rows: 0, first: None })
    }

    /// Compares the next rows, all of whose columns were named at the beginning. Where there was a
    /// difference already, they are counted only.
    ///
    /// # Errors
    /// What the HDF5 library says of a file that it cannot read.
    pub(crate) fn push(&mut self, frame: &Frame) -> Result<(), Hdf5Error> {
        let before = self.rows;
        self.rows += frame.rows();
        if self.columns.is_some() || self.first.is_some() {
            return Ok(());
        }
        for part in &mut self.parts {
            // Of two differences in one row, that of the part that comes first.
            let until = self.first.as_ref().map_or(self.rows, |(row, _)| *row);
            if let Some(first) = part.difference(frame, before, until)? {
                self.first = Some(first);
            }
        }
        Ok(())
    }

    /// What differs: the columns, their length, or the first row with another value.
    pub(crate) fn finish(self) -> Option<String> {
        let rows = self.rows;
        let count = || {
            let found = self.parts.iter().map(|part| part.rows).find(|found| *found != rows)?;
            Some(format!("it has {found} rows, the JSON lines have {rows}"))
        };
        self.columns.or_else(count).or(self.first.map(|(_, difference)| difference))
    }
}

fn difference_of_columns<'a>(
    parts: &[Part],
    wanted: impl Iterator<Item = &'a str> + Clone,
) -> Option<String> {
    let mut found = parts.iter().flat_map(|part| &part.columns).map(|column| &*column.name);
    if let Some(name) = found.clone().find(|name| !wanted.clone().any(|wanted| wanted == *name)) {
        return Some(format!("column {name:?} is not in the JSON lines"));
    }
    if let Some(name) = wanted.clone().find(|name| !found.clone().any(|found| found == *name)) {
        return Some(format!("column {name:?} is missing"));
    }
    let is_reordered = parts.len() == 1 && !wanted.eq(&mut found);
    is_reordered.then(|| "the columns are in another order".to_owned())
}

/// A dataset and the columns that are in it.
struct Part {
    dataset: H5Dataset,
    columns: Vec<Column>,
    rows: usize,
    element_bytes: usize,
    chunk_rows: usize,
    /// The chunk that was looked at last.
    chunk: Option<Chunk>,
}

struct Chunk {
    index: usize,
    /// Its elements, those behind the end of the dataset included.
    bytes: Vec<u8>,
}

struct Column {
    name: String,
    datatype: DatatypeMessage,
    /// The byte of an element where it begins.
    offset: usize,
}

fn table(file: &H5File) -> Result<Part, Hdf5Error> {
    let dataset = file.dataset("data/table")?;
    let DatatypeMessage::Compound { members, .. } = dataset.datatype()? else {
        return Err(Hdf5Error::InvalidState("/data/table is no table".into()));
    };
    let columns = members.into_iter().map(|member| Column {
        name: member.name,
        datatype: member.datatype,
        offset: member.offset as usize,
    });
    Ok(Part::new(dataset, columns.collect()))
}

fn whole(file: &H5File, names: &[String], path: &str) -> Result<Part, Hdf5Error> {
    let dataset = file.dataset(path)?;
    let datatype = dataset.datatype()?;
    let column =
        |name: &String| Column { name: name.clone(), datatype: datatype.clone(), offset: 0 };
    let columns = names.iter().map(column).collect();
    Ok(Part::new(dataset, columns))
}

fn columns(file: &H5File) -> Result<Vec<Part>, Hdf5Error> {
    let paths = file.dataset_names();
    let paths = paths.iter().map(|path| path.trim_start_matches('/'));
    let columns = paths.filter_map(|path| Some((path, path.strip_prefix("data/")?)));
    columns.map(|(path, name)| whole(file, &[name.to_owned()], path)).collect()
}

fn pandas_fixed(file: &H5File) -> Result<Vec<Part>, Hdf5Error> {
    let index = file.dataset("data/axis1")?.attr("name").and_then(|name| name.read_string());
    let mut parts = vec![whole(file, index.ok().as_slice(), "data/axis1")?];
    for block in 0.. {
        let Ok(items) = file.dataset(&format!("data/block{block}_items")) else { break };
        parts.push(whole(file, &items.read_strings()?, &format!("data/block{block}_values"))?);
    }
    Ok(parts)
}

impl Part {
    fn new(dataset: H5Dataset, columns: Vec<Column>) -> Self {
        let rows = dataset.total_elements();
        let element_bytes = dataset.element_size().max(1);
        let chunk_rows = match dataset.chunk_dims().as_deref() {
            Some(&[chunk_rows]) if chunk_rows > 0 => chunk_rows,
            // In one piece, which no layout writes rows in.
            _ => rows.max(1),
        };
        Self { dataset, columns, rows, element_bytes, chunk_rows, chunk: None }
    }

    /// The first row, before row `until`, in which this differs from `frame`, and how; row `before` is
    /// the first of `frame`.
    fn difference(
        &mut self,
        frame: &Frame,
        before: usize,
        until: usize,
    ) -> Result<Option<(usize, String)>, Hdf5Error> {
        let (chunk_rows, element_bytes) = (self.chunk_rows, self.element_bytes);
        let until = until.min(self.rows);
        let mut first = before;
        while first < until {
            let index = first / chunk_rows;
            let chunk = match self.chunk.take() {
                Some(chunk) if chunk.index == index => chunk,
                _ => self.read(index)?,
            };
            let Chunk { bytes, .. } = self.chunk.insert(chunk);
            let end = until.min((index + 1) * chunk_rows);
            let start = (first % chunk_rows * element_bytes).min(bytes.len());
            let elements = bytes[start..].chunks_exact(element_bytes);
            let is_short = elements.len() < end - first;
            let rows = first..end.min(first + elements.len());
            if let Some(found) = compare(&self.columns, frame, elements, rows.clone(), before) {
                return Ok(Some(found));
            }
            if is_short {
                return Ok(Some((rows.end, format!("row {} is cut short", rows.end + 1))));
            }
            first = end;
        }
        Ok(None)
    }

    fn read(&self, index: usize) -> Result<Chunk, Hdf5Error> {
        if !self.dataset.is_chunked() {
            return Ok(Chunk { index, bytes: self.dataset.read_raw_bytes()? });
        }
        let (stored, skipped_filters) = self.dataset.read_chunk_raw_at(&[index])?;
        let filters = FilterPipeline { filters: self.dataset.filters()? };
        let size = self.chunk_rows * self.element_bytes;
        let bytes = reverse_filters_masked_bounded(&filters, &stored, skipped_filters, size)?;
        Ok(Chunk { index, bytes })
    }
}

/// The first of `rows`, stored as `elements`, that differs from its row in `frame`, whose first is row
/// `before`.
fn compare<'a>(
    columns: &[Column],
    frame: &Frame,
    elements: impl Iterator<Item = &'a [u8]>,
    rows: Range<usize>,
    before: usize,
) -> Option<(usize, String)> {
    let columns: Vec<(&Column, &Values)> =
        columns.iter().filter_map(|column| Some((column, frame.column(&column.name)?))).collect();
    for (element, row) in elements.zip(rows) {
        for (column, values) in &columns {
            let (found, wanted) = (column.value(element), Value::of(values, row - before));
            if !found.is_same(&wanted) {
                let name = &column.name;
                return Some((
                    row,
                    format!(
                        "row {}, column {name:?}: {found} in the file, {wanted} in the JSON lines",
                        row + 1
                    ),
                ));
            }
        }
    }
    None
}

impl Column {
    fn value<'a>(&self, element: &'a [u8]) -> Value<'a> {
        let bytes = element.get(self.offset..).unwrap_or_default();
        let eight = || bytes.first_chunk().copied();
        let value = match &self.datatype {
            DatatypeMessage::FixedPoint { size: 8, signed: true, .. } => {
                eight().map(|bytes| Value::Int(i64::from_le_bytes(bytes)))
            }
            DatatypeMessage::FloatingPoint { size: 8, .. } => {
                eight().map(|bytes| Value::Float(f64::from_le_bytes(bytes)))
            }
            DatatypeMessage::BitField { size: 1, .. } | DatatypeMessage::Enum { .. } => {
                bytes.first().filter(|byte| **byte < 2).map(|byte| Value::Bool(*byte == 1))
            }
            DatatypeMessage::FixedString { size, padding, .. } => bytes
                .get(..*size as usize)
                .and_then(|bytes| fixed_string_content(bytes, *padding))
                .and_then(|bytes| str::from_utf8(bytes).ok())
                .map(Value::Text),
            _ => None,
        };
        value.unwrap_or(Value::Unknown)
    }
}

#[derive(Debug, Clone, Copy)]
enum Value<'a> {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    /// Nothing that this program writes.
    Unknown,
}

impl<'a> Value<'a> {
    fn of(values: &'a Values, row: usize) -> Self {
        match values {
            Values::Bool(values) => Self::Bool(values[row]),
            Values::Int(values) | Values::Timestamp(values) => Self::Int(values[row]),
            Values::Float(values) => Self::Float(values[row]),
            Values::Text(texts) => Self::Text(texts.get(row)),
        }
    }

    /// Whether `wanted`, from JSON, is stored as this: to the last bit, and a time as its number.
    fn is_same(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => {
                one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
            }
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Int(NOT_A_TIME), Self::Text("")) => true,
            (Self::Int(time), Self::Text(text)) => timestamp::nanoseconds_of(text) == Some(*time),
            _ => false,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Unknown => f.write_str("something else"),
        }
    }
}

/// The first thing in which the file at `path` differs from a table that is in memory.
#[cfg(test)]
pub(crate) fn difference(
    path: &Path,
    layout: &str,
    frame: &Frame,
) -> Result<Option<String>, Hdf5Error> {
    let names = frame.columns().iter().map(|column| &*column.name);
    let mut comparison = Comparison::begin(path, layout, names)?;
    comparison.push(frame)?;
    Ok(comparison.finish())
}
