//! However a source is divided into blocks, the result is that for the whole.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::{Compression as Level, write::GzEncoder};
use tempfile::TempDir;

use super::*;
use crate::convert::job::Conversion;
use crate::convert::sequential::convert_file;
use crate::inputs::Input;
use crate::output::compression::Compression;
use crate::output::layout::Layout;
use crate::output::target::{Storage, TargetMode};

const LAYOUTS: [Layout; 3] = [Layout::Table, Layout::PandasFixed, Layout::Columns];

/// A few rows a block.
const SIZES: BlockSizes = BlockSizes { block_bytes: 200, line_limit: 400 };

const ROWS: usize = 400;

/// Rows of which the 300th has numbers with a fraction, a longer text and a new column.
fn lines() -> Vec<String> {
    let line = |row: usize| match row {
        299 => r#"{"day": "2013-07-23 09:30:15", "volume": 0.5, "late": true}"#.to_owned(),
        _ => format!(r#"{{"day": "2013-07-{:02}", "volume": {row}}}"#, row % 28 + 1),
    };
    (0..ROWS).map(line).collect()
}

fn save(path: &Path, lines: &[String]) {
    let text = lines.join("\n");
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut encoder = GzEncoder::new(File::create(path).unwrap(), Level::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap();
    } else {
        fs::write(path, text).unwrap();
    }
}

/// Converts `lines`; returns the paths of the source and the output.
fn convert(
    folder: &TempDir,
    name: &str,
    lines: &[String],
    layout: Layout,
    compression: Compression,
) -> (PathBuf, PathBuf) {
    let path = folder.path().join(name);
    save(&path, lines);
    let output = folder.path().join("a.h5");
    let input = Input { path: path.clone(), output: output.clone(), label: name.to_owned() };
    let storage = Storage { layout, compression, ..Storage::default() };
    let (options, mode) = (ReadOptions::default(), TargetMode::Replace);
    convert_file(&Conversion { input, options, mode, storage }).unwrap();
    (path, output)
}

fn difference(output: &Path) -> (String, bool) {
    match verify_in_blocks(output, None, SIZES).unwrap_err() {
        ConvertError::Differs { difference, changed, .. } => (difference, changed),
        other => panic!("{other}"),
    }
}

#[test]
fn a_source_that_needs_wider_types_late_is_equal_to_what_was_made_of_it() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.json", "a.json.gz"] {
        for layout in LAYOUTS {
            for compression in [Compression::None, Compression::Deflate] {
                let (source, output) = convert(&folder, name, &lines(), layout, compression);
                let equal = verify_in_blocks(&output, None, SIZES).unwrap();
                assert_eq!(equal, Equal { source, rows: ROWS, skipped_lines: 0 });
            }
        }
    }
}

#[test]
fn a_difference_in_the_last_row_is_named_by_it() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.json", "a.json.gz"] {
        for layout in LAYOUTS {
            let (source, output) = convert(&folder, name, &lines(), layout, Compression::Deflate);
            let mut other = lines();
            other[ROWS - 1] = other[ROWS - 1].replace("399", "400");
            save(&source, &other);
            let found = "row 400, column \"volume\": 399.0 in the file, 400.0 in the JSON lines";
            assert_eq!(difference(&output), (found.to_owned(), true));
            other[ROWS - 1] = other[ROWS - 1].replace("400", "399").replace("volume", "value");
            save(&source, &other);
            assert_eq!(difference(&output).0, "column \"value\" is missing");
            other.truncate(ROWS - 1);
            save(&source, &other);
            assert_eq!(difference(&output).0, "it has 400 rows, the JSON lines have 399");
        }
    }
}

#[test]
fn of_several_differences_that_in_the_first_row_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for layout in LAYOUTS {
        let (source, output) = convert(&folder, "a.json", &lines(), layout, Compression::None);
        let mut other = lines();
        other[1] = r#"{"day": "2013-07-02", "volume": 7}"#.to_owned();
        other[0] = r#"{"day": "2013-07-01", "volume": 0, "late": 2}"#.to_owned();
        other[399] = r#"{"day": "2013-07-09", "volume": 399}"#.to_owned();
        // The columns come in another order only where all are in one dataset.
        other[299] = other[299].replace("true", "1");
        save(&source, &other);
        let found = "row 1, column \"late\": NaN in the file, 2.0 in the JSON lines";
        assert_eq!(difference(&output).0, found, "{layout:?}");
    }
}

#[test]
fn a_bad_line_is_named_as_one_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.json", "a.json.gz"] {
        let (source, output) =
            convert(&folder, name, &lines(), Layout::Table, Compression::Deflate);
        let mut other = lines();
        // Before it there is nothing to contradict, only what lies behind.
        other[350] = r#"{"late": "text"}"#.to_owned();
        save(&source, &other);
        let error = verify_in_blocks(&output, None, SIZES).unwrap_err().to_string();
        assert!(error.contains(&format!("{name}:351:10: column \"late\": text")), "{error}");
    }
}
