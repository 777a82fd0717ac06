//! `stock-convert verify`: compares outputs with the JSON lines that they were made from.

use std::io::Write;

use graph_exec::__format as format;

use crate::cli::arguments::Verify;
use crate::cli::diagnostics::print_error;
use crate::cli::exit::{AppError, ExitStatus};
use crate::verify::verify_file;

/// Compares each file; one that differs or cannot be read does not stop the others.
pub(super) fn verify(
    arguments: &Verify,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitStatus, AppError> {
    let mut status = ExitStatus::Done;
    for path in &arguments.files {
        match verify_file(path, arguments.source.as_deref()) {
            Ok(equal) => {
                if !arguments.quiet {
                    let rows = format::counted(equal.rows, "row");
                    let (path, source) = (path.display(), equal.source.display());
                    let left_out = match equal.skipped_lines {
                        0 => String::new(),
                        lines => format!(", {} left out", format::counted(lines, "bad line")),
                    };
                    writeln!(out, "{path}: equal to {source}, {rows}{left_out}")?;
                }
            }
            Err(error) => {
                print_error(&error, err);
                status = ExitStatus::SomeFailed;
            }
        }
    }
    Ok(status)
}
