//! What is in an HDF5 file, written by this program or by any other.

use std::path::Path;

use hdf5::format::messages::datatype::CompoundMember;
use hdf5::format::messages::filter::Filter;
use hdf5::{DatatypeMessage, H5Dataset, H5File, Hdf5Error};
use serde::Serialize;

use super::provenance::Provenance;

/// What is in a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Description {
    /// How it came to be; `None` where this program did not write it.
    pub(crate) provenance: Option<Provenance>,
    /// Its datasets, sorted by path.
    pub(crate) datasets: Vec<DatasetDescription>,
}

/// What is known about a dataset without looking at its elements.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DatasetDescription {
    /// Its path in the file, with a slash at the beginning.
    pub(crate) path: String,
    /// The type of an element in words. The fields of a table are in `fields`.
    #[serde(rename = "type")]
    pub(crate) element: String,
    /// The fields of a table; empty for other datasets.
    pub(crate) fields: Vec<FieldDescription>,
    /// Its length in each dimension.
    pub(crate) shape: Vec<usize>,
    /// Whether it can grow in each dimension.
    pub(crate) extendible: Vec<bool>,
    /// The shape of a chunk; `None` where it is stored in one piece.
    pub(crate) chunk: Option<Vec<usize>>,
    /// The filters that its chunks go through, in words; empty where there is none.
    pub(crate) filters: Vec<String>,
    /// The size of its elements in memory, in bytes.
    pub(crate) bytes: u64,
    /// The size of its elements in the file, in bytes; `None` where it has chunks of several dimensions or
    /// cannot be read.
    pub(crate) stored_bytes: Option<u64>,
}

/// A field of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FieldDescription {
    pub(crate) name: String,
    /// Its type in words.
    #[serde(rename = "type")]
    pub(crate) element: String,
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
    Ok(Description { provenance: Provenance::from_file(&file), datasets })
}

fn describe_dataset(dataset: &H5Dataset, name: &str) -> Result<DatasetDescription, Hdf5Error> {
    let datatype = dataset.datatype()?;
    let fields = match &datatype {
        DatatypeMessage::Compound { members, .. } => {
            let field = |member: &CompoundMember| FieldDescription {
                name: member.name.clone(),
                element: in_words(&member.datatype),
            };
            members.iter().map(field).collect()
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

/// The size in the file of a dataset of one dimension, in bytes.
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
