//! One 1-D dataset per column, `/data/NAME`, so that a reader of two columns reads no others.

use crate::error::line::shortened;
use crate::options::TextStorage;
use crate::output::error::OutputError;
use crate::output::model::{Atom, Body, Dataset, Element, FileModel, text_attributes};
use crate::output::table_schema::{StoredType, TableSchema};

/// The most bytes of a name that the HDF5 library finds again: it stands in a message of 64 KiB.
const NAME_BYTES: usize = 65_500;

pub(super) fn model(schema: &TableSchema, text: TextStorage) -> Result<FileModel, OutputError> {
    if let Some((name, _)) = schema.columns().iter().find(|(name, _)| name.len() > NAME_BYTES) {
        return Err(OutputError::Limit(format!(
            "the name of a column takes {} bytes, and a dataset's has room for {NAME_BYTES}; --only and \
             --drop leave it out: {:?}",
            name.len(),
            shortened(name)
        )));
    }
    let datasets = schema.columns().iter().enumerate().map(|(index, (name, stored))| {
        let atom = match stored {
            StoredType::Bool => Atom::Flag,
            StoredType::Text { .. } if text == TextStorage::Variable => Atom::VariableText,
            other => Atom::from_stored(*other),
        };
        let unit = match stored {
            StoredType::Time => text_attributes([("units", "nanoseconds since 1970-01-01")]),
            _ => Vec::new(),
        };
        let body = Body::from_column(index, *stored);
        Dataset { attributes: unit, ..Dataset::new(name, Element::One(atom), body) }
    });
    Ok(FileModel { datasets: datasets.collect(), ..FileModel::default() })
}
