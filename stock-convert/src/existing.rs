//! Whether an output that stands there already may stay, must go or is in the way.
//!
//! The rule: an output that this version of the program made from a file of the very same bytes is
//! up to date and stays. Anything else under its name, be it older, newer, edited or made by
//! another program, is replaced only when the user says so.

use crate::inputs::Input;
use crate::origin::{Digest, Origin};
use crate::reading::{BadLines, Reading};
use crate::write::read_stamp;

/// What stands under the name of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Free,
    /// What converting the input would give again.
    UpToDate(Origin),
    /// Something else.
    Taken,
}

/// Looks at the output of `input`.
pub(crate) fn standing(input: &Input, reading: Reading) -> Standing {
    if input.output.symlink_metadata().is_err() {
        return Standing::Free;
    }
    let Some(stamp) = read_stamp(&input.output) else { return Standing::Taken };
    let Ok(digest) = Digest::of_file(&input.path) else { return Standing::Taken };
    // Where no line was bad, it makes no difference what would have become of it.
    let same_rule = (stamp.skipped_lines == 0 || reading.bad_lines == BadLines::Skip)
        && stamp.reading == Reading { bad_lines: BadLines::default(), ..reading };
    if stamp.hash != digest.hash || !same_rule {
        return Standing::Taken;
    }
    Standing::UpToDate(Origin {
        path: input.path.clone(),
        bytes: digest.bytes,
        hash: digest.hash,
        rows: stamp.rows,
        skipped_lines: stamp.skipped_lines,
        reading,
    })
}
