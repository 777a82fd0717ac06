//! The default layout: one 1-D dataset of compound elements, which pandas, h5py, h5dump and R read.

use crate::output::error::OutputError;
use crate::output::model::{Atom, Body, Dataset, Element, ElementPart, FileModel, PartSource};
use crate::output::table_schema::TableSchema;

/// The most bytes that the names and types of all columns may take: they are one message of an object
/// header.
const HEADER_BYTES: usize = 65_000;

/// The most bytes of [`HEADER_BYTES`] that a column takes beside its name.
const MEMBER_BYTES: usize = 25;

/// The model of a table that has columns.
pub(super) fn model(schema: &TableSchema) -> Result<FileModel, OutputError> {
    let (mut fields, mut sources) = (Vec::new(), Vec::new());
    let (mut offset, mut header) = (0, 0);
    for (index, (name, stored)) in schema.columns().iter().enumerate() {
        sources.push(ElementPart { source: PartSource::Column { index, stored: *stored }, offset });
        fields.push((name.clone(), Atom::from_stored(*stored)));
        offset += stored.bytes();
        header += name.len() + MEMBER_BYTES;
    }
    if header > HEADER_BYTES {
        let count = fields.len();
        return Err(OutputError::Limit(format!(
            "{count} columns are too many: their names and types take {header} bytes, \
             and an HDF5 table has room for {HEADER_BYTES}; use --layout columns, or --only and --drop"
        )));
    }
    let table = Dataset::new("table", Element::Row(fields), Body::Rows(sources));
    Ok(FileModel { datasets: vec![table], ..FileModel::default() })
}
