//! How the columns of a table lie in the file.

mod columns;
mod pandas_fixed;
mod table;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::error::OutputError;
use super::model::FileModel;
use super::table_schema::TableSchema;
use crate::options::TextStorage;

/// How a table lies in its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[non_exhaustive]
pub enum Layout {
    /// One table /data/table with a field per column, for pandas, h5py, h5dump and R
    #[default]
    Table,
    /// What pandas' to_hdf writes: dates become datetime64, other text has no place in it
    PandasFixed,
    /// One dataset /data/NAME per column, for h5py and anything that wants few of them
    Columns,
}

impl Layout {
    /// Its name on the command line and in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::PandasFixed => "pandas-fixed",
            Self::Columns => "columns",
        }
    }

    /// The most datasets in which it keeps the rows of a table with so many columns.
    pub(crate) fn datasets(self, columns: usize) -> usize {
        match self {
            Self::Table => 1,
            Self::PandasFixed | Self::Columns => columns + 1,
        }
    }

    /// The model of a file that holds a table of this schema.
    pub(super) fn model(
        self,
        schema: &TableSchema,
        text: TextStorage,
    ) -> Result<FileModel, OutputError> {
        let row = schema.row_bytes(text);
        if row > u32::MAX.into() {
            return Err(OutputError::Limit(format!("a row of {row} bytes is too long for HDF5")));
        }
        match self {
            // pandas takes a table of 0 rows for a missing one, and HDF5 has no compound of 0
            // fields; what pandas itself stores for an empty frame is two axes and no block.
            Self::Table if schema.columns().is_empty() || schema.expected_rows() == Some(0) => {
                pandas_fixed::model(&TableSchema::new([], schema.expected_rows()))
            }
            Self::Table => table::model(schema),
            Self::PandasFixed => pandas_fixed::model(schema),
            Self::Columns => columns::model(schema, text),
        }
    }
}
