//! The table is the same whatever the size of the blocks and the order of the chunks.

use std::path::Path;
#[cfg(feature = "libhdf5")]
mod libhdf5;

#[cfg(feature = "libhdf5")]
use self::libhdf5::Libhdf5File;
use super::chunk::{Chunk, RawChunk};
use super::chunker::Chunker;
use super::comparison::tests::difference;
use super::compression::Compression;
#[cfg(feature = "libhdf5")]
use super::inspect::describe;
use super::layout::Layout;
use super::provenance::Provenance;
use super::table_schema::{StoredType, TableSchema};
use super::target::{Storage, Target, TargetMode};
use super::writer::TableWriter;
use super::written::Origin;
use crate::frame::{Column, Frame, Texts, Values};
use crate::options::{ColumnOptions, ReadOptions};

const LAYOUTS: [Layout; 3] = [Layout::Table, Layout::PandasFixed, Layout::Columns];
const COMPRESSIONS: [Compression; 4] =
    [Compression::None, Compression::Deflate, Compression::Lz4, Compression::Zstd];

fn texts(texts: impl IntoIterator<Item = String>) -> Values {
    let mut column = Texts::default();
    texts.into_iter().for_each(|text| column.push(&text));
    Values::Text(column)
}

/// Rows `[first, end)` of a table with a column of each type.
fn rows(first: i64, end: i64) -> Frame {
    let column = |name: &str, values| Column { name: name.to_owned(), values };
    let day = |n: i64| format!("2013-{:02}-{:02}", n / 28 % 12 + 1, n % 28 + 1);
    let columns = vec![
        column("day", texts((first..end).map(day))),
        column("close", Values::Float((first..end).map(|n| n as f64 / 7.0).collect())),
        column("volume", Values::Int((first..end).map(|n| n * n).collect())),
        column("up", Values::Bool((first..end).map(|n| n % 3 == 0).collect())),
    ];
    Frame::new(columns, (end - first) as usize)
}

fn origin(rows: u64) -> Origin {
    Origin {
        path: "prices.json".into(),
        bytes: 1,
        hash: 2,
        rows,
        skipped_lines: 0,
        options: ReadOptions::default(),
    }
}

fn target(path: &Path, layout: Layout, compression: Compression) -> Target {
    let storage = Storage { layout, compression, ..Storage::default() };
    let columns = ColumnOptions::default();
    Target { path: path.to_owned(), mode: TargetMode::Create, storage, columns }
}

fn schema(frame: &Frame, layout: Layout) -> TableSchema {
    let schema = TableSchema::from_frame(frame);
    if layout == Layout::PandasFixed { schema.with_times(frame) } else { schema }
}

#[test]
fn blocks_of_any_size_and_chunks_in_any_order_give_the_whole_table() {
    // Several chunks, and a last one that is not full.
    const ROWS: i64 = 40_007;
    let whole = rows(0, ROWS);
    let folder = tempfile::tempdir().unwrap();
    for layout in LAYOUTS {
        for compression in COMPRESSIONS {
            let name = format!("{}-{}", layout.name(), compression.name());
            let [at_once, in_blocks, backwards] =
                ["a", "b", "c"].map(|part| folder.path().join(format!("{name}-{part}.h5")));
            let begin = |path: &Path| {
                let target = target(path, layout, compression);
                TableWriter::begin(&target, schema(&whole, layout)).unwrap()
            };
            let (mut chunker, mut writer) = begin(&at_once);
            writer.append(&mut chunker, &whole).unwrap();
            writer.finish(chunker, &origin(40_007)).unwrap();

            let (mut chunker, mut writer) = begin(&in_blocks);
            let mut first = 0;
            for size in [1, 6_000, 13, 20_000, 0, ROWS] {
                let end = ROWS.min(first + size);
                writer.append(&mut chunker, &rows(first, end)).unwrap();
                first = end;
            }
            assert_eq!(chunker.rows(), 40_007);
            writer.finish(chunker, &origin(40_007)).unwrap();
            assert!(std::fs::read(&at_once).unwrap() == std::fs::read(&in_blocks).unwrap());

            let (mut chunker, mut writer) = begin(&backwards);
            let mut chunks = chunker.push(&rows(0, 17_000)).unwrap();
            chunks.extend(chunker.push(&rows(17_000, ROWS)).unwrap());
            assert!(chunks.len() > 3, "{name}");
            for chunk in chunks.into_iter().rev() {
                writer.put(chunk.compress()).unwrap();
            }
            writer.finish(chunker, &origin(40_007)).unwrap();
            for path in [at_once, in_blocks, backwards] {
                assert_eq!(difference(&path, layout.name(), &whole).unwrap(), None, "{path:?}");
                assert!(
                    Provenance::read(&path)
                        .unwrap()
                        .is_current(target(&path, layout, compression).storage)
                );
            }
        }
    }
}

#[test]
fn a_block_may_know_less_than_the_table() {
    let schema = TableSchema::new(
        [
            ("n".to_owned(), StoredType::Float),
            ("i".to_owned(), StoredType::Int),
            ("text".to_owned(), StoredType::Text { width: 3 }),
        ],
        None,
    );
    let column = |name: &str, values| Column { name: name.to_owned(), values };
    let blocks = [
        vec![column("n", Values::Int(vec![1])), column("i", Values::Bool(vec![true]))],
        vec![column("i", Values::Int(vec![5])), column("text", texts(["abc".to_owned()]))],
        vec![
            column("text", Values::Float(vec![f64::NAN])),
            column("n", Values::Bool(vec![true])),
            column("i", Values::Int(vec![6])),
        ],
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    let target = target(&path, Layout::Table, Compression::Deflate);
    let (mut chunker, mut writer) = TableWriter::begin(&target, schema).unwrap();
    for block in blocks {
        writer.append(&mut chunker, &Frame::new(block, 1)).unwrap();
    }
    writer.finish(chunker, &origin(3)).unwrap();
    let whole = Frame::new(
        vec![
            column("n", Values::Float(vec![1.0, f64::NAN, 1.0])),
            column("i", Values::Int(vec![1, 5, 6])),
            column("text", texts(["", "abc", ""].map(str::to_owned))),
        ],
        3,
    );
    assert_eq!(difference(&path, "table", &whole).unwrap(), None);
}

#[test]
fn what_the_schema_has_no_place_for_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    let target = target(&path, Layout::Table, Compression::None);
    let columns =
        [("a".to_owned(), StoredType::Int), ("b".to_owned(), StoredType::Text { width: 2 })];
    let column = |name: &str, values| Column { name: name.to_owned(), values };
    let a = || column("a", Values::Int(vec![1]));
    let b = |text: &str| column("b", texts([text.to_owned()]));
    for (block, what) in [
        (vec![a(), b("xyz")], "a text of 3 bytes came too late for a column of 2"),
        (vec![column("a", Values::Float(vec![0.5])), b("x")], "a column of numbers in a block"),
        (vec![b("x")], "a column of missing values in a block cannot be stored as Int"),
        (vec![a(), b("x"), column("c", Values::Int(vec![1]))], "column \"c\" came too late"),
    ] {
        let schema = TableSchema::new(columns.clone(), None);
        let (mut chunker, mut writer) = TableWriter::begin(&target, schema).unwrap();
        let error = writer.append(&mut chunker, &Frame::new(block, 1)).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn text_without_a_place_in_a_layout_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let target = target(&folder.path().join("a.h5"), Layout::PandasFixed, Compression::None);
    let columns = [("symbol".to_owned(), StoredType::Text { width: 4 })];
    let error = TableWriter::begin(&target, TableSchema::new(columns, None)).err().unwrap();
    assert!(error.to_string().contains("\"symbol\" holds text that is no date"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_difference_is_named_by_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    for layout in LAYOUTS {
        let path = folder.path().join(layout.name());
        let whole = rows(0, 100);
        let target = target(&path, layout, Compression::Zstd);
        let (mut chunker, mut writer) =
            TableWriter::begin(&target, schema(&whole, layout)).unwrap();
        writer.append(&mut chunker, &whole).unwrap();
        writer.finish(chunker, &origin(100)).unwrap();
        let changed = |edit: &dyn Fn(&mut Vec<Column>)| {
            let mut columns = whole.columns().to_vec();
            edit(&mut columns);
            let rows = columns[0].values.len();
            difference(&path, layout.name(), &Frame::new(columns, rows)).unwrap().unwrap()
        };
        let found = changed(&|columns| {
            let Values::Int(volume) = &mut columns[2].values else { panic!("no integers") };
            volume[41] += 1;
        });
        assert_eq!(found, "row 42, column \"volume\": 1681 in the file, 1682 in the JSON lines");
        assert_eq!(
            changed(&|columns| columns[1].name = "x".into()),
            "column \"close\" is not in the JSON lines"
        );
        let extra = Column { name: "x".into(), values: Values::Int(vec![0; 100]) };
        assert_eq!(changed(&|columns| columns.push(extra.clone())), "column \"x\" is missing");
        let fewer = rows(0, 99);
        let found = difference(&path, layout.name(), &fewer).unwrap().unwrap();
        assert_eq!(found, "it has 100 rows, the JSON lines have 99");
    }
}

#[test]
fn all_that_writing_needs_may_go_from_thread_to_thread() {
    fn is_send<T: Send>() {}
    is_send::<Chunker>();
    is_send::<TableWriter>();
    is_send::<RawChunk>();
    is_send::<Chunk>();
}

/// The content that the reference library writes is the same, down to types and attributes.
#[cfg(feature = "libhdf5")]
#[test]
fn both_libraries_write_the_same_content() {
    let folder = tempfile::tempdir().unwrap();
    let whole = rows(0, 40_007);
    for layout in LAYOUTS {
        for compression in COMPRESSIONS {
            let paths = ["native", "libhdf5"].map(|library| {
                let name = format!("{}-{}-{library}.h5", layout.name(), compression.name());
                folder.path().join(name)
            });
            let target = target(&paths[0], layout, compression);
            let (mut chunker, mut writer) =
                TableWriter::begin(&target, schema(&whole, layout)).unwrap();
            writer.append(&mut chunker, &rows(0, 17)).unwrap();
            writer.append(&mut chunker, &rows(17, 40_007)).unwrap();
            writer.finish(chunker, &origin(40_007)).unwrap();
            write_with_libhdf5(&paths[1], target.storage, schema(&whole, layout));
            for path in &paths {
                assert_eq!(difference(path, layout.name(), &whole).unwrap(), None, "{path:?}");
            }
            let [native, reference] = paths.each_ref().map(|path| describe(path).unwrap());
            assert_eq!(native, reference);
            compare_with_h5diff(&paths);
        }
    }
}

/// Writes the rows of the test above.
#[cfg(feature = "libhdf5")]
fn write_with_libhdf5(path: &Path, storage: Storage, schema: TableSchema) {
    let compression = storage.compression;
    let model = storage.layout.model(&schema, storage.text).unwrap();
    let mut chunker = Chunker::new(&model, schema, compression, path.to_owned());
    let mut file = Libhdf5File::create(path, &model, &chunker.chunk_rows(), compression).unwrap();
    let mut put = |chunk: RawChunk| {
        let Chunk { place, bytes, skipped_filters } = chunk.compress();
        file.put(place, &bytes, skipped_filters)
    };
    for block in [rows(0, 17), rows(17, 40_007)] {
        chunker.push(&block).unwrap().into_iter().try_for_each(&mut put).unwrap();
    }
    chunker.finish().try_for_each(put).unwrap();
    file.finish(&super::provenance::attributes(&origin(40_007), storage)).unwrap();
}

/// The reference library's own tool, which looks at attributes too.
#[cfg(feature = "libhdf5")]
fn compare_with_h5diff([native, reference]: &[std::path::PathBuf; 2]) {
    // Of filters that need a plugin it cannot read the rows.
    let readable = describe(native).unwrap();
    let readable =
        readable.datasets.iter().all(|d| d.filters.iter().all(|f| !f.contains("plugin")));
    if !readable {
        return;
    }
    match std::process::Command::new("h5diff").arg("-c").args([native, reference]).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success() && !said.contains("Not comparable"), "{said}");
        }
        Err(error) => {
            assert!(std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none(), "no h5diff: {error}");
            eprintln!("SKIPPED: no check with h5diff: {error}");
        }
    }
}

#[cfg(feature = "libhdf5")]
#[test]
fn the_reference_library_says_why_it_failed() {
    let path = Path::new("/dev/null/a.h5");
    let model =
        Layout::Table.model(&TableSchema::from_frame(&rows(0, 1)), Default::default()).unwrap();
    let failed = Libhdf5File::create(path, &model, &[1], Compression::None);
    let error = failed.err().unwrap().at(path).to_string();
    assert!(error.contains("libhdf5: ") && error.contains("unable to"), "{error}");
}
