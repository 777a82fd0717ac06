//! Input that cannot be converted: the error names file, line and column, and the other files are
//! converted.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::program::Folder;

/// Converts `bad` between two good files; gives the error message.
fn error_about(bad: &[u8]) -> String {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n"), ("z.json", "{\"x\":2}\n")]);
    folder.write("bad.json", bad);
    let ran = folder.run(&["."]).expect(1);
    assert_eq!(folder.names(), ["a.h5", "a.json", "bad.json", "z.h5", "z.json"], "{ran:#?}");
    assert!(ran.out.contains("failed"), "{ran:#?}");
    ran.err
}

#[test]
fn malformed_lines_are_named() {
    for (bad, place, what) in [
        ("{\"x\":1}\n{\"x\":}\n", "2:6", "expected value"),
        ("{\"x\":1}\n{\"x\":1", "2:7", "EOF while parsing an object"),
        ("{\"x\":1}{\"x\":2}\n", "1:8", "trailing characters"),
        ("{\"x\":1}\n[{\"x\":1}]\n", "2:1", "an array where an object was expected"),
        ("{\"x\":NaN}\n", "1:6", "a bare NaN is Python's"),
        (
            "{\"x\":1}\n\n{\"é\":1,\"x\":\"y\"}\n",
            "3:12",
            "column \"x\": text in a column of integers",
        ),
        ("{\"x\":{\"y\":1}}\n", "1:6", "an object where a single value was expected"),
        ("{\"x\":9223372036854775808}\n", "1:6", "does not fit a 64-bit integer"),
        ("{\"a/b\":1}\n", "1:8", "the key \"a/b\" cannot name a column"),
    ] {
        let err = error_about(bad.as_bytes());
        assert!(err.contains(&format!("error: ./bad.json:{place}: ")), "{bad}: {err}");
        assert!(err.contains(what), "{bad}: {err}");
        assert!(err.contains("help: "), "{bad}: {err}");
    }
}

#[test]
fn bytes_that_are_no_utf8_are_named() {
    let err = error_about(b"{\"x\":1}\n{\"x\":2,\"y\":\"\xff\xfe\"}\n");
    assert!(err.contains("./bad.json:2:13: not valid UTF-8"), "{err}");
    let utf16: Vec<u8> = "{\"x\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let err = error_about(&[b"\xff\xfe".as_slice(), &utf16].concat());
    assert!(err.contains("./bad.json: it is UTF-16 text") && err.contains("iconv"), "{err}");
}

#[test]
fn bad_lines_can_be_left_out_and_are_counted() {
    let bad = "{\"x\":1}\nnonsense\n{\"x\":3}\n{\"x\":[]}\n";
    let folder = Folder::with(&[("a.json", bad)]);
    folder.run(&["a.json"]).expect(1);
    let ran = folder.run(&["a.json", "--skip-bad-lines"]).expect(0);
    assert!(ran.out.contains("2 bad lines left out"), "{ran:#?}");
    assert!(ran.err.contains("a.json:2:1"), "the first of them is shown: {ran:#?}");
    // What was made under one rule is not up to date under the other.
    folder.run(&["a.json", "--skip-bad-lines"]).expect(0);
    let ran = folder.run(&["a.json"]).expect(1);
    assert!(ran.err.contains("exists already"), "{ran:#?}");
}

#[test]
fn two_inputs_for_one_output_are_both_refused_and_the_rest_is_converted() {
    let folder =
        Folder::with(&[("a.json", "{\"x\":1}"), ("a.jsonl", "{\"x\":2}"), ("b.json", "{\"x\":3}")]);
    let ran = folder.run(&["a.json", "a.jsonl", "b.json"]).expect(1);
    assert!(ran.err.contains("a.h5: both a.json and a.jsonl would be written to it"), "{ran:#?}");
    assert_eq!(folder.names(), ["a.json", "a.jsonl", "b.h5", "b.json"]);
}

#[test]
fn inputs_that_are_not_there_are_named() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}")]);
    let ran = folder.run(&["nope.json", "x*.json", "a.json"]).expect(1);
    assert!(ran.err.contains("nope.json: no such file or folder"), "{ran:#?}");
    assert!(ran.err.contains("x*.json: matches no file"), "{ran:#?}");
    assert_eq!(folder.names(), ["a.h5", "a.json"]);
}

#[test]
fn an_empty_file_gives_an_empty_output() {
    let folder = Folder::with(&[("a.json", ""), ("b.json", "\n\n"), ("c.json", "{}\n{}\n")]);
    let ran = folder.run(&["."]).expect(0);
    assert_eq!(folder.names(), ["a.h5", "a.json", "b.h5", "b.json", "c.h5", "c.json"], "{ran:#?}");
    folder.run(&["."]).expect(0);
}

#[test]
fn damaged_gzip_is_an_error_of_its_file() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&b"{\"x\":1}\n".repeat(1000)).unwrap();
    let whole = encoder.finish().unwrap();
    let folder = Folder::new();
    folder.write("good.json.gz", &whole);
    folder.write("cut.json.gz", &whole[..whole.len() - 4]);
    folder.write("plain.json.gz", b"{\"x\":1}\n");
    let ran = folder.run(&["."]).expect(1);
    assert!(ran.err.contains("./cut.json.gz: cannot be read"), "{ran:#?}");
    // What a file holds is told by its first bytes.
    let names = ["cut.json.gz", "good.h5", "good.json.gz", "plain.h5", "plain.json.gz"];
    assert_eq!(folder.names(), names);
}

#[test]
fn more_columns_than_hdf5_can_hold_are_refused() {
    let keys: Vec<String> = (0..5000).map(|i| format!("\"a_long_name_{i}\":1")).collect();
    let err = error_about(format!("{{{}}}\n", keys.join(",")).as_bytes());
    assert!(err.contains("bad.h5: 5000 columns are too many"), "{err}");
}

#[test]
fn what_cannot_start_ends_with_2() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}"), ("file", "")]);
    folder.run(&["--no-such-option"]).expect(2);
    folder.run(&["a.json", "--jobs", "0"]).expect(2);
    folder.run(&["a.json", "--jobs", "2", "--sequential"]).expect(2);
    let ran = folder.run(&["a.json", "--out", "file/below"]).expect(2);
    assert!(ran.err.contains("file/below: cannot be made a folder"), "{ran:#?}");
    let ran = folder.run(&["a.json", "--out", "file"]).expect(2);
    assert!(ran.err.contains("file: is a file") && ran.err.contains("NAME.h5"), "{ran:#?}");
    assert_eq!(folder.names(), ["a.json", "file"]);
}

#[test]
fn an_output_that_cannot_be_written_is_an_error_of_its_input() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}"), ("b.json", "{\"x\":1}")]);
    fs::create_dir(folder.path().join("a.h5")).unwrap();
    let ran = folder.run(&["."]).expect(1);
    assert!(ran.err.contains("./a.h5: exists already"), "{ran:#?}");
    let ran = folder.run(&[".", "--force"]).expect(1);
    assert!(ran.err.contains("./a.h5: cannot be written"), "{ran:#?}");
    assert_eq!(folder.names(), ["a.json", "b.h5", "b.json"]);
}
