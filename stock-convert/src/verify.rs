//! Compares outputs with the JSON lines they were made from, for `stock-convert verify`.

mod pass;

use std::path::{Path, PathBuf};

use graph_exec::__atomic_file::folder_of;

use self::pass::{Found, Pass};
use crate::error::ConvertError;
use crate::frame::schema::Schema;
use crate::options::{BadLines, ReadOptions};
use crate::output::provenance::Provenance;
use crate::source::for_each_block;
use crate::source::lines::BlockSizes;

/// An output that holds what its source does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Equal {
    /// The path of the source.
    pub(crate) source: PathBuf,
    /// How many rows both have.
    pub(crate) rows: usize,
    /// How many lines of the source are in neither.
    pub(crate) skipped_lines: u64,
}

/// Compares the output at `path` with its source, which lies in `folder`, or beside the output if that is
/// `None`.
///
/// # Errors
/// [`ConvertError::Differs`] with the first difference, [`ConvertError::NoInput`] for a file that is no
/// output, and those of reading the two.
pub(crate) fn verify_file(path: &Path, folder: Option<&Path>) -> Result<Equal, ConvertError> {
    verify_in_blocks(path, folder, BlockSizes::default())
}

/// The same with blocks and lines of other sizes.
pub(crate) fn verify_in_blocks(
    path: &Path,
    folder: Option<&Path>,
    sizes: BlockSizes,
) -> Result<Equal, ConvertError> {
    path.metadata().map_err(|error| ConvertError::reading(path, error))?;
    let Some(provenance) = Provenance::read(path) else {
        let reason = "does not say what it was made from; it is no whole output of stock-convert";
        return Err(ConvertError::no_input(path, reason));
    };
    // What came through a pipe may be a file of another name now.
    let source = match folder {
        Some(file) if file.is_file() => file.to_owned(),
        folder => folder.unwrap_or_else(|| folder_of(path)).join(&provenance.source),
    };
    let bad_lines = if provenance.skipped_lines > 0 { BadLines::Skip } else { BadLines::Refuse };
    let options = ReadOptions { bad_lines, ..provenance.options.clone() };
    // Types and columns are known for sure only after the last line, so that it may take several passes.
    let mut known = Schema::default();
    loop {
        let mut pass = Pass::new(path, &provenance.layout, &source, &options, known);
        let read = for_each_block(&source, sizes, &options, |lines| pass.take(lines));
        let read = read.map_err(|error| match error {
            ConvertError::Read { path, source: cause } if path == source && !source.exists() => {
                let remedy = "--source names the folder that it is in now, or the file itself";
                let problem = format!("cannot be read: {cause}");
                ConvertError::Unreadable { path, problem, remedy: Some(remedy.to_owned()) }
            }
            error => error,
        })?;
        match pass.finish()? {
            Found::Equal { rows, skipped_lines } => {
                return Ok(Equal { source, rows, skipped_lines });
            }
            Found::Differs(difference) => {
                return Err(ConvertError::Differs {
                    path: path.to_owned(),
                    source_path: source,
                    difference,
                    changed: read.digest.hash != provenance.hash,
                });
            }
            Found::Wider(schema) => known = schema,
        }
    }
}

#[cfg(test)]
mod tests;
