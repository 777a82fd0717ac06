//! The default layout: one 1-D dataset of compound elements, which pandas, h5py, h5dump and R read.

use hdf5::H5Group;
use hdf5::format::messages::datatype::{ByteOrder, CompoundMember, DatatypeMessage};

use super::Failure;
use crate::frame::{Column, Frame, Values};

/// About the size of a storage chunk: it is filled column by column, so it should stay in the cache.
const CHUNK_BYTES: usize = 256 * 1024;

/// What the names and types of all columns may take: one message of an object header.
const HEADER_BYTES: usize = 65_000;

/// The most that a column takes of [`HEADER_BYTES`] beside its name.
const MEMBER_BYTES: usize = 25;

/// A column and its place in a row.
struct Field<'frame> {
    column: &'frame Column,
    offset: usize,
    width: usize,
}

/// Writes `table` into `group`. The frame has rows and columns.
pub(super) fn write(group: &H5Group, frame: &Frame) -> Result<(), Failure> {
    let (fields, row_bytes) = lay_out(frame)?;
    let rows = frame.rows();
    // Chunks of equal size, so that the padding of the last one is less than a row a chunk.
    let chunks = (rows * row_bytes).div_ceil(CHUNK_BYTES).clamp(1, rows);
    let chunk_rows = rows.div_ceil(chunks);
    let dataset = group
        .new_dataset::<u8>()
        .datatype(datatype(&fields, row_bytes)?)
        .shape([0usize])
        .max_shape(&[None])
        .chunk(&[chunk_rows])
        .create("table")?;
    dataset.extend(&[rows])?;
    let mut chunk = vec![0; chunk_rows * row_bytes];
    for (index, first) in (0..rows).step_by(chunk_rows).enumerate() {
        let count = chunk_rows.min(rows - first);
        // The last chunk is stored whole; what lies behind the table is zero.
        chunk[count * row_bytes..].fill(0);
        for field in &fields {
            fill(&mut chunk[..count * row_bytes], field, row_bytes, first);
        }
        dataset.write_chunk(index, &chunk)?;
    }
    Ok(())
}

/// The place of every column in a row, and the size of a row.
fn lay_out(frame: &Frame) -> Result<(Vec<Field<'_>>, usize), Failure> {
    let mut fields = Vec::with_capacity(frame.columns().len());
    let mut offset = 0;
    let mut header = 0;
    for column in frame.columns() {
        let width = match &column.values {
            Values::Bool(_) => 1,
            Values::Int(_) | Values::Float(_) | Values::Timestamp(_) => 8,
            // HDF5 knows no text of length 0.
            Values::Text(texts) => texts.width().max(1),
        };
        fields.push(Field { column, offset, width });
        offset += width;
        header += column.name.len() + MEMBER_BYTES;
    }
    if header > HEADER_BYTES {
        let count = fields.len();
        return Err(Failure::Limit(format!(
            "{count} columns are too many: their names and types take {header} bytes, \
             and an HDF5 table has room for {HEADER_BYTES}"
        )));
    }
    if u32::try_from(offset).is_err() {
        return Err(Failure::Limit(format!("a row of {offset} bytes is too long for HDF5")));
    }
    Ok((fields, offset))
}

fn datatype(fields: &[Field<'_>], row_bytes: usize) -> Result<DatatypeMessage, Failure> {
    let in_32_bits = |size: usize| {
        u32::try_from(size)
            .map_err(|_| Failure::Limit(format!("{size} bytes are too many for HDF5")))
    };
    let mut members = Vec::with_capacity(fields.len());
    for field in fields {
        let datatype = match &field.column.values {
            Values::Int(_) | Values::Timestamp(_) => DatatypeMessage::i64_type(),
            Values::Float(_) => DatatypeMessage::f64_type(),
            // What PyTables stores a bool as, and hence the one that pandas reads as bool.
            Values::Bool(_) => DatatypeMessage::BitField {
                size: 1,
                byte_order: ByteOrder::LittleEndian,
                bit_offset: 0,
                bit_precision: 8,
            },
            Values::Text(_) => {
                const NULL_PADDED: u8 = 1;
                const UTF_8: u8 = 1;
                let size = in_32_bits(field.width)?;
                DatatypeMessage::FixedString { size, padding: NULL_PADDED, charset: UTF_8 }
            }
        };
        let (name, offset) = (field.column.name.clone(), in_32_bits(field.offset)?);
        members.push(CompoundMember { name, offset, datatype });
    }
    Ok(DatatypeMessage::Compound { size: in_32_bits(row_bytes)?, members })
}

/// Puts one column into the rows of `chunk`, of which the first is row `first` of the table.
fn fill(chunk: &mut [u8], field: &Field<'_>, row_bytes: usize, first: usize) {
    let range = field.offset..field.offset + field.width;
    let places = chunk.chunks_exact_mut(row_bytes).map(|row| &mut row[range.clone()]);
    match &field.column.values {
        Values::Bool(values) => {
            places.zip(&values[first..]).for_each(|(place, &value)| place[0] = u8::from(value));
        }
        Values::Int(values) | Values::Timestamp(values) => {
            for (place, value) in places.zip(&values[first..]) {
                place.copy_from_slice(&value.to_le_bytes());
            }
        }
        Values::Float(values) => {
            for (place, value) in places.zip(&values[first..]) {
                place.copy_from_slice(&value.to_le_bytes());
            }
        }
        Values::Text(values) => {
            for (place, row) in places.zip(first..) {
                let text = values.get(row).as_bytes();
                let (front, padding) = place.split_at_mut(text.len());
                front.copy_from_slice(text);
                padding.fill(0);
            }
        }
    }
}
