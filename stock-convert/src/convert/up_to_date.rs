//! Whether an output that exists already may stay, has to be replaced, or belongs to somebody else.
//!
//! The rule: an output that this version of the program made from a file of the very same bytes,
//! read in the same way, in the same layout and compression, is up to date and stays. Anything else
//! under its name, be it older, newer, edited or made by another program, is replaced only when the
//! user says so.

use std::path::Path;

use crate::convert::job::Conversion;
use crate::inputs::Input;
use crate::options::{BadLines, ReadOptions};
use crate::output::provenance::Provenance;
use crate::output::written::Origin;
use crate::source::digest::Digest;

/// What stands under the name of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OutputStatus {
    /// Nothing.
    Absent,
    /// What converting the input would give again.
    UpToDate(Box<Origin>),
    /// An output of this program that was made from something else, or in another way: the reason, which
    /// goes on from "it exists and".
    Stale(String),
    /// Something that this program did not make.
    NotOurs,
}

impl OutputStatus {
    /// Looks at the output of `conversion`, whose input messages call `name`. The input is read only where the
    /// output was made in the same way.
    pub(crate) fn check(conversion: &Conversion, name: &Path) -> Self {
        let Conversion { input: Input { path, output, .. }, options, storage, .. } = conversion;
        if output.symlink_metadata().is_err() {
            return Self::Absent;
        }
        let Some(provenance) = Provenance::read(output) else { return Self::NotOurs };
        // Where no line was bad, it makes no difference what would have become of it.
        let same_rule = (provenance.skipped_lines == 0 || options.bad_lines == BadLines::Skip)
            && provenance.options
                == ReadOptions { bad_lines: BadLines::default(), ..options.clone() };
        Self::Stale(if !same_rule {
            "was made with other options for reading".to_owned()
        } else if !provenance.is_current(*storage) {
            format!(
                "was made in another way: by {}, in layout {}, with compression {}",
                provenance.writer, provenance.layout, provenance.compression
            )
        } else if let Ok(Digest { bytes, hash }) = Digest::from_file(path)
            && hash == provenance.hash
        {
            let (path, options) = (path.clone(), options.clone());
            let Provenance { rows, skipped_lines, .. } = provenance;
            let origin = Origin { path, bytes, hash, rows, skipped_lines, options };
            return Self::UpToDate(Box::new(origin));
        } else {
            format!("was made from what {} held before", name.display())
        })
    }
}
