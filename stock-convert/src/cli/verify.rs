//! `stock-convert verify`: compares outputs with the JSON lines that they were made from.

use std::io::Write;

use crate::cli::arguments::Verify;
use crate::cli::diagnostics::print_error;
use crate::cli::exit::{AppError, ExitStatus};
use crate::units;
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
                    let rows = match equal.rows {
                        1 => "1 row".to_owned(),
                        rows => format!("{} rows", units::count(rows as u64)),
                    };
                    let (path, source) = (path.display(), equal.source.display());
                    writeln!(out, "{path}: equal to {source}, {rows}")?;
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
