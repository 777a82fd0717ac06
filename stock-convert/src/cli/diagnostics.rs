//! Warnings and errors. Where they cannot be written, the run goes on.

use std::io::Write;

use graph_exec::__format as format;

use crate::error::ConvertError;
use crate::error::line::{LineError, Skipped};
use crate::output::compression::Compression;
use crate::output::written::Written;

/// Prints what went wrong and what helps.
pub(crate) fn print_error(error: &ConvertError, err: &mut dyn Write) {
    let help = error.remedy().map(|help| format!("\n  help: {help}")).unwrap_or_default();
    let _ = writeln!(err, "error: {error}{help}");
}

/// Warns of lines that were left out, and prints the first of them.
pub(crate) fn warn_of_skipped(written: &Written, err: &mut dyn Write) {
    let Skipped { count, first: Some(LineError { line, column, problem }) } = &written.skipped
    else {
        return;
    };
    let input = written.origin.path.display();
    let more = match count - 1 {
        0 => String::new(),
        more => format!(" and {} more", format::grouped(more)),
    };
    let _ = writeln!(err, "warning: left out {input}:{line}:{column}: {problem}{more}");
}

/// Warns that readers of the outputs need a plugin.
pub(crate) fn warn_of_plugin(compression: Compression, err: &mut dyn Write) {
    let name = compression.name();
    let _ = writeln!(
        err,
        "warning: readers need an HDF5 plugin for {name}: pip install hdf5plugin, for h5py import it, \
         for pandas set HDF5_PLUGIN_PATH to its PLUGIN_PATH before; deflate needs none"
    );
}
