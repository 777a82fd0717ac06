//! Whether a file holds a table, value by value, told from the file alone: from the types and
//! places that it names, not from what the writer would have done.

use std::fmt;
use std::path::Path;

use hdf5::format::messages::datatype::fixed_string_content;
use hdf5::format::messages::filter::{FilterPipeline, reverse_filters_masked_bounded};
use hdf5::{DatatypeMessage, H5Dataset, H5File, Hdf5Error};

use crate::frame::{Frame, NOT_A_TIME, Values};
use crate::timestamp;

/// The first thing in which the file at `path`, written in `layout`, differs from `frame`.
///
/// # Errors
/// What the HDF5 library says of a file that it cannot read.
pub(crate) fn difference(
    path: &Path,
    layout: &str,
    frame: &Frame,
) -> Result<Option<String>, Hdf5Error> {
    let file = H5File::options().no_locking().open(path)?;
    let has_table = || file.dataset_names().iter().any(|name| name.ends_with("data/table"));
    let parts = match layout {
        "columns" => columns(&file)?,
        "table" if has_table() => vec![table(&file)?],
        _ => pandas_fixed(&file)?,
    };
    let names = || parts.iter().flat_map(|part| &part.columns).map(|column| &column.name);
    for name in names() {
        if frame.column(name).is_none() {
            return Ok(Some(format!("column {name:?} is not in the JSON lines")));
        }
    }
    for column in frame.columns() {
        if !names().any(|name| *name == column.name) {
            return Ok(Some(format!("column {:?} is missing", column.name)));
        }
    }
    if let [Part { columns, .. }] = &*parts
        && !columns.iter().map(|c| &c.name).eq(frame.columns().iter().map(|c| &c.name))
    {
        return Ok(Some("the columns are in another order".to_owned()));
    }
    for part in &parts {
        if let Some(difference) = part.difference(frame)? {
            return Ok(Some(difference));
        }
    }
    Ok(None)
}

/// A dataset and the columns that are in it.
struct Part {
    dataset: H5Dataset,
    columns: Vec<Column>,
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
    Ok(Part { dataset, columns: columns.collect() })
}

fn whole(file: &H5File, names: &[String], path: &str) -> Result<Part, Hdf5Error> {
    let dataset = file.dataset(path)?;
    let datatype = dataset.datatype()?;
    let column =
        |name: &String| Column { name: name.clone(), datatype: datatype.clone(), offset: 0 };
    let columns = names.iter().map(column).collect();
    Ok(Part { dataset, columns })
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
    fn difference(&self, frame: &Frame) -> Result<Option<String>, Hdf5Error> {
        let (rows, found) = (frame.rows(), self.dataset.total_elements());
        if found != rows {
            return Ok(Some(format!("it has {found} rows, the JSON lines have {rows}")));
        }
        let element_bytes = self.dataset.element_size().max(1);
        let chunk_rows = match self.dataset.chunk_dims().as_deref() {
            Some(&[chunk_rows]) if chunk_rows > 0 => chunk_rows,
            _ => rows.max(1),
        };
        for first in (0..rows).step_by(chunk_rows) {
            let bytes = self.chunk(first / chunk_rows, chunk_rows * element_bytes)?;
            let elements = bytes.chunks_exact(element_bytes).zip(first..rows);
            if elements.len() < chunk_rows.min(rows - first) {
                return Ok(Some(format!("row {} is cut short", first + elements.len() + 1)));
            }
            for (element, row) in elements {
                for column in &self.columns {
                    let Some(values) = frame.column(&column.name) else { continue };
                    let (found, wanted) = (column.value(element), Value::of(values, row));
                    if !found.is_same(&wanted) {
                        let name = &column.name;
                        return Ok(Some(format!(
                            "row {}, column {name:?}: {found} in the file, {wanted} in the JSON lines",
                            row + 1
                        )));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The elements of a chunk, those behind the end included.
    fn chunk(&self, index: usize, bytes: usize) -> Result<Vec<u8>, Hdf5Error> {
        if !self.dataset.is_chunked() {
            return self.dataset.read_raw_bytes();
        }
        let (stored, skipped_filters) = self.dataset.read_chunk_raw_at(&[index])?;
        let filters = FilterPipeline { filters: self.dataset.filters()? };
        Ok(reverse_filters_masked_bounded(&filters, &stored, skipped_filters, bytes)?)
    }
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
