//! However a file is cut into blocks, the output is that of the whole.

mod errors;

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression as Level, write::GzEncoder};
use proptest::prelude::*;

use super::*;
use crate::error::line::{ColumnProblem, LineProblem, Skipped};
use crate::error::line_error;
use crate::frame::Frame;
use crate::inputs::Input;
use crate::options::{BadLines, ColumnOptions, ReadOptions, Timestamps};
use crate::output::comparison::tests::difference;
use crate::output::compression::Compression;
use crate::output::layout::Layout;
use crate::output::target::{Storage, TargetMode};
use crate::parse::parser::Parser;
use crate::source::stream::{Blocks, LineBlock};
use crate::verify::verify_in_blocks;

const LIMIT: usize = 400;

fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "1",
        "-7",
        "2.5",
        "true",
        "null",
        "\"\"",
        "\"x\"",
        "\"a longer text\"",
        "\"2013-07-23\"",
        "\"2013-07-23 09:00\"",
        "{\"in\": 1}",
        "1e400",
    ])
}

/// Values that go together more often than not, so that not every file is refused.
fn field() -> impl Strategy<Value = String> {
    let numbers = prop::sample::select(vec!["1", "2.5", "true", "null", "-7"]);
    let texts = prop::sample::select(vec!["\"x\"", "\"\"", "null", "\"a longer text\"", "\"é\""]);
    let times = prop::sample::select(vec!["\"2013-07-23\"", "\"\"", "\"2013-07-23 09:00\""]);
    prop_oneof![
        8 => ("[ab]", numbers).prop_map(|(key, value)| format!("\"{key}\": {value}")),
        8 => ("[cd]", texts).prop_map(|(key, value)| format!("\"{key}\": {value}")),
        8 => ("date|day", times).prop_map(|(key, value)| format!("\"{key}\": {value}")),
        1 => ("[ac]", value()).prop_map(|(key, value)| format!("\"{key}\": {value}")),
    ]
}

fn line() -> impl Strategy<Value = String> {
    let row = prop::collection::vec(field(), 0..5).prop_map(|f| format!("{{{}}}", f.join(", ")));
    prop_oneof![20 => row, 2 => Just(String::new()), 1 => Just("{\"a\": ".to_owned())]
}

fn content() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec!["\n", "\r\n"]);
    (any::<bool>(), prop::collection::vec((line(), end), 0..20), any::<bool>()).prop_map(
        |(mark, lines, is_open)| {
            let mut content = if mark { "\u{feff}" } else { "" }.to_owned();
            lines.iter().for_each(|(line, end)| content.extend([&**line, *end]));
            if is_open {
                content.truncate(content.trim_end().len());
            }
            content
        },
    )
}

fn options() -> impl Strategy<Value = ReadOptions> {
    let names = |one: &[&str]| one.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let columns = prop::sample::select(vec![
        ColumnOptions::default(),
        ColumnOptions { as_text: names(&["a", "date"]), ..ColumnOptions::default() },
        ColumnOptions { drop: names(&["c"]), null: names(&["x"]), ..ColumnOptions::default() },
        ColumnOptions { only: names(&["a.in", "c", "day"]), ..ColumnOptions::default() },
    ]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (flags, columns).prop_map(|((skip, flatten, times), columns)| ReadOptions {
        bad_lines: if skip { BadLines::Skip } else { BadLines::Refuse },
        flatten,
        timestamps: if times { Timestamps::Datetime64 } else { Timestamps::Text },
        columns,
        ..ReadOptions::default()
    })
}

fn conversion(path: &Path, options: ReadOptions, layout: Layout) -> Conversion {
    let (output, label) = (path.with_extension("h5"), "a.json".to_owned());
    let input = Input { path: path.to_owned(), output, label };
    let storage = Storage { layout, compression: Compression::None, ..Storage::default() };
    Conversion { input, options, mode: TargetMode::Replace, storage }
}

/// The table of `content`, parsed in one piece; errors name the file at `path`.
fn parse_whole(
    content: &str,
    options: &ReadOptions,
    path: &Path,
) -> Result<(Frame, Skipped), ConvertError> {
    let mut parser = Parser::new(options.clone());
    let mut blocks = Blocks::with_sizes(content.as_bytes(), content.len() + 1, content.len() + 1);
    while let Some(LineBlock::Lines(lines)) = blocks.next().unwrap() {
        parser.push_block(lines).map_err(|error| line_error(path, 0, &error))?;
    }
    Ok(parser.finish())
}

/// Checks that the file at `path`, which holds `content`, is converted to the table of the whole.
fn check(
    (path, content): (&Path, &str),
    options: &ReadOptions,
    layout: Layout,
    block: usize,
) -> Result<(), TestCaseError> {
    let conversion = conversion(path, options.clone(), layout);
    let found =
        convert_in_blocks(&conversion, BlockSizes { block_bytes: block, line_limit: LIMIT });
    match (parse_whole(content, options, path), found) {
        (Ok((whole, skipped)), Err(ConvertError::MostlyBad { bad, good, .. })) => {
            prop_assert_eq!((bad, good), (skipped.count, whole.rows() as u64));
            prop_assert!(bad > good);
        }
        (Ok((whole, skipped)), Ok(_)) if skipped.count > whole.rows() as u64 => {
            prop_assert!(false, "more bad lines than good ones");
        }
        (Ok((whole, skipped)), Ok(written)) => {
            let places = |skipped: &Skipped| {
                (skipped.count, skipped.first.as_ref().map(|error| (error.line, error.column)))
            };
            prop_assert_eq!(places(&written.skipped), places(&skipped));
            prop_assert_eq!(written.origin.rows, whole.rows() as u64);
            let found = difference(&written.path, layout.name(), &whole).unwrap();
            prop_assert_eq!(found, None);
            // Cut elsewhere, it is the same still.
            let sizes = BlockSizes { block_bytes: LIMIT - block, line_limit: LIMIT };
            let verified = verify_in_blocks(&written.path, None, sizes).map(|equal| equal.rows);
            prop_assert_eq!(verified.map_err(|error| error.to_string()), Ok(whole.rows()));
        }
        // Of a column with two kinds the whole file is what is wrong, whichever line shows it.
        (Err(one), Err(other)) => {
            let of_column = |error: &ConvertError| matches!(error, ConvertError::Line { problem, .. } if problem.is_of_column());
            if !of_column(&one) && !of_column(&other) {
                prop_assert_eq!(one.to_string(), other.to_string());
            }
        }
        // An option names a column that is not there, or leaves none.
        (Ok(_), Err(ConvertError::UnknownColumn(_) | ConvertError::Unreadable { .. })) => {}
        (Ok(_), Err(error)) if is_of_layout(&error) => {
            let size = content.len() + 1;
            let sizes = BlockSizes { block_bytes: size, line_limit: size };
            let refused = convert_in_blocks(&conversion, sizes);
            prop_assert_eq!(refused.unwrap_err().to_string(), error.to_string());
        }
        (Ok(_), Err(error)) => prop_assert!(false, "only in blocks: {error}"),
        (Err(error), Ok(_)) => prop_assert!(false, "in blocks nobody noticed: {error}"),
    }
    Ok(())
}

/// Whether it is the layout that has no place for the table.
fn is_of_layout(error: &ConvertError) -> bool {
    matches!(
        error,
        ConvertError::Unwritable { .. }
            | ConvertError::Line {
                problem: LineProblem::Column { problem: ColumnProblem::NoDate { .. }, .. },
                ..
            }
    )
}

/// Saves `content` plain and gzipped, and checks both.
fn check_both(
    content: &str,
    options: &ReadOptions,
    layout: Layout,
    block: usize,
) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("a.json");
    fs::write(&plain, content).unwrap();
    check((&plain, content), options, layout, block)?;
    let packed = folder.path().join("a.json.gz");
    let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    fs::write(&packed, encoder.finish().unwrap()).unwrap();
    check((&packed, content), options, layout, block)
}

#[test]
fn a_column_without_values_that_becomes_numbers_takes_no_texts_later() {
    let rows = "{\"a\": 1}\n".repeat(14);
    let content = format!("{rows}{{\"c\": null}}\n{{\"a\": 1, \"c\": 1}}\n{{\"c\": \"x\"}}");
    for block in 140..170 {
        check_both(&content, &ReadOptions::default(), Layout::Columns, block).unwrap();
        // A line that can never be read comes after the one that is in conflict.
        let broken = format!("{content}\n{{\"a\": \n{{}}\n");
        check_both(&broken, &ReadOptions::default(), Layout::Table, block).unwrap();
    }
}

#[test]
fn a_column_of_times_is_found_behind_a_line_that_is_left_out() {
    let content = "{\"date\": \"\"}\n{\"c\": 1}\n{\"c\": \"x\"}\n{\"date\": \"2013-07-23\"}\n";
    let options = ReadOptions { bad_lines: BadLines::Skip, ..ReadOptions::default() };
    for block in 12..60 {
        check_both(content, &options, Layout::PandasFixed, block).unwrap();
    }
}

#[test]
fn of_two_faults_on_a_line_the_leftmost_is_named_whatever_was_read_before() {
    let content = "{\"c\": {\"in\": 1}, \"a\": {\"in\": 1}}\n{\"a\": true}\n{}\n";
    let options = ReadOptions { bad_lines: BadLines::Skip, ..ReadOptions::default() };
    for block in 1..60 {
        check_both(content, &options, Layout::Table, block).unwrap();
    }
}

#[test]
fn a_bad_line_is_named_before_an_archive_that_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json.gz");
    // What is looked at first, to tell lines from documents, has to be whole.
    let more = "{\"a\":1},\n".repeat(10_000);
    for content in
        [format!("{{\"a\":1}}\n{{\"a\":[1]}}\n{more}"), format!("[\n{{\"a\":[1]}},\n{more}")]
    {
        let mut encoder = GzEncoder::new(Vec::new(), Level::none());
        encoder.write_all(content.as_bytes()).unwrap();
        let whole = encoder.finish().unwrap();
        fs::write(&path, &whole[..whole.len() - 10]).unwrap();
        let conversion = conversion(&path, ReadOptions::default(), Layout::Table);
        for block_bytes in [1, 20, 60, 1_000_000] {
            let sizes = BlockSizes { block_bytes, line_limit: 1_000_000 };
            let error = convert_in_blocks(&conversion, sizes).unwrap_err().to_string();
            let expected = "a.json.gz:2:6: column \"a\": an array";
            assert!(error.contains(expected), "{block_bytes}: {error}");
        }
    }
}

proptest! {
    #[test]
    fn any_split_into_blocks_gives_the_table_of_the_whole(
        content in content(), options in options(), block in 1..LIMIT,
        layout in prop::sample::select(vec![Layout::Table, Layout::PandasFixed, Layout::Columns]),
    ) {
        check_both(&content, &options, layout, block)?;
    }
}

/// Where each integer that would be rounded meets a bad line, the line that is named, and what is wrong there.
const COMPETING: [(&str, u64, &str); 6] = [
    // The fraction on line 3 leaves the integer no place before the bad line is reached.
    ("{\"a\":9007199254740993}\n{\"a\":1}\n{\"a\":1.5}\n{\"a\":\n", 1, "would be rounded"),
    ("{\"a\":9007199254740993}\n{\"a\":1}\n{\"a\":\n{\"a\":1.5}\n", 3, "not valid JSON"),
    // A missing value does the same, and so does one that came first.
    ("{\"a\":9007199254740993}\n{}\n{\"a\":\n", 1, "would be rounded"),
    ("{}\n{\"a\":1}\n{\"a\":9007199254740993}\n{\"a\":\n", 3, "would be rounded"),
    // So it is with texts among numbers.
    ("{\"b\":0}\n{\"a\":\"x\"}\n{\"a\":1}\n{\"a\":\n", 3, "in a column of text"),
    ("{\"b\":0}\n{\"a\":\"x\"}\n{\"a\":\n{\"a\":1}\n", 3, "not valid JSON"),
];

#[test]
fn the_first_line_that_cannot_be_read_is_named_however_the_file_is_cut_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    for (content, line, expected) in COMPETING {
        fs::write(&path, content).unwrap();
        for layout in [Layout::Table, Layout::PandasFixed, Layout::Columns] {
            let conversion = conversion(&path, ReadOptions::default(), layout);
            let mut errors = vec![convert_file(&conversion).unwrap_err().to_string()];
            for block_bytes in 1..content.len() {
                let sizes = BlockSizes { block_bytes, line_limit: LIMIT };
                let error = convert_in_blocks(&conversion, sizes).unwrap_err();
                errors.push(explain(error, &conversion).to_string());
            }
            for threads in 1..=3 {
                let executor = graph_exec::Executor::builder().threads(threads).build().unwrap();
                let (converted, _) =
                    crate::convert::graph::convert(std::slice::from_ref(&conversion), &executor)
                        .unwrap();
                errors.push(converted.results[0].as_ref().unwrap_err().to_string());
            }
            let place = format!("a.json:{line}:");
            assert!(errors[0].contains(&place) && errors[0].contains(expected), "{}", errors[0]);
            assert!(errors.iter().all(|error| *error == errors[0]), "{errors:#?}");
        }
    }
}

#[test]
fn where_bad_lines_are_left_out_a_column_is_named_however_the_file_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let content = "{\"a\":\n{\"a\":9007199254740993,\"b\":\"x\"}\n{\"a\":1,\"b\":2}\n{\"a\":1.5}\n";
    fs::write(&path, content).unwrap();
    let conversion = conversion(&path, BadLines::Skip.into(), Layout::Table);
    for block_bytes in 1..content.len() {
        let error = convert_in_blocks(&conversion, BlockSizes { block_bytes, line_limit: LIMIT });
        let error = explain(error.unwrap_err(), &conversion).to_string();
        assert!(error.contains("a.json:3:12: column \"b\": integers"), "{block_bytes}: {error}");
    }
}
