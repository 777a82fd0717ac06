//! How the columns of a table lie in the file.

mod columns;
mod pandas_fixed;
mod table;

use super::error::Failure;
use super::model::{Content, check_row};
use super::table_schema::Outline;

/// How a table lies in its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
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

    /// In how many datasets it keeps the rows of so many columns, at most.
    pub(crate) fn datasets(self, columns: usize) -> usize {
        match self {
            Self::Table => 1,
            Self::PandasFixed | Self::Columns => columns + 1,
        }
    }

    /// What such a file holds.
    pub(super) fn content(self, outline: &Outline) -> Result<Content, Failure> {
        check_row(outline)?;
        match self {
            // pandas takes a table of 0 rows for a missing one, and HDF5 has no compound of 0
            // fields; what pandas itself stores for an empty frame is two axes and no block.
            Self::Table if outline.columns().is_empty() || outline.expected_rows() == Some(0) => {
                pandas_fixed::content(&Outline::new([], outline.expected_rows()))
            }
            Self::Table => table::content(outline),
            Self::PandasFixed => pandas_fixed::content(outline),
            Self::Columns => Ok(columns::content(outline)),
        }
    }
}
