//! `stock-convert info`: prints what HDF5 files hold, in words or as JSON.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use graph_exec::__format as format;
use serde_json::{Value, json};

use crate::cli::arguments::Info;
use crate::cli::diagnostics::print_error;
use crate::cli::exit::{AppError, ExitStatus};
use crate::error::ConvertError;
use crate::output::inspect::{DatasetDescription, Description, FieldDescription, describe};
use crate::output::provenance::Provenance;

/// Describes each file; one that cannot be read does not stop the others.
pub(super) fn info(
    arguments: &Info,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitStatus, AppError> {
    let mut status = ExitStatus::Done;
    let mut all = Vec::new();
    for path in &arguments.files {
        match look(path) {
            Ok((description, bytes)) if arguments.json => {
                all.push(as_json(path, &description, bytes));
            }
            Ok((description, bytes)) => print(path, &description, bytes, out)?,
            Err(error) => {
                print_error(&error, err);
                status = ExitStatus::SomeFailed;
            }
        }
    }
    if arguments.json {
        writeln!(out, "{:#}", Value::Array(all))?;
    }
    Ok(status)
}

fn look(path: &PathBuf) -> Result<(Description, u64), ConvertError> {
    let failed = |error| ConvertError::reading(path, error);
    let bytes = fs::metadata(path).map_err(failed)?.len();
    let description = describe(path).map_err(|error| failed(io::Error::other(error)))?;
    Ok((description, bytes))
}

fn print(
    path: &Path,
    description: &Description,
    bytes: u64,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "{}: {}", path.display(), format::bytes(bytes))?;
    match &description.provenance {
        None => writeln!(out, ", not made by stock-convert")?,
        Some(Provenance { writer, layout, compression, source, rows, skipped_lines, .. }) => {
            let rows = format::counted(*rows, "row");
            write!(
                out,
                ", layout {layout}, compression {compression}, {rows} of {}",
                source.display()
            )?;
            if *skipped_lines > 0 {
                write!(out, " ({} left out)", format::counted(*skipped_lines, "bad line"))?;
            }
            writeln!(out, ", by {writer}")?;
        }
    }
    for dataset in &description.datasets {
        writeln!(out, "  {}", in_words(dataset))?;
        for FieldDescription { name, element } in &dataset.fields {
            writeln!(out, "    {name}: {element}")?;
        }
    }
    Ok(())
}

/// `/data/table: 3270 (extendible) of row of 6 fields, 58 bytes; chunks of 3270; shuffle, deflate 4; …`
fn in_words(dataset: &DatasetDescription) -> String {
    let lengths =
        |lengths: &[usize]| lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ");
    let mut text = format!("{}: {}", dataset.path, lengths(&dataset.shape));
    if dataset.extendible.contains(&true) {
        text += " (extendible)";
    }
    text += &format!(" of {}", dataset.element);
    if let Some(chunk) = &dataset.chunk {
        text += &format!("; chunks of {}", lengths(chunk));
    }
    if !dataset.filters.is_empty() {
        text += &format!("; {}", dataset.filters.join(", "));
    }
    let bytes = format::bytes(dataset.bytes);
    match dataset.stored_bytes {
        Some(stored) if !dataset.filters.is_empty() => {
            text + &format!("; {bytes} in {}", format::bytes(stored))
        }
        _ => text + &format!("; {bytes}"),
    }
}

fn as_json(path: &Path, description: &Description, bytes: u64) -> Value {
    let made = description.provenance.as_ref().map(|made| {
        json!({
            "writer": made.writer,
            "layout": made.layout,
            "compression": made.compression,
            "source": made.source.display().to_string(),
            "source_xxh3": format!("{:032x}", made.hash),
            "rows": made.rows,
            "skipped_lines": made.skipped_lines,
        })
    });
    let (file, datasets) = (path.display().to_string(), &description.datasets);
    json!({ "file": file, "bytes": bytes, "made": made, "datasets": datasets })
}
