//! What is in an HDF5 file: of this program, or of any other.

use std::path::Path;

use hdf5::format::messages::filter::Filter;
use hdf5::{DatatypeMessage, H5Dataset, H5File, Hdf5Error};

use super::provenance::{Stamp, stamp_of};

/// What is in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// What an output of this program says of itself.
    pub made: Option<Made>,
    /// Its datasets, by path.
    pub datasets: Vec<DatasetDescription>,
}

/// How an output of this program came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The program and the version of its form.
    pub writer: String,
    /// The layout.
    pub layout: String,
    /// The compression.
    pub compression: String,
    /// The file name of the input.
    pub source: String,
    /// XXH3 of the input.
    pub source_xxh3: String,
    /// Rows made of it.
    pub rows: u64,
    /// Lines of it that were left out.
    pub skipped_lines: u64,
}

/// A dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetDescription {
    /// Where it stands in the file.
    pub path: String,
    /// The type of an element in words; that of a table is in `fields`.
    pub element: String,
    /// The fields of a table: name → type in words.
    pub fields: Vec<(String, String)>,
    /// Its length in each dimension.
    pub shape: Vec<usize>,
    /// Whether it can grow in each dimension.
    pub extendible: Vec<bool>,
    /// The shape of a chunk, where it is stored in chunks.
    pub chunk: Option<Vec<usize>>,
    /// What chunks went through, in words.
    pub filters: Vec<String>,
    /// The bytes of its elements.
    pub bytes: u64,
    /// The bytes that they take in the file, where that can be told.
    pub stored_bytes: Option<u64>,
}

/// Looks into the file at `path`.
///
/// # Errors
/// What the HDF5 library says of a file that it cannot read.
pub(crate) fn describe(path: &Path) -> Result<Description, Hdf5Error> {
    let file = H5File::options().no_locking().open(path)?;
    let mut names = file.dataset_names();
    names.sort();
    let datasets = names.iter().map(|name| describe_dataset(&file.dataset(name)?, name));
    let datasets = datasets.collect::<Result<_, Hdf5Error>>()?;
    Ok(Description { made: stamp_of(&file).map(Made::from), datasets })
}

impl From<Stamp> for Made {
    fn from(stamp: Stamp) -> Self {
        let source_xxh3 = format!("{:032x}", stamp.hash);
        let Stamp { writer, storage: (layout, compression), source, rows, skipped_lines, .. } =
            stamp;
        Self { writer, layout, compression, source, source_xxh3, rows, skipped_lines }
    }
}

fn describe_dataset(dataset: &H5Dataset, name: &str) -> Result<DatasetDescription, Hdf5Error> {
    let datatype = dataset.datatype()?;
    let fields = match &datatype {
        DatatypeMessage::Compound { members, .. } => {
            members.iter().map(|m| (m.name.clone(), in_words(&m.datatype))).collect()
        }
        _ => Vec::new(),
    };
    let shape = dataset.shape();
    let bytes = (dataset.total_elements() * dataset.element_size()) as u64;
    let chunk = dataset.chunk_dims();
    let stored_bytes = match &chunk {
        None => Some(bytes),
        Some(chunk) if chunk.len() == 1 => stored_bytes(dataset, shape[0], chunk[0]).ok(),
        Some(_) => None,
    };
    Ok(DatasetDescription {
        path: format!("/{}", name.trim_start_matches('/')),
        element: in_words(&datatype),
        fields,
        extendible: dataset.max_shape()?.iter().map(Option::is_none).collect(),
        shape,
        chunk,
        filters: dataset.filters()?.iter().map(filter_in_words).collect(),
        bytes,
        stored_bytes,
    })
}

fn stored_bytes(dataset: &H5Dataset, rows: usize, chunk_rows: usize) -> Result<u64, Hdf5Error> {
    let chunks = rows.div_ceil(chunk_rows.max(1));
    let bytes = (0..chunks).map(|chunk| Ok(dataset.read_chunk_raw_at(&[chunk])?.0.len() as u64));
    bytes.sum()
}

fn in_words(datatype: &DatatypeMessage) -> String {
    use DatatypeMessage as Type;
    match datatype {
        Type::FixedPoint { size, signed: true, .. } => format!("integer of {} bits", size * 8),
        Type::FixedPoint { size, .. } => format!("unsigned integer of {} bits", size * 8),
        Type::FloatingPoint { size, .. } => format!("float of {} bits", size * 8),
        Type::BitField { size: 1, .. } => "bool (bits)".to_owned(),
        Type::BitField { size, .. } => format!("{size} bytes of bits"),
        Type::FixedString { size: 1, .. } => "text of 1 byte".to_owned(),
        Type::FixedString { size, .. } => format!("text of {size} bytes"),
        Type::VarLenString { .. } => "text of any length".to_owned(),
        Type::Compound { size, members } => {
            format!("row of {} fields, {size} bytes", members.len())
        }
        Type::Enum { members, .. } => {
            let names: Vec<&str> = members.iter().map(|member| &*member.name).collect();
            format!("one of {}", names.join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn filter_in_words(filter: &Filter) -> String {
    let name = match filter.id {
        1 => "deflate",
        2 => return "shuffle".to_owned(),
        3 => return "fletcher32".to_owned(),
        307 => "bzip2",
        32_000 => "lzf",
        32_001 => "blosc",
        32_004 => return "lz4 (needs a plugin)".to_owned(),
        32_015 => "zstd (needs a plugin)",
        other => return format!("filter {other}"),
    };
    match filter.cd_values.first() {
        Some(level) => format!("{name} {level}"),
        None => name.to_owned(),
    }
}
