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
    read_as(content, &[]).0
}

/// How many rows `content` has with these options, and what it was taken for.
fn read_as(content: &str, options: &[&str]) -> (u64, String) {
    let folder = Folder::with(&[("a.json", content)]);
    let ran = folder.run(&[&["a.json", "--json"], options].concat()).expect(0);
    folder.run(&["verify", "a.h5"]).expect(0);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let file = &summary["files"][0];
    (file["rows"].as_u64().unwrap(), file["read_as"].as_str().unwrap().to_owned())
}

/// The outputs of two inputs are the same but for what they say of their inputs.
fn alike(one: (&str, &[&str]), lines: &str) {
    let folder = Folder::with(&[("a.json", one.0), ("b.json", lines)]);
    folder.run(&[&["a.json"], one.1].concat()).expect(0);
    folder.run(&["b.json"]).expect(0);
    // Read with the other input, the first output is the same to the last bit.
    let equal = folder.run(&["info", "a.h5"]).expect(0).out;
    let wanted = folder.run(&["info", "b.h5"]).expect(0).out;
    let columns = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(columns(&equal), columns(&wanted));
}

#[test]
fn lists_by_the_names_of_columns_are_rows() {
    let lists = "{\"date\": [\"2020-01-01\", \"2020-01-02\"], \"close\": [1.5, 2]}";
    let lines = "{\"date\":\"2020-01-01\",\"close\":1.5}\n{\"date\":\"2020-01-02\",\"close\":2}\n";
    assert_eq!(read_as(lists, &[]), (2, "pandas' orient list".to_owned()));
    alike((lists, &[]), lines);
    // A single value stands in each row; what is not clear has to be said.
    let answer = "{\"s\":\"ok\",\"t\":[1,2,3],\"c\":[1.5,null,2]}\n";
    assert!(refused(answer.as_bytes(), &[]).contains("--orient list makes columns"));
    assert_eq!(read_as(answer, &["--orient", "list"]).0, 3);
    let lines = "{\"s\":\"ok\",\"t\":1,\"c\":1.5}\n{\"s\":\"ok\",\"t\":2}\n{\"s\":\"ok\",\"t\":3,\"c\":2}\n";
    alike((answer, &["--orient", "list"]), lines);
    for (content, options, expected) in [
        ("{\"a\":[1,2],\"b\":[3]}", &[][..], "differ in length: 2 in \"a\", 1 in \"b\""),
        ("{\"a\":[1,2],\"a\":[3,4]}", &[], "the column \"a\" is there twice"),
        ("{\"a\":1}", &["--orient", "list"], "there is no list in it"),
    ] {
        let err = refused(content.as_bytes(), options);
        assert!(err.contains(expected) && err.contains("help: "), "{content}: {err}");
    }
    // One record may hold lists.
    assert_eq!(read_as("{\"a\":[1,2],\"b\":[3]}", &["--as-text", "a,b"]).0, 1);
}

#[test]
fn what_pandas_wrote_may_stand_inside_a_document() {
    let daily = "{\"Meta Data\":{\"Info\":\"x\"},\"Time Series (Daily)\":{\"2020-01-01\":\
                 {\"1. open\":\"1.5\"},\"2020-01-02\":{\"1. open\":\"1.6\"}}}";
    let way = ["--records", "Time Series (Daily)", "--orient", "index"];
    let err = refused(daily.as_bytes(), &[]);
    assert!(err.contains("--records 'Time Series (Daily)' --orient index reads them"), "{err}");
    let (rows, form) = read_as(daily, &way);
    assert_eq!((rows, &*form), (2, "pandas' orient index at Time Series (Daily)"));
    let chart = "{\"chart\":{\"result\":[{\"quote\":[{\"open\":[1,2],\"close\":[3,4]}]}]}}";
    assert_eq!(read_as(chart, &["--records", "chart.result.0.quote", "--orient", "list"]).0, 2);
}

#[test]
fn a_dot_in_a_key_has_a_backslash_before_it() {
    let document = "{\"a.b\":{\"c\":[{\"x\":1},{\"x\":2}]}}";
    let err = refused(document.as_bytes(), &[]);
    assert!(err.contains("help: --records 'a\\.b.c' reads them"), "{err}");
    let (rows, form) = read_as(document, &["--records", r"a\.b.c"]);
    assert_eq!((rows, &*form), (2, r"JSON records at a\.b.c"));
    assert_eq!(read_as("{\"\":[{\"x\":1}]}", &["--records", ""]).0, 1);
    let err = refused(document.as_bytes(), &["--records", "a.b.c"]);
    assert!(err.contains("no records at a.b.c") && err.contains(r"the keys: 'a\.b'"), "{err}");
}

#[test]
fn pages_of_records_are_joined() {
    assert_eq!(rows("[[{\"a\":1},{\"a\":2}],[{\"a\":3}],[]]"), 3);
    assert_eq!(read_as("{\"d\":[[{\"a\":1}],[{\"a\":2}]]}", &["--records", "d"]).0, 2);
    let err = refused(b"[[{\"a\":1},2],[{\"a\":3}]]", &[]);
    assert!(err.contains("its records are arrays"), "{err}");
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
    assert!(err.contains("no records at d.9") && !err.contains("help"), "{err}");
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
        (b"\n\0{\0\"\0a\0\"\0:\x001\0}\0", "UTF-16 text"),
        (b"\x1e{\"a\":1}\n", "a JSON text sequence"),
        (b"[{\"a\":-Infinity}]", "a bare -Infinity is Python's"),
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

#[test]
fn a_fault_in_a_document_has_the_place_that_it_has_in_the_file() {
    for (content, expected) in [
        // The parser looks at the byte behind a number.
        ("[\n{\"a\":1},\n 55\n]\n", "a.json:3:2: a number where"),
        ("[\n{\"a\":1},\n-5]", "a.json:3:1: a number where"),
        ("{\n\"a\":1}\n5", "a.json:3:1: a number where"),
        // Characters are counted, not bytes.
        ("[{\"é\":\"株\"},x]", "a.json:1:12: not valid JSON"),
        ("[{\"é\":\"株\",\n \"é\":x}]", "a.json:2:6: not valid JSON"),
        ("[{\"é\":-Infinity}]", "a.json:1:7: not valid JSON: a bare -Infinity"),
        ("[{\"é\":NaN}]", "a.json:1:7: not valid JSON: a bare NaN"),
        // So it is where the parser has read on behind what is wrong.
        ("[{\"é\":\"x\ty\"}]", "a.json:1:9: not valid JSON: control character"),
        ("[{\"é\":tru \n \n\"é\"}]", "a.json:1:10: not valid JSON: expected null, true or false"),
        ("[{\"a\":1,\n\"é\":trué}]", "a.json:2:8: not valid JSON: expected null, true or false"),
        ("{\"é\":\"x\ty\"}\n{}\n", "a.json:1:8: not valid JSON: control character"),
        // Where something is missing, it is missing behind the last character.
        ("[{\"é\":1}", "a.json:1:9: not valid JSON: EOF"),
        ("[{\"é\":1}\n", "a.json:2:1: not valid JSON: EOF"),
        // The first fault counts, whether or not records before it have left the block.
        ("[{\"é\":[1]},{\"a\":x}]", "a.json:1:7: column \"é\": an array"),
        ("[{\"é\":[1]},", "a.json:1:7: column \"é\": an array"),
    ] {
        let err = refused(content.as_bytes(), &[]);
        assert!(err.contains(expected), "{content}: {err}");
    }
    // Of a record that stands there as it is, others say nothing that are written anew.
    for content in ["[{\"a\":1,\"b\":[2]},[1,2]]", "[[1,2],{\"a\":1,\"b\":[2]}]"] {
        let err = refused(content.as_bytes(), &["--names", "a,b"]);
        let column = content.find("[2]").unwrap() + 1;
        assert!(err.contains(&format!("a.json:1:{column}: column \"b\": an array")), "{err}");
    }
    let err = refused(b"[{\"a\":1,\"b\":[2]},[{\"a\":1}]]", &[]);
    assert!(err.contains("a.json:1:13: column \"b\": an array"), "{err}");
}
