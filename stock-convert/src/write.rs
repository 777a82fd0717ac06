//! A frame to an HDF5 file. The only room that knows the HDF5 library.
//!
//! What it takes to be readable everywhere: fixed-length text (a variable-length member cannot be
//! read by pandas) marked as UTF-8 (text marked as ASCII is taken for a pickle), the file format
//! of HDF5 1.8 (newer ones shut out older readers), attributes of exactly the size of their text.

mod empty;
mod stamp;
mod table;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hdf5::{H5File, LibverBound};

use crate::error::ConvertError;
use crate::frame::Frame;
use crate::origin::Origin;
use crate::parse::Skipped;
use crate::read::Loaded;
use crate::unfinished::{Replace, Unfinished};

pub(crate) use stamp::read_stamp;

/// Where a table goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The output.
    pub path: PathBuf,
    /// What becomes of it.
    pub mode: TargetMode,
}

/// What becomes of an output once it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetMode {
    /// It takes its final name, unless something stands there.
    Create,
    /// It takes its final name, whatever stands there.
    Replace,
    /// It is thrown away: for measuring.
    Rehearse,
}

/// An output that is whole and stands under its final name.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The output.
    pub path: PathBuf,
    /// Where its table came from.
    pub origin: Origin,
    /// The lines that were left out.
    pub skipped: Skipped,
    /// Its size.
    pub bytes: u64,
    /// How long reading, parsing and writing took together.
    pub took: Duration,
}

/// Why an HDF5 file could not be made.
#[derive(Debug)]
enum Failure {
    /// The table breaks a limit of HDF5 or of its readers.
    Limit(String),
    /// The writer failed.
    Hdf5(hdf5::Hdf5Error),
}

impl From<hdf5::Hdf5Error> for Failure {
    fn from(error: hdf5::Hdf5Error) -> Self {
        Self::Hdf5(error)
    }
}

/// Writes a table to HDF5: one dataset `/data/table`, a named typed field per column.
///
/// `pandas.read_hdf(path, "/data")` gives the frame that pandas makes of the same lines, except
/// that a missing text is empty. The output appears under its name only once it is whole.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let input = folder.path().join("ibm.json");
/// # std::fs::write(&input, "{\"close\": 100.25}\n{\"close\": 103.12}\n")?;
/// use stock_convert::{BadLines, Target, TargetMode, read, write};
/// let path = input.with_extension("h5");
/// let loaded = read(&input, BadLines::Refuse)?;
/// let written = write(&loaded, &Target { path: path.clone(), mode: TargetMode::Create })?;
/// assert_eq!(written.bytes, std::fs::metadata(&path)?.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ConvertError::Write`] for what the operating system refuses, [`ConvertError::Unwritable`]
/// for a table that HDF5 cannot hold, [`ConvertError::Exists`] where something stands already.
pub fn write(loaded: &Loaded, target: &Target) -> Result<Written, ConvertError> {
    let started = Instant::now();
    let failed = |error| ConvertError::Write { path: target.path.clone(), source: Arc::new(error) };
    let unfinished = Unfinished::begin(&target.path).map_err(failed)?;
    write_file(unfinished.path(), &loaded.frame, &loaded.origin).map_err(|failure| {
        let path = target.path.clone();
        match failure {
            Failure::Limit(reason) => ConvertError::Unwritable { path, reason },
            Failure::Hdf5(error) => ConvertError::Write { path, source: Arc::new(error) },
        }
    })?;
    let bytes = fs::metadata(unfinished.path()).map_err(failed)?.len();
    let finished = match target.mode {
        TargetMode::Create => unfinished.finish(Replace::No),
        TargetMode::Replace => unfinished.finish(Replace::Yes),
        TargetMode::Rehearse => Ok(()),
    };
    finished.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            ConvertError::Exists { path: target.path.clone(), input: loaded.origin.path.clone() }
        }
        _ => failed(error),
    })?;
    let took = loaded.took + started.elapsed();
    Ok(Written {
        path: target.path.clone(),
        origin: loaded.origin.clone(),
        skipped: loaded.skipped.clone(),
        bytes,
        took,
    })
}

fn write_file(path: &Path, frame: &Frame, origin: &Origin) -> Result<(), Failure> {
    // The file is locked already, by the handle that will give it its name.
    let file = H5File::options().no_locking().libver(LibverBound::V18).create(path)?;
    let group = file.create_group("data")?;
    if frame.rows() == 0 || frame.columns().is_empty() {
        empty::write(&group, frame.rows())?;
    } else {
        table::write(&group, frame)?;
    }
    stamp::write(&file, origin)?;
    // Closing writes the superblock. Whoever regenerates outputs needs no fsync; whoever is
    // killed has no output, because its name comes later.
    file.close_no_sync()?;
    Ok(())
}
