//! Documents, good and bad: each message names the place and what helps there.

use crate::program::Folder;

/// The error of converting `content`, which writes nothing.
fn refused(content: &[u8], options: &[&str]) -> String {
    let folder = Folder::new();
    folder.write("a.json", content);
    let ran = folder.run(&[&["a.json"], options].concat()).expect(1);
    assert_eq!(folder.names(), ["a.json"], "{ran:#?}");
    ran.err
}

/// How many rows `content` has.
fn rows(content: &str) -> u64 {
    let folder = Folder::with(&[("a.json", content)]);
    let ran = folder.run(&["a.json", "--json"]).expect(0);
    folder.run(&["verify", "a.h5"]).expect(0);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    summary["files"][0]["rows"].as_u64().unwrap()
}

#[test]
fn what_would_be_lost_in_a_document_of_pandas_is_refused_with_its_place() {
    for (content, options, expected) in [
        (
            "{\"a\":{\"0\":1,\"1\":2,\"0\":3}}",
            &[][..],
            "a.json:1:19: the label \"0\" is there twice",
        ),
        ("{\"x\":{\"r\":1,\n\"r\":2}}", &["--orient", "columns"], "a.json:2:1: the label \"r\""),
        (
            "{\"r\":{\"x\":1},\n\"r\":{\"x\":2}}",
            &["--orient", "index"],
            "a.json:2:5: the label \"r\"",
        ),
        ("{\"a\":{\"0\":1},\"a\":{\"0\":2}}", &[], "a.json:1:14: the column \"a\""),
        ("{\"columns\":[\"a\",\"a\"],\"data\":[[1,2]]}", &[], "the column \"a\" is there twice"),
        (
            "{\"columns\":[\"a\"],\"data\":[[1]],\"data\":[[2]]}",
            &[],
            "the key \"data\" is there twice",
        ),
        ("{\"0\":{\"index\":5},\"1\":{\"index\":6}}", &[], "a column called \"index\""),
    ] {
        let err = refused(content.as_bytes(), options);
        assert!(err.contains(expected) && err.contains("help: "), "{content}: {err}");
    }
    // Only a value is called so.
    assert_eq!(rows("{\"0\":{\"kind\":\"index\"},\"1\":{\"kind\":\"x\"}}"), 2);
}

#[test]
fn a_broken_document_is_told_from_a_broken_line() {
    for content in
        ["[{\"a\":1},{\"a\":2},]", "[{\"a\":1},{\"a\":", "[{\"a\":1}] x", "[{\"a\":1}, // x\n{}]"]
    {
        let err = refused(content.as_bytes(), &[]);
        assert!(
            err.contains("a.json:1:") && err.contains("a document is read as a whole"),
            "{err}"
        );
    }
    let err = refused(b"{\n \"a\": 1\n}\n{\n \"a\": x\n}\n", &[]);
    assert!(err.contains("a.json:5:7: not valid JSON"), "{err}");
    let err = refused(b"{\n \"a\": x\n}\n", &[]);
    assert!(err.contains("a.json:2:7: not valid JSON"), "{err}");
    for content in ["[[1,2],[3]]", "[[1,2,3]]"] {
        let err = refused(content.as_bytes(), &["--names", "x,y"]);
        assert!(err.contains("an array with fewer or more values than names"), "{err}");
    }
    let err = refused(b"{\"d\":5}", &["--records", "d"]);
    assert!(err.contains("invalid type: integer `5`") && !err.contains("not valid"), "{err}");
    let err = refused(b"{\"d\":[[{\"a\":1}]]}", &["--records", "d.9"]);
    assert!(err.contains("no records at \"d.9\"") && !err.contains("help"), "{err}");
}

#[test]
fn lines_may_end_with_carriage_returns() {
    assert_eq!(rows("{\"a\":1}\r{\"a\":2}\r"), 2);
}

#[test]
fn other_formats_are_named() {
    for (content, name) in [
        (&b"ARROW1\0\0"[..], "Arrow"),
        (b"Obj\x01", "Avro"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x93NUMPY", "NumPy"),
        (b"\x80\x04\x95", "pickle"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"LZIP\x01", "lzip"),
        (b"\x5d\0\0\x80\0", "lzma"),
        (b"\xff\x06\0\0sNaPpY", "snappy"),
        (b"\x1f\x9d\x90", "compress"),
        (b"{\"a\":1}\n\0\0", "a.json:2:1: \\0\\0 where an object was expected"),
        (b"a,b\n1,2\n", "a,b where an object was expected"),
        (b"{\"a\":1},\n{\"a\":2},\n", "a comma behind the object"),
        (b"{\"a\":1e400}\n", "1e400 is beyond all floats"),
    ] {
        let err = refused(content, &[]);
        assert!(err.contains(name), "{name}: {err}");
    }
    let mut twice = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut once = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut once, b"{\"a\":1}\n").unwrap();
    std::io::Write::write_all(&mut twice, &once.finish().unwrap()).unwrap();
    let err = refused(&twice.finish().unwrap(), &[]);
    assert!(err.contains("compressed twice"), "{err}");
}
