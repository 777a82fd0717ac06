//! Compares this program with `pandas.read_json` on the same lines, and with the list of differences.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use stock_convert::{ReadOptions, Timestamps, Values};

use crate::clients::python;
use crate::parsed::parse;

const DOCUMENTED: &str = include_str!("../../docs/pandas.md");

/// How a case is read.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Timestamps stay texts.
    Plain,
    /// Timestamps are found as pandas finds them.
    Times,
    Flat,
}

/// Name, lines, and the documented difference.
type Case = (&'static str, &'static str, Option<&'static str>);

const PLAIN: &[Case] = &[
    ("lesson", "{\"a\":1,\"b\":2.5,\"c\":\"x\"}\n{\"a\":2,\"b\":3.5,\"c\":\"y\"}", None),
    ("any order", "{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}", None),
    ("missing integer", "{\"a\":1,\"b\":1}\n{\"b\":2}", None),
    ("missing bool", "{\"a\":true,\"b\":1}\n{\"b\":2}", None),
    ("missing text", "{\"a\":\"x\",\"b\":1}\n{\"b\":2}", Some("missing text")),
    ("null text", "{\"a\":null}\n{\"a\":\"x\"}", Some("missing text")),
    ("late number", "{\"a\":1}\n{\"a\":2,\"b\":3}", None),
    ("late text", "{\"a\":1}\n{\"a\":2,\"b\":\"x\"}", Some("missing text")),
    ("integer, then float", "{\"a\":1}\n{\"a\":2.5}", None),
    (
        "beyond 53 bits, then float",
        "{\"a\":9007199254740993}\n{\"a\":1.5}",
        Some("integers that would be rounded"),
    ),
    (
        "beyond 53 bits, then null",
        "{\"a\":1050118621198921729}\n{\"a\":null}",
        Some("integers that would be rounded"),
    ),
    ("null integer", "{\"a\":null}\n{\"a\":1}", None),
    ("nothing but null", "{\"a\":null,\"b\":1}\n{\"a\":null,\"b\":2}", None),
    ("bools", "{\"a\":true}\n{\"a\":false}", None),
    ("bool, then integer", "{\"a\":true}\n{\"a\":7}", None),
    ("bool, then float", "{\"a\":true}\n{\"a\":7.5}", None),
    ("growing text", "{\"a\":\"\"}\n{\"a\":\"x\"}\n{\"a\":\"much longer than before\"}", None),
    ("equal keys", "{\"a\":1,\"a\":2}\n{\"a\":\"x\",\"a\":3}", None),
    ("unicode", "{\"né\":\"é\",\"株\":\"日本\"}\n{\"né\":\"🦀\",\"株\":\"\"}", None),
    ("escapes", r#"{"a":"\u00e9\n\"x\\","b\"":1}"#, None),
    ("words", "{\"a\":\"true\",\"b\":\"null\"}\n{\"a\":\"x\",\"b\":\"nan\"}", None),
    ("extreme integers", "{\"a\":9223372036854775807}\n{\"a\":-9223372036854775808}", None),
    ("exponents", "{\"a\":1e5}\n{\"a\":2E-3}", None),
    ("zeros with a sign", "{\"a\":-0.0}\n{\"a\":0.5}", None),
    ("integer zero with a sign", "{\"a\":-0}", None),
    ("blank lines", "\n{\"a\":1}\n\n{\"a\":2}\n\n", None),
    ("lines of spaces", "{\"a\":1}\n   \n{\"a\":2}", None),
    ("carriage returns", "{\"a\":\"x\"}\r\n{\"a\":\"y\"}\r\n", None),
    ("spaces", "{ \"a\" : 1 }", None),
    ("nothing", "", None),
    ("rows without keys", "{}\n{}", None),
    ("a row without keys", "{}\n{\"a\":1}", None),
    ("text behind", "{\"a\":1}x", None),
    ("integers of 65 bits", "{\"a\":18446744073709551616}", None),
    ("below 64 bits", "{\"a\":-9223372036854775809}", None),
    ("whole floats", "{\"a\":1.0}\n{\"a\":2.0}", Some("whole floats")),
    ("whole exponents", "{\"a\":1e5}", Some("whole floats")),
    ("whole float among missing ones", "{\"a\":1.0,\"b\":1}\n{\"b\":1}", None),
    ("digits in quotes", "{\"a\":\"1\"}\n{\"a\":\"02\"}", Some("numbers in quotes")),
    ("digits and words", "{\"a\":\"1\"}\n{\"a\":\"x\"}", None),
    (
        "17 digits",
        "{\"a\":0.1234567890123456789,\"b\":2.2250738585072014e-308}",
        Some("last digits"),
    ),
    ("numeric names", "{\"0\":1,\"1\":2}", Some("names that are numbers")),
    ("mixed", "{\"a\":1}\n{\"a\":\"x\"}", Some("texts among numbers")),
    ("mixed with bool", "{\"a\":\"x\"}\n{\"a\":true}", Some("texts among numbers")),
    ("unsigned", "{\"a\":9223372036854775808}", Some("integers beyond 64 bits")),
    ("object", "{\"a\":{\"b\":1}}", Some("nested values")),
    ("array", "{\"a\":[1,2]}", Some("nested values")),
    ("NUL", "{\"a\":\"x\\u0000y\"}", Some("texts with NUL")),
    ("slash", "{\"a/b\":1}", Some("names of columns")),
    ("empty name", "{\"\":1}", Some("names of columns")),
    ("NaN", "{\"a\":NaN}\n{\"a\":1}", Some("NaN and Infinity")),
    ("Infinity", "{\"a\":Infinity}\n{\"a\":-Infinity}", Some("NaN and Infinity")),
    ("1e400", "{\"a\":1e400}", Some("numbers beyond all floats")),
    ("trailing comma", "{\"a\":1,}", Some("what is not JSON")),
    ("leading zero", "{\"a\":01}", Some("what is not JSON")),
    ("control character", "{\"a\":\"x\ty\"}", Some("what is not JSON")),
    ("a number", "3", Some("lines that are no object")),
    ("an array", "[1,2]", Some("lines that are no object")),
    ("mark", "\u{feff}{\"a\":1}\n", Some("byte order marks")),
    ("timestamps as texts", "{\"timestamp\":\"2013-07-23 09:00:00\"}", None),
];

const TIMES: &[Case] = &[
    (
        "lesson",
        "{\"timestamp\":\"2013-07-23 09:00:00\",\"a\":0.5}\n{\"timestamp\":\"2013-07-23 09:02:00\",\"a\":1}",
        None,
    ),
    ("days", "{\"date\":\"2013-07-23\"}\n{\"date\":\"1969-12-31\"}", None),
    ("T", "{\"created_at\":\"2013-07-23T09:00:00\"}", None),
    ("nanoseconds", "{\"timestamp\":\"2013-07-23 09:00:00.123456789\"}", None),
    ("minutes", "{\"end_time\":\"2013-07-23 09:00\"}", None),
    ("mixed forms", "{\"date\":\"2013-07-23\"}\n{\"date\":\"2013-07-23T09:00:00\"}", None),
    (
        "mixed fractions",
        "{\"date\":\"2013-07-23 09:00:00.5\"}\n{\"date\":\"2013-07-23 09:00:00.25\"}",
        None,
    ),
    ("one that is none", "{\"timestamp\":\"2013-07-23\"}\n{\"timestamp\":\"soon\"}", None),
    ("null among them", "{\"timestamp\":\"2013-07-23\"}\n{\"timestamp\":null}", None),
    ("late", "{\"a\":1}\n{\"a\":2,\"timestamp\":\"2013-07-23\"}", None),
    ("empty among them", "{\"timestamp\":\"2013-07-23\"}\n{\"timestamp\":\"\"}", None),
    ("other names", "{\"day\":\"2013-07-23\"}", None),
    ("small integers", "{\"timestamp\":1}\n{\"timestamp\":2}", None),
    ("slashes", "{\"date\":\"07/23/2013\"}", Some("other ways to write a date")),
    ("months", "{\"date\":\"2013-07\"}", Some("other ways to write a date")),
    ("UTC", "{\"date\":\"2013-07-23T09:00:00Z\"}", Some("time zones")),
    ("seconds", "{\"timestamp\":1374570000}", Some("epochs")),
    ("1500", "{\"date\":\"1500-01-01\"}", Some("years before 1677 and after 2262")),
    ("nothing but null", "{\"date\":null}", Some("dates that are all null")),
];

/// Compared with `pandas.json_normalize`, which keeps types as they are.
const FLAT: &[Case] = &[
    (
        "nested",
        "{\"a\":{\"b\":1,\"c\":{\"d\":\"x\"}}}\n{\"a\":{\"b\":2,\"c\":{\"d\":\"y\"}}}",
        None,
    ),
    ("whole floats", "{\"a\":{\"b\":1.0}}", None),
    ("empty object", "{\"x\":1,\"a\":{}}", None),
    ("order", "{\"a\":{\"b\":1},\"c\":2}", Some("nested values")),
    ("array", "{\"a\":{\"b\":[1]}}", Some("nested values")),
];

#[test]
fn there_are_only_the_documented_differences() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("case.json");
    let mut cases = Vec::new();
    for (way, list) in [(Way::Plain, PLAIN), (Way::Times, TIMES), (Way::Flat, FLAT)] {
        for &(name, lines, difference) in list {
            std::fs::write(&input, lines).unwrap();
            let timestamps =
                if way == Way::Times { Timestamps::Datetime64 } else { Timestamps::Text };
            let flatten = way == Way::Flat;
            let options = ReadOptions { flatten, timestamps, ..ReadOptions::default() };
            let (rows, columns, error) = match parse(&input, options) {
                Err(error) => (0, Vec::new(), Some(error.to_string())),
                Ok(frame) => {
                    let columns = frame.columns().iter();
                    let columns = columns.map(|c| {
                        json!([
                            c.name.replace('\0', "."),
                            format!("{:?}", c.values.kind()),
                            values(&c.values)
                        ])
                    });
                    (frame.rows(), columns.collect(), None)
                }
            };
            cases.push(json!({
                "name": name, "lines": lines, "difference": difference, "flatten": flatten,
                "datetime64": way == Way::Times, "rows": rows, "columns": columns, "error": error,
            }));
        }
    }
    let path = folder.path().join("cases.json");
    std::fs::write(&path, json!(cases).to_string()).unwrap();
    if let Some(python) = python() {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/differences.py");
        println!("{}", python.run(&script, [path]));
    }
}

/// Floats by their bits, because JSON would lose them.
fn values(values: &Values) -> serde_json::Value {
    match values {
        Values::Bool(values) => json!(values),
        Values::Int(values) | Values::Timestamp(values) => json!(values),
        Values::Float(values) => json!(values.iter().map(|v| v.to_bits()).collect::<Vec<_>>()),
        Values::Text(values) => json!(values.iter().collect::<Vec<_>>()),
    }
}

#[test]
fn every_documented_difference_has_a_case_and_the_other_way_round() {
    let documented: BTreeSet<&str> = DOCUMENTED.split("**").skip(1).step_by(2).collect();
    let cases = PLAIN.iter().chain(TIMES).chain(FLAT);
    let tested: BTreeSet<&str> = cases.filter_map(|(_, _, difference)| *difference).collect();
    assert_eq!(documented, tested);
}
