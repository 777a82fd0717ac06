//! The datasets of a file that hold rows, and how their rows are compared with those of a table.

use std::collections::HashMap;
use std::path::Path;

use hdf5::format::messages::filter::{FilterPipeline, reverse_filters_masked_bounded};
use hdf5::{DatatypeMessage, H5Dataset, H5File, Hdf5Error};

use super::scalar::Scalar;
use crate::frame::Values;

/// A dataset of a file and the columns that are in it.
pub(super) struct StoredDataset {
    dataset: H5Dataset,
    columns: Vec<StoredColumn>,
    /// How many rows it has.
    pub(super) rows: usize,
    element_bytes: usize,
    chunk_rows: usize,
    /// The chunk that was read last; `None` before the first.
    chunk: Option<StoredChunk>,
    /// All texts where they have any length: the library reads them at once.
    texts: Option<Vec<String>>,
}

/// A chunk without its filters.
struct StoredChunk {
    /// Its number in the dataset.
    index: usize,
    /// Its elements, one behind the other. Those of the last chunk may go beyond the end of the dataset.
    bytes: Vec<u8>,
}

/// A column in a dataset.
struct StoredColumn {
    name: String,
    datatype: DatatypeMessage,
    /// The byte of an element where it begins.
    offset: usize,
}

/// The datasets of the file at `path`, which was written in the layout of this name.
pub(super) fn open(path: &Path, layout: &str) -> Result<Vec<StoredDataset>, Hdf5Error> {
    let file = H5File::options().no_locking().open(path)?;
    let has_table = || file.dataset_names().iter().any(|name| name.ends_with("data/table"));
    match layout {
        "columns" => columns(&file),
        "table" if has_table() => Ok(vec![table(&file)?]),
        // A table without a row or a column is stored like this too.
        _ => pandas_fixed(&file),
    }
}

fn table(file: &H5File) -> Result<StoredDataset, Hdf5Error> {
    let dataset = file.dataset("data/table")?;
    let DatatypeMessage::Compound { members, .. } = dataset.datatype()? else {
        return Err(Hdf5Error::InvalidState("/data/table is no table".into()));
    };
    let columns = members.into_iter().map(|member| StoredColumn {
        name: member.name,
        datatype: member.datatype,
        offset: member.offset as usize,
    });
    Ok(StoredDataset::new(dataset, columns.collect()))
}

/// The dataset at `path`, whose rows have a value of each of these columns; where none has a name, there
/// is no column.
fn of_one_type(file: &H5File, names: &[String], path: &str) -> Result<StoredDataset, Hdf5Error> {
    let dataset = file.dataset(path)?;
    let datatype = dataset.datatype()?;
    let column = |(place, name): (usize, &String)| StoredColumn {
        name: name.clone(),
        datatype: datatype.clone(),
        offset: place * dataset.element_size(),
    };
    let columns = names.iter().enumerate().map(column).collect();
    Ok(StoredDataset::new(dataset, columns))
}

fn columns(file: &H5File) -> Result<Vec<StoredDataset>, Hdf5Error> {
    let paths = file.dataset_names();
    let paths = paths.iter().map(|path| path.trim_start_matches('/'));
    let columns = paths.filter_map(|path| Some((path, path.strip_prefix("data/")?)));
    columns.map(|(path, name)| of_one_type(file, &[name.to_owned()], path)).collect()
}

fn pandas_fixed(file: &H5File) -> Result<Vec<StoredDataset>, Hdf5Error> {
    let index = file.dataset("data/axis1")?.attr("name").and_then(|name| name.read_string());
    let mut datasets = vec![of_one_type(file, index.ok().as_slice(), "data/axis1")?];
    for block in 0.. {
        let Ok(items) = file.dataset(&format!("data/block{block}_items")) else { break };
        datasets.push(of_one_type(
            file,
            &items.read_strings()?,
            &format!("data/block{block}_values"),
        )?);
    }
    Ok(datasets)
}

impl StoredDataset {
    fn new(dataset: H5Dataset, columns: Vec<StoredColumn>) -> Self {
        let width = dataset.shape().get(1).copied().unwrap_or(1).max(1);
        let rows = dataset.total_elements() / width;
        let element_bytes = dataset.element_size().max(1) * width;
        let texts = match dataset.datatype() {
            Ok(DatatypeMessage::VarLenString { .. }) => dataset.read_vlen_strings().ok(),
            _ => None,
        };
        let chunk_rows = match dataset.chunk_dims().as_deref() {
            Some(&[chunk_rows, ..]) if chunk_rows > 0 => chunk_rows,
            // It is stored in one piece, as no layout stores rows.
            _ => rows.max(1),
        };
        Self { dataset, columns, rows, element_bytes, chunk_rows, chunk: None, texts }
    }

    /// The names of its columns, in order.
    pub(super) fn column_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.columns.iter().map(|column| &*column.name)
    }

    /// The first row before row `until` that differs from its row in `values`, and the difference in words.
    /// The columns in `values` begin with row `rows_before` of the table.
    pub(super) fn difference(
        &mut self,
        values: &HashMap<&str, &Values>,
        rows_before: usize,
        until: usize,
    ) -> Result<Option<(usize, String)>, Hdf5Error> {
        let (chunk_rows, element_bytes) = (self.chunk_rows, self.element_bytes);
        let until = until.min(self.rows);
        if let (Some(texts), [column]) = (&self.texts, &*self.columns) {
            let Some(values) = values.get(&*column.name) else { return Ok(None) };
            let found =
                texts.iter().take(until).enumerate().skip(rows_before).find_map(|(row, text)| {
                    let wanted = match Scalar::from_column(values, row - rows_before) {
                        // All its values are missing.
                        Scalar::Float(_) => Scalar::Text(""),
                        wanted => wanted,
                    };
                    column.difference(row, &Scalar::Text(text), &wanted)
                });
            return Ok(found);
        }
        let columns = self.columns.iter();
        let columns: Vec<(&StoredColumn, &Values)> =
            columns.filter_map(|column| Some((column, *values.get(&*column.name)?))).collect();
        let mut row = rows_before;
        while row < until {
            let index = row / chunk_rows;
            let chunk = match self.chunk.take() {
                Some(chunk) if chunk.index == index => chunk,
                _ => self.read(index)?,
            };
            let StoredChunk { bytes, .. } = self.chunk.insert(chunk);
            let end = until.min((index + 1) * chunk_rows);
            let start = (row % chunk_rows * element_bytes).min(bytes.len());
            for element in bytes[start..].chunks_exact(element_bytes).take(end - row) {
                let compare = |(column, values): &(&StoredColumn, &Values)| {
                    let wanted = Scalar::from_column(values, row - rows_before);
                    column.difference(row, &column.value(element), &wanted)
                };
                if let Some(found) = columns.iter().find_map(compare) {
                    return Ok(Some(found));
                }
                row += 1;
            }
            if row < end {
                return Ok(Some((row, format!("row {} is cut short", row + 1))));
            }
        }
        Ok(None)
    }

    /// Reads chunk `index`.
    fn read(&self, index: usize) -> Result<StoredChunk, Hdf5Error> {
        if !self.dataset.is_chunked() {
            return Ok(StoredChunk { index, bytes: self.dataset.read_raw_bytes()? });
        }
        let coordinates: &[usize] =
            if self.dataset.shape().len() > 1 { &[index, 0] } else { &[index] };
        let (stored, skipped_filters) = self.dataset.read_chunk_raw_at(coordinates)?;
        let filters = FilterPipeline { filters: self.dataset.filters()? };
        let size = self.chunk_rows * self.element_bytes;
        let bytes = reverse_filters_masked_bounded(&filters, &stored, skipped_filters, size)?;
        Ok(StoredChunk { index, bytes })
    }
}

impl StoredColumn {
    /// Row `row` and its difference in words, where `found` is not what is wanted.
    fn difference(
        &self,
        row: usize,
        found: &Scalar<'_>,
        wanted: &Scalar<'_>,
    ) -> Option<(usize, String)> {
        let (name, number) = (&self.name, row + 1);
        let words = || {
            format!(
                "row {number}, column {name:?}: {found} in the file, {wanted} in the JSON lines"
            )
        };
        (!found.is_same(wanted)).then(|| (row, words()))
    }

    /// Its value in `element`.
    fn value<'a>(&self, element: &'a [u8]) -> Scalar<'a> {
        let bytes = element.get(self.offset..).unwrap_or_default();
        Scalar::from_bytes(bytes, &self.datatype)
    }
}
