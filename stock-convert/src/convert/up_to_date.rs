//! Whether an output that stands there already may stay, must go or is in the way.
//!
//! The rule: an output that this version of the program made from a file of the very same bytes,
//! read in the same way, in the same layout and compression, is up to date and stays. Anything else
//! under its name, be it older, newer, edited or made by another program, is replaced only when the
//! user says so.

use crate::convert::job::Conversion;
use crate::inputs::Input;
use crate::options::{BadLines, ReadOptions};
use crate::output::provenance::read_stamp;
use crate::output::written::Origin;
use crate::source::digest::Digest;

/// What stands under the name of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Free,
    /// What converting the input would give again.
    UpToDate(Origin),
    /// What this program made of something else, or otherwise.
    Stale,
    /// Something that this program did not make.
    Foreign,
}

/// Looks at the output of a conversion.
pub(crate) fn standing(conversion: &Conversion) -> Standing {
    let Conversion { input: Input { path, output, .. }, options, storage, .. } = conversion;
    if output.symlink_metadata().is_err() {
        return Standing::Free;
    }
    let Some(stamp) = read_stamp(output) else { return Standing::Foreign };
    // Where no line was bad, it makes no difference what would have become of it.
    let same_rule = (stamp.skipped_lines == 0 || options.bad_lines == BadLines::Skip)
        && stamp.options == ReadOptions { bad_lines: BadLines::default(), ..*options };
    if !same_rule || !stamp.is_of(*storage) {
        return Standing::Stale;
    }
    match Digest::from_file(path) {
        Ok(digest) if digest.hash == stamp.hash => Standing::UpToDate(Origin {
            path: path.clone(),
            bytes: digest.bytes,
            hash: digest.hash,
            rows: stamp.rows,
            skipped_lines: stamp.skipped_lines,
            options: *options,
        }),
        _ => Standing::Stale,
    }
}
