//! Writes with the HDF5 library that is written in Rust.
//!
//! What makes files readable everywhere: fixed-length text (a variable-length member cannot be
//! read by pandas) marked as UTF-8 (text marked as ASCII is taken for a pickle), the file format
//! of HDF5 1.8 (newer ones shut out older readers), attributes of exactly the size of their text.

use std::collections::HashMap;
use std::path::Path;

use hdf5::format::messages::datatype::{ByteOrder, CompoundMember, DatatypeMessage, EnumMember};
use hdf5::format::messages::filter::FilterPipeline;
use hdf5::{H5Dataset, H5File, H5Group, LibverBound};

use super::chunk::{ChunkPlace, texts_from_bytes};
use super::compression::Compression;
use super::error::OutputError;
use super::model::{Atom, Attribute, Attributes, Body, Dataset, Element, FileModel};

/// The rows of a chunk of texts of any length, of which it holds the places alone.
const VARIABLE_CHUNK_ROWS: usize = 4096;

/// A file that the Rust library writes.
pub(super) struct BackendFile {
    /// `None` once it is closed.
    file: Option<H5File>,
    /// The datasets that hold rows, and the number of rows in each so far.
    datasets: Vec<(H5Dataset, u64)>,
    /// The number of elements that their rows have.
    widths: Vec<usize>,
    /// The names of datasets of texts of any length (number of the dataset → name).
    variable: HashMap<usize, String>,
    /// Whether chunks go through filters.
    filtered: bool,
}

impl BackendFile {
    /// Begins a file at `path` with everything but its rows. A file that stands there is replaced.
    ///
    /// `chunk_rows` has the rows of a chunk, for each dataset that holds rows.
    pub(super) fn create(
        path: &Path,
        model: &FileModel,
        chunk_rows: &[usize],
        compression: Compression,
    ) -> Result<Self, OutputError> {
        // The file is locked already, by the handle that will give it its name.
        let is_variable = |dataset: &Dataset| dataset.element == Element::One(Atom::VariableText);
        // Texts of any length can be appended only in the newer format.
        let version = match model.datasets.iter().any(is_variable) {
            true => LibverBound::V110,
            false => LibverBound::V18,
        };
        let file = H5File::options().no_locking().libver(version).create(path)?;
        // From here on a failure drops it, which closes the file.
        let mut this = Self {
            file: Some(file),
            datasets: Vec::new(),
            widths: Vec::new(),
            variable: HashMap::new(),
            filtered: compression != Compression::None,
        };
        let Some(file) = &this.file else { return Ok(this) };
        let group = file.create_group("data")?;
        for (name, value) in &model.attributes {
            group.set_attr_typed(name, attribute_type(value), value.bytes())?;
        }
        let mut chunk_rows = chunk_rows.iter();
        for dataset in &model.datasets {
            let chunk_rows = match dataset.body {
                Body::Rows(_) => chunk_rows.next().copied(),
                Body::Whole { .. } => None,
            };
            if let Some(created) = create_dataset(&group, dataset, chunk_rows, compression)? {
                if is_variable(dataset) {
                    this.variable.insert(this.datasets.len(), dataset.name.clone());
                }
                this.datasets.push((created, 0));
                this.widths.push(dataset.width);
            }
        }
        for link in &model.links {
            file.root_group().link(&link.name, &link.target)?;
        }
        Ok(this)
    }

    /// Puts the finished bytes of a chunk in place; bit `i` of `skipped_filters` says that filter
    /// `i` was not applied.
    pub(super) fn put(
        &mut self,
        place: ChunkPlace,
        bytes: &[u8],
        skipped_filters: u32,
    ) -> Result<(), OutputError> {
        if let (Some(name), Some(file)) = (self.variable.get(&place.dataset), &self.file) {
            let texts = texts_from_bytes(bytes);
            return Ok(file.root_group().group("data")?.append_vlen_strings(name, &texts)?);
        }
        let (dataset, rows) = &mut self.datasets[place.dataset];
        if place.end_row > *rows {
            let too_many = |_| OutputError::Limit(format!("{} rows are too many", place.end_row));
            let length = usize::try_from(place.end_row).map_err(too_many)?;
            match self.widths[place.dataset] {
                1 => dataset.extend(&[length])?,
                width => dataset.extend(&[length, width])?,
            }
            *rows = place.end_row;
        }
        match self.filtered {
            true => dataset.write_chunk_raw(place.index, bytes, skipped_filters)?,
            false => dataset.write_chunk(place.index, bytes)?,
        }
        Ok(())
    }

    /// Gives the file its attributes and closes it. Before that it is no valid HDF5 file.
    pub(super) fn finish(mut self, attributes: &Attributes) -> Result<(), OutputError> {
        self.datasets.clear();
        let Some(file) = self.file.take() else { return Ok(()) };
        for (name, value) in attributes {
            file.set_attr_typed(name, attribute_type(value), value.bytes())?;
        }
        // Closing writes the superblock. It needs no fsync: an output can be made again, and where the
        // process is killed, the file does not have its final name yet.
        Ok(file.close_no_sync()?)
    }
}

/// Closes a file that was given up, whose errors no longer matter. Left to itself, the library would
/// print them to the standard error.
impl Drop for BackendFile {
    fn drop(&mut self) {
        self.datasets.clear();
        let _ = self.file.take().map(H5File::close_no_sync);
    }
}

/// Creates a dataset. Returns it where its rows come later, in chunks of `chunk_rows`.
fn create_dataset(
    group: &H5Group,
    dataset: &Dataset,
    chunk_rows: Option<usize>,
    compression: Compression,
) -> Result<Option<H5Dataset>, OutputError> {
    let filters = compression.filters(dataset.element.bytes());
    let filters = (!filters.is_empty()).then_some(FilterPipeline { filters });
    if dataset.element == Element::One(Atom::VariableText) {
        let created =
            group.create_appendable_vlen_dataset(&dataset.name, VARIABLE_CHUNK_ROWS, filters)?;
        return Ok(Some(created));
    }
    let builder = group.new_dataset::<u8>().datatype(datatype(&dataset.element)?);
    let (created, has_rows) = match &dataset.body {
        Body::Whole { count, bytes } => {
            let created = builder.shape([*count]).create(&dataset.name)?;
            if *count > 0 {
                created.write_raw_bytes(bytes)?;
            }
            (created, false)
        }
        Body::Rows(_) => {
            let chunk_rows = chunk_rows.unwrap_or(1);
            let builder = match dataset.width {
                1 => builder.shape([0]).max_shape(&[None]).chunk(&[chunk_rows]),
                width => builder
                    .shape([0, width])
                    .max_shape(&[None, Some(width)])
                    .chunk(&[chunk_rows, width]),
            };
            let builder = match filters {
                None => builder,
                Some(filters) => builder.filter_pipeline(filters),
            };
            (builder.create(&dataset.name)?, true)
        }
    };
    for (name, value) in &dataset.attributes {
        created.set_attr_typed(name, attribute_type(value), value.bytes())?;
    }
    Ok(has_rows.then_some(created))
}

fn attribute_type(value: &Attribute) -> DatatypeMessage {
    match value {
        Attribute::Int(_) => DatatypeMessage::i64_type(),
        Attribute::Text(_) => text_type(u32::try_from(value.bytes().len()).unwrap_or(u32::MAX)),
    }
}

fn text_type(size: u32) -> DatatypeMessage {
    const NULL_PADDED: u8 = 1;
    const UTF_8: u8 = 1;
    DatatypeMessage::FixedString { size, padding: NULL_PADDED, charset: UTF_8 }
}

fn in_32_bits(size: usize) -> Result<u32, OutputError> {
    u32::try_from(size)
        .map_err(|_| OutputError::Limit(format!("{size} bytes are too many for HDF5")))
}

fn datatype(element: &Element) -> Result<DatatypeMessage, OutputError> {
    let fields = match element {
        Element::One(atom) => return atom_type(*atom),
        Element::Row(fields) => fields,
    };
    let mut members = Vec::with_capacity(fields.len());
    let mut offset = 0;
    for (name, atom) in fields {
        let datatype = atom_type(*atom)?;
        members.push(CompoundMember { name: name.clone(), offset: in_32_bits(offset)?, datatype });
        offset += atom.bytes();
    }
    Ok(DatatypeMessage::Compound { size: in_32_bits(offset)?, members })
}

fn atom_type(atom: Atom) -> Result<DatatypeMessage, OutputError> {
    Ok(match atom {
        Atom::Int => DatatypeMessage::i64_type(),
        Atom::Float => DatatypeMessage::f64_type(),
        Atom::Bits => DatatypeMessage::BitField {
            size: 1,
            byte_order: ByteOrder::LittleEndian,
            bit_offset: 0,
            bit_precision: 8,
        },
        Atom::Flag => {
            let member = |name: &str, value| EnumMember { name: name.into(), value: vec![value] };
            let base = Box::new(DatatypeMessage::i8_type());
            DatatypeMessage::Enum { base, members: vec![member("FALSE", 0), member("TRUE", 1)] }
        }
        Atom::Text { bytes } => text_type(in_32_bits(bytes)?),
        Atom::VariableText => DatatypeMessage::vlen_string_utf8(),
    })
}
