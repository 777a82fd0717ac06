use super::parser::Parser;
use crate::error::line::{LineError, LineProblem};
use crate::frame::{Frame, Kind, Values};
use crate::options::{BadLines, ReadOptions, Timestamps};

pub(super) fn parse(text: &str) -> Result<Frame, LineError> {
    let mut parser = Parser::new(BadLines::Refuse);
    parser.push_block(text.as_bytes())?;
    Ok(parser.finish().0)
}

fn refusal(text: &str) -> (u64, u64, String) {
    let error = parse(text).unwrap_err();
    (error.line, error.column, error.problem.to_string())
}

pub(super) fn names(frame: &Frame) -> Vec<&str> {
    frame.columns().iter().map(|column| &*column.name).collect()
}

#[test]
fn columns_come_in_the_order_of_their_first_appearance() {
    let frame = parse("{\"b\":1,\"a\":2}\n{\"a\":3,\"c\":4,\"b\":5}").unwrap();
    assert_eq!(names(&frame), ["b", "a", "c"]);
    assert_eq!(frame.column("a"), Some(&Values::Int(vec![2, 3])));
}

#[test]
fn whole_floats_stay_floats_and_numbers_in_quotes_stay_text() {
    let frame = parse(r#"{"a":1.0,"b":"2","c":1e5,"d":-0,"e":-0.0}"#).unwrap();
    assert_eq!(frame.column("a"), Some(&Values::Float(vec![1.0])));
    assert_eq!(frame.column("b").unwrap().kind(), Kind::Text);
    assert_eq!(frame.column("c"), Some(&Values::Float(vec![1e5])));
    assert_eq!(frame.column("d"), Some(&Values::Int(vec![0])));
    assert_eq!(frame.column("e"), Some(&Values::Float(vec![-0.0])));
}

#[test]
fn numbers_are_exact_to_the_last_bit() {
    let frame = parse(r#"{"a":63.899999999999999,"b":0.1234567890123456789,"c":5e-324}"#).unwrap();
    for (name, value) in [("a", 63.9), ("b", 0.123_456_789_012_345_68), ("c", 5e-324)] {
        assert_eq!(frame.column(name), Some(&Values::Float(vec![value])));
    }
}

#[test]
fn of_equal_keys_the_last_counts() {
    let frame = parse("{\"a\":\"x\",\"a\":1}\n{\"a\":{},\"a\":2}").unwrap();
    assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 2])));
}

#[test]
fn blank_lines_and_carriage_returns_are_no_rows() {
    let frame = parse("{\"a\":1}\r\n\r\n  \n{\"a\":2}\r\n\n").unwrap();
    assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 2])));
    assert_eq!(parse("").unwrap(), Frame::default());
    assert_eq!(parse("\n\n").unwrap(), Frame::default());
}

#[test]
fn rows_without_keys_are_rows() {
    let frame = parse("{}\n{}\n").unwrap();
    assert_eq!((frame.rows(), frame.columns().len()), (2, 0));
    assert_eq!(parse("{}\n{\"a\":1}").unwrap().column("a").unwrap().kind(), Kind::Float);
}

#[test]
fn malformed_lines_are_named_by_line_and_character() {
    assert_eq!(refusal("{\"a\":1}\n{\"é\":1,}"), (2, 8, "not valid JSON: trailing comma".into()));
    assert_eq!(
        refusal("{\"a\":1} {\"a\":2}"),
        (1, 9, "not valid JSON: trailing characters".into())
    );
    assert_eq!(refusal("{").2, "not valid JSON: EOF while parsing an object");
    assert_eq!(
        refusal("{\"a\":-1e400}"),
        (1, 6, "column \"a\": -1e400 is beyond all floats".into())
    );
    let half =
        "column \"a\": a text with half a character (a lone surrogate), which UTF-8 cannot hold";
    assert_eq!(refusal("{\"b\":1,\"a\":\"\\ud800 \"}"), (1, 12, half.into()));
    // Of equal keys the last one counts, whatever the first one is.
    let last = parse("{\"a\":\"\\udc00\",\"a\":1e400,\"a\":{},\"a\":-0}\n").unwrap();
    assert_eq!(last.column("a"), Some(&Values::Int(vec![0])));
    assert_eq!(refusal("{\"a\":1},\r").2, "not valid JSON: a comma behind the object");
    assert_eq!(refusal("a,b").2, "a,b where an object was expected");
    assert_eq!(refusal(" [1]"), (1, 2, "an array where an object was expected".into()));
    assert_eq!(refusal("3.5").2, "a number where an object was expected");
    assert_eq!(refusal("\"x\"").2, "a text where an object was expected");
    assert_eq!(refusal("null").0, 1);
}

#[test]
fn pythons_numbers_are_named() {
    let text = |name: &str| format!("{{\"a\": {name}}}");
    for name in ["NaN", "Infinity", "-Infinity"] {
        let expected = format!("not valid JSON: a bare {name} is Python's, not JSON's");
        assert_eq!(refusal(&text(name)), (1, 7, expected));
    }
}

#[test]
fn values_that_fit_no_column_are_named_by_key() {
    assert_eq!(
        refusal("{\"a\":1}\n{\"b\":2, \"a\": \"x\"}"),
        (2, 14, "column \"a\": text in a column of integers".into())
    );
    assert_eq!(
        refusal("{\"a\":\"x\"}\n{\"a\":true}"),
        (2, 6, "column \"a\": true or false in a column of text".into())
    );
    assert_eq!(
        refusal("{\"a\":[1,2]}").2,
        "column \"a\": an array where a single value was expected"
    );
    assert_eq!(
        refusal("{\"a\":{}}").2,
        "column \"a\": an object where a single value was expected"
    );
    for number in [
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "-9223372036854775809123456",
    ] {
        let expected = format!("column \"a\": {number} does not fit a 64-bit integer");
        let line = format!("{{\"a\":{number}}}");
        assert_eq!(refusal(&line), (1, 6, expected));
    }
    assert_eq!(parse("{\"a\":1e30}").unwrap().column("a"), Some(&Values::Float(vec![1e30])));
    assert_eq!(refusal("{\"a\":\"x\\u0000\"}").2, "column \"a\": a text with a NUL character");
}

#[test]
fn keys_that_no_reader_would_find_are_refused() {
    for key in ["", "a/b", ".", "_v_x", "__class__", "\\u0000"] {
        let (line, column, problem) = refusal(&format!("{{\"ok\":1}}\n{{\"{key}\":1}}"));
        assert_eq!((line, column > 1), (2, true), "{key}");
        assert!(problem.ends_with("cannot name a column"), "{problem}");
    }
}

#[test]
fn bytes_that_are_no_utf8_are_found() {
    let mut parser = Parser::new(BadLines::Refuse);
    let error = parser.push_block(b"{\"a\":1}\n{\"b\":\"\xc3\xa9\xff\"}\n").unwrap_err();
    assert_eq!((error.line, error.column, error.problem), (2, 8, LineProblem::NotUtf8));
}

#[test]
fn a_line_that_is_left_out_leaves_no_trace() {
    let mut parser = Parser::new(BadLines::Skip);
    let block =
        b"{\"a\":1}\n{\"a\":1.5,\"new\":1,}\n\xff\n{\"a\":[],\"late\":2}\n{\"a\":2}\n[\xff]";
    parser.push_block(block).unwrap();
    let (frame, skipped) = parser.finish();
    assert_eq!(names(&frame), ["a"]);
    assert_eq!(frame.column("a"), Some(&Values::Int(vec![1, 2])));
    assert_eq!(skipped.count, 4);
    assert_eq!(skipped.first.map(|error| error.line), Some(2));
}

/// How many of the lines did not take the general path.
fn quick_lines(text: &str, options: &ReadOptions) -> u64 {
    let mut parser = Parser::new(options.clone());
    parser.push_block(text.as_bytes()).unwrap();
    assert_eq!(parser.rows(), text.lines().count());
    parser.fitted()
}

#[test]
fn lines_written_alike_are_known_again() {
    let options =
        ReadOptions { flatten: true, timestamps: Timestamps::Datetime64, ..ReadOptions::default() };
    let mut prices = Vec::new();
    crate::inputs::synthetic::write_prices(&mut prices, 500, 1).unwrap();
    let prices = String::from_utf8(prices).unwrap();
    assert_eq!(quick_lines(&prices, &ReadOptions::default()), 499);
    assert_eq!(quick_lines(&prices, &options), 499);
    let nested = "{\"o\":{\"a\":1,\"b\":\"x\"},\"c\":true}\n";
    assert_eq!(quick_lines(&nested.repeat(10), &options), 9);
    // Two ways to write a line; the second one makes `a` a column of floats.
    let two = "{\"a\": 1.5, \"b\": \"x\"}\r\n{\"b\":null}\r\n";
    assert_eq!(quick_lines(&two.repeat(10), &ReadOptions::default()), 18);
    let values =
        "{\"a\":1}\n{\"a\":2}\n{\"a\":2.5}\n{\"a\":3}\n{\"a\":null}\n{\"a\":-0.25}\n{\"a\":1e-7}\n";
    assert_eq!(quick_lines(values, &ReadOptions::default()), 5, "all but the first and the third");
}

#[test]
fn lines_that_are_never_alike_get_no_templates_for_ever() {
    let lines: Vec<String> = (0..1000).map(|i| format!("{{\"a\"{}:1}}", " ".repeat(i))).collect();
    assert_eq!(quick_lines(&lines.join("\n"), &ReadOptions::default()), 0);
}
