//! Compares a file with the table that it should hold, block by block and value by value. What the file
//! holds is told from the file alone: it names its types and places, and nothing of the writer is used.

mod scalar;
mod stored;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use hdf5::Hdf5Error;

use self::stored::StoredDataset;
use crate::frame::{Frame, Values};

/// Compares a file with the rows that it should hold, which come in order. It keeps one chunk of each
/// dataset of the file in memory.
pub(crate) struct Comparison {
    datasets: Vec<StoredDataset>,
    /// What the columns to come are called in the file.
    names: Vec<String>,
    /// The first difference between the columns, in words; `None` where all columns are there.
    columns: Option<String>,
    /// How many rows came so far.
    rows: usize,
    /// The first row with a difference, and the difference in words; `None` before there is one.
    first: Option<(usize, String)>,
}

impl Comparison {
    /// Begins with the file at `path`, written in `layout`, and the names of the columns to come.
    ///
    /// # Errors
    /// What the HDF5 library says of a file that it cannot read.
    pub(crate) fn begin(path: &Path, layout: &str, names: Vec<String>) -> Result<Self, Hdf5Error> {
        let datasets = stored::open(path, layout)?;
        let columns = difference_of_columns(&datasets, &names);
        Ok(Self { datasets, names, columns, rows: 0, first: None })
    }

    /// Compares the next rows, all of whose columns were named at the beginning. Behind the first row with
    /// a difference it only counts them.
    ///
    /// # Errors
    /// What the HDF5 library says of a file that it cannot read.
    pub(crate) fn push(&mut self, frame: &Frame) -> Result<(), Hdf5Error> {
        let rows_before = self.rows;
        self.rows += frame.rows();
        if self.columns.is_some() || self.first.is_some() {
            return Ok(());
        }
        let values = self.names.iter().zip(frame.columns()).map(|(name, c)| (&**name, &c.values));
        let values: HashMap<&str, &Values> = values.collect();
        for dataset in &mut self.datasets {
            // Of two differences in one row, the one in the dataset that comes first is kept.
            let until = self.first.as_ref().map_or(self.rows, |(row, _)| *row);
            if let Some(first) = dataset.difference(&values, rows_before, until)? {
                self.first = Some(first);
            }
        }
        Ok(())
    }

    /// The first difference in words, `None` where there is none: one in the columns, in their length, or in
    /// the first row with another value.
    pub(crate) fn finish(self) -> Option<String> {
        let rows = self.rows;
        let count = || {
            let found = self.datasets.iter().map(|dataset| dataset.rows).find(|n| *n != rows)?;
            Some(format!("it has {found} rows, the JSON lines have {rows}"))
        };
        self.columns.or_else(count).or(self.first.map(|(_, difference)| difference))
    }
}

/// The first difference between the columns in the file and those that are `wanted`, in words.
fn difference_of_columns(datasets: &[StoredDataset], names: &[String]) -> Option<String> {
    let found: Vec<&str> = datasets.iter().flat_map(StoredDataset::column_names).collect();
    let wanted: HashSet<&str> = names.iter().map(|name| &**name).collect();
    if let Some(name) = found.iter().find(|name| !wanted.contains(**name)) {
        return Some(format!("column {name:?} is not in the JSON lines"));
    }
    let known: HashSet<&str> = found.iter().copied().collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&***name)) {
        return Some(format!("column {name:?} is missing"));
    }
    let is_reordered = datasets.len() == 1 && !found.iter().eq(names);
    is_reordered.then(|| "the columns are in another order".to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The first difference between the file at `path` and a table in memory, in words.
    pub(crate) fn difference(
        path: &Path,
        layout: &str,
        frame: &Frame,
    ) -> Result<Option<String>, Hdf5Error> {
        let names = frame.columns().iter().map(|column| crate::options::dotted(&column.name));
        let mut comparison = Comparison::begin(path, layout, names.collect())?;
        comparison.push(frame)?;
        Ok(comparison.finish())
    }
}
