//! What other programs read from the outputs: pandas, PyTables and h5py, R, and HDF5's own h5dump.
//!
//! They are not part of this project. Where one is missing, its tests say so and pass; with
//! `DELAYED_REQUIRE_CLIENTS` set they fail.

mod clients;
mod differences;
mod inputs;
mod parsed;
mod python;
mod r;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::thread;

use clients::{h5dump, python, pythons};
use inputs::Inputs;
use parsed::parse;
use python::Python;
use stock_convert::{
    Compression, Conversion, Input, Layout, ReadOptions, Storage, TargetMode, Timestamps,
    convert_file,
};

/// Converts the inputs with the default options and has every client read the outputs.
fn accepted(inputs: &Inputs) {
    let pairs = convert(inputs, Storage::default());
    check(Layout::Table, &pairs);
    for (input, output) in &pairs {
        let Some(header) = h5dump(output) else { return };
        let frame = parse(input, ReadOptions::default()).unwrap();
        if frame.rows() == 0 || frame.columns().is_empty() {
            continue;
        }
        assert!(header.contains("DATASET \"table\""), "{header}");
        assert!(header.contains("H5T_COMPOUND"), "{header}");
        let rows = frame.rows();
        assert!(
            header.contains(&format!("SIMPLE {{ ( {rows} ) / ( H5S_UNLIMITED ) }}")),
            "{header}"
        );
        for column in frame.columns() {
            // h5dump writes other characters as octal escapes.
            if column.name.chars().all(|c| c.is_ascii_alphanumeric()) {
                assert!(header.contains(&format!("\"{}\"", column.name)), "{header}");
            }
        }
    }
}

/// Does the same in every layout and compression.
fn accepted_in_every_form(inputs: &Inputs) {
    for layout in [Layout::Table, Layout::PandasFixed, Layout::Columns] {
        for compression in
            [Compression::None, Compression::Deflate, Compression::Lz4, Compression::Zstd]
        {
            let storage = Storage { layout, compression, ..Storage::default() };
            let pairs = convert(inputs, storage);
            check(layout, &pairs);
            for (_, output) in &pairs {
                if let Some(header) = h5dump(output)
                    && compression == Compression::Deflate
                    && header.contains("CHUNKED")
                {
                    assert!(header.contains("COMPRESSION DEFLATE { LEVEL 4 }"), "{header}");
                }
            }
        }
    }
}

fn convert(inputs: &Inputs, storage: Storage) -> Vec<(PathBuf, PathBuf)> {
    inputs.files().iter().map(|path| convert_one(path, ReadOptions::default(), storage)).collect()
}

/// Converts the file at `path`; gives the input and the output.
fn convert_one(path: &Path, options: ReadOptions, storage: Storage) -> (PathBuf, PathBuf) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let output = path.with_file_name(format!("{name}.h5"));
    let input = Input { path: path.to_owned(), output: output.clone(), label: String::new() };
    let mode = TargetMode::Replace;
    convert_file(&Conversion { input, options, mode, storage }).unwrap();
    (path.to_owned(), output)
}

/// Checks what pandas, PyTables and h5py read.
fn check(layout: Layout, pairs: &[(PathBuf, PathBuf)]) {
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/check.py");
    let files = || pairs.iter().flat_map(|(input, output)| [input.as_os_str(), output.as_os_str()]);
    let arguments = || std::iter::once(OsStr::new(layout.name())).chain(files());
    thread::scope(|scope| {
        let run = |python: &'static Python| scope.spawn(|| python.run(&check, arguments()));
        let running: Vec<_> = pythons().map(run).collect();
        running.into_iter().for_each(|thread| println!("{}", thread.join().unwrap()));
    });
}

#[test]
fn every_layout_and_compression_of_real_and_of_odd_prices() {
    accepted_in_every_form(&Inputs::real());
    let wide = |row: usize| -> String {
        let values = ["1.5", "7", "true", "null", "\"2013-07-23\"", "\"2013-07-24 10:00\""];
        let fields = (0..400)
            .map(|n| format!("\"c{n}\":{}", values[if n % 6 == 5 { 5 - row } else { n % 6 }]));
        format!("{{{}}}\n", fields.collect::<Vec<_>>().join(","))
    };
    let wide = wide(0) + &wide(1);
    let mut inputs = Inputs::with(&[
        (
            "kinds",
            "{\"day\":\"2013-07-23\",\"n\":1,\"x\":0.5,\"up\":true}\n\
             {\"day\":\"2013-07-24\",\"n\":2,\"x\":null,\"up\":false}",
        ),
        (
            "two_times",
            "{\"data\":1,\"opened\":\"2013-07-23 09:30\",\"closed\":\"2013-07-23T16:00:00.25\"}\n\
             {\"data\":2,\"opened\":\"1969-12-31 23:59:59\",\"closed\":null}",
        ),
        ("names", "{\"nan\":1,\"index\":2,\"axis0\":3,\"név\":4,\"class\":5,\"0\":6}"),
        ("wide", &wide),
        ("empty", ""),
        ("no_keys", "{}\n{}\n{}\n"),
        ("long", &(0..300).map(|n| format!("{{\"c{}\":{n}}}\n", n % 40)).collect::<String>()),
    ]);
    // Several chunks, the last of them not full.
    inputs.generate(20_011);
    accepted_in_every_form(&inputs);
}

#[test]
fn the_five_real_files() {
    accepted(&Inputs::real());
}

#[test]
fn generated_prices_of_several_sizes() {
    let mut inputs = Inputs::new();
    // Below, at and above the size of a storage chunk, and one of the lesson's size.
    for rows in [1, 2, 211, 5135, 5136, 10_271, 77_015] {
        inputs.generate(rows);
    }
    accepted(&inputs);
}

#[test]
fn missing_keys_nulls_and_mixed_numbers() {
    accepted(&Inputs::with(&[
        ("missing", "{\"a\":1,\"b\":\"x\"}\n{\"b\":\"y\"}\n{\"c\":2.5}\n{\"a\":3,\"c\":4}"),
        ("nulls", "{\"a\":null,\"b\":null,\"c\":1}\n{\"a\":1,\"b\":null,\"c\":null}"),
        ("text_nulls", "{\"a\":\"x\",\"b\":null}\n{\"a\":null,\"b\":\"y\"}"),
        ("int_then_float", "{\"a\":1}\n{\"a\":2.5}\n{\"a\":-3}"),
        ("whole_floats", "{\"a\":1.0,\"b\":-0.0}\n{\"a\":2.0,\"b\":1e3}"),
        ("only_null", "{\"a\":null}\n{\"a\":null}"),
        ("late", "{\"a\":1}\n{\"a\":2,\"late\":3}\n{\"a\":4,\"later\":\"z\"}"),
        ("twice", "{\"a\":\"x\",\"a\":1}\n{\"a\":2,\"a\":3}"),
        ("reordered", "{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}"),
        (
            "digits",
            "{\"a\":63.899999999999999,\"b\":0.1234567890123456789,\"c\":2.2250738585072014e-308}",
        ),
        (
            "extremes",
            "{\"a\":9223372036854775807,\"b\":1.7976931348623157e308}\n{\"a\":-9223372036854775808,\"b\":1e-300}",
        ),
        ("exact_ints_as_floats", "{\"a\":9007199254740992}\n{\"a\":1.5}"),
    ]));
}

#[test]
fn bools() {
    accepted(&Inputs::with(&[
        ("bools", "{\"a\":true,\"b\":1}\n{\"a\":false,\"b\":2}"),
        ("bools_missing", "{\"a\":true}\n{\"a\":null}\n{\"a\":false}"),
        ("bools_and_ints", "{\"a\":true}\n{\"a\":7}"),
        ("bools_and_floats", "{\"a\":true}\n{\"a\":7.5}"),
    ]));
}

#[test]
fn unicode_and_odd_texts() {
    accepted(&Inputs::with(&[
        (
            "unicode",
            "{\"név\":\"Société Générale\",\"株\":\"日本\"}\n{\"név\":\"é\",\"株\":\"🦀\"}",
        ),
        ("escapes", r#"{"a":"é\n\t\"\\\/","b\"c":"😀"}"#),
        ("empty_texts", "{\"a\":\"\",\"b\":1}\n{\"a\":\"\",\"b\":2}"),
        ("spaces", "{\"a\":\" x \",\"a b\":\"\"}\n{\"a\":\"  \",\"a b\":\" \"}"),
        ("digits_in_text", "{\"a\":\"1\"}\n{\"a\":\"02\"}"),
        (
            "names",
            "{\"index\":1,\"table\":2,\"values\":3,\"0\":4,\"a.b\":5,\"class\":6,\"columns\":7}",
        ),
    ]));
}

#[test]
fn long_texts_and_many_columns() {
    let long = "x".repeat(100_000);
    let keys = |count: usize| {
        (0..count).map(|i| format!("\"column{i}\":{i}")).collect::<Vec<_>>().join(",")
    };
    accepted(&Inputs::with(&[
        (
            "long",
            &format!("{{\"a\":\"{long}\"}}\n{{\"a\":\"y\"}}\n{{\"a\":\"{long}\"}}\n{{\"a\":\"\"}}"),
        ),
        ("many", &format!("{{{}}}\n{{\"column7\":0.5,\"last\":\"x\"}}", keys(1200))),
        ("one", "{\"a\":1}"),
    ]));
}

#[test]
fn files_as_they_come() {
    let mut inputs = Inputs::with(&[
        ("bom", "\u{feff}{\"a\":1}\n{\"a\":2}\n"),
        ("crlf", "{\"a\":\"x\"}\r\n\r\n{\"a\":\"y\"}\r\n"),
        ("blank", "\n{\"a\":1}\n\n\n{\"a\":2}\n\n"),
        ("open_end", "{\"a\":1}\n{\"a\":2}"),
    ]);
    inputs.gzip("zipped", "{\"a\":1}\n{\"a\":2}\n");
    accepted(&inputs);
}

#[test]
fn tables_without_a_cell() {
    accepted(&Inputs::with(&[("empty", ""), ("newlines", "\n\n"), ("no_keys", "{}\n{}\n{}\n")]));
}

#[test]
fn timestamps() {
    let inputs = Inputs::with(&[
        ("days", "{\"date\":\"1969-12-31\",\"a\":1}\n{\"date\":\"2013-07-23\",\"a\":2}"),
        (
            "missing",
            "{\"timestamp\":\"2013-07-23 09:00:00.123456789\"}\n{\"timestamp\":null}\n{\"timestamp\":\"\"}",
        ),
    ]);
    let mut paths = Vec::new();
    for input in inputs.files() {
        let options = ReadOptions { timestamps: Timestamps::Datetime64, ..ReadOptions::default() };
        let (input, output) = convert_one(input, options, Storage::default());
        paths.extend([input, output]);
    }
    if let Some(python) = python() {
        let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/timestamps.py");
        python.run(&check, paths);
    }
}

#[test]
fn every_cell_is_what_json_loads_makes_of_it() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok());
    let count: u32 = cases.unwrap_or(150);
    let folder = tempfile::tempdir().unwrap();
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    if let Some(python) = python() {
        let seed = std::process::id();
        let arguments = [
            env!("CARGO_BIN_EXE_stock-convert").into(),
            folder.path().as_os_str().to_owned(),
            count.to_string().into(),
            seed.to_string().into(),
            clients.join("json_test_suite.json").into_os_string(),
        ];
        println!("{}", python.run(&clients.join("json_loads.py"), arguments));
    }
}
