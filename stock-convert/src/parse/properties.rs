//! What holds for lines of every kind: random ones, against an obvious model.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::block::BlockParser;
use super::parser::Parser;
use super::tests::{names, parse};
use crate::error::line::{ColumnProblem, LineError, LineProblem};
use crate::frame::Kind;
use crate::frame::cell::is_exact;
use crate::frame::schema::Schema;
use crate::frame::{Frame, Values};
use crate::options::{BadLines, ReadOptions, Timestamps};

/// What a column should be, by its definition: look at all values, then decide.
fn model(rows: &[BTreeMap<String, Value>], key: &str) -> Option<Values> {
    let cells: Vec<&Value> = rows.iter().map(|row| row.get(key).unwrap_or(&Value::Null)).collect();
    let missing = cells.iter().any(|cell| cell.is_null());
    let all = |test: fn(&Value) -> bool| cells.iter().all(|cell| cell.is_null() || test(cell));
    let number = |cell: &&Value| match cell {
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(number) => number.as_f64().unwrap(),
        _ => f64::NAN,
    };
    let integer = |cell: &&Value| cell.as_i64().or(cell.as_bool().map(i64::from)).unwrap();
    Some(if cells.iter().all(|cell| cell.is_null()) {
        Values::Float(vec![f64::NAN; cells.len()])
    } else if all(Value::is_string) {
        let mut texts = crate::frame::Texts::default();
        cells.iter().for_each(|cell| texts.push(cell.as_str().unwrap_or("")));
        Values::Text(texts)
    } else if cells.iter().any(|cell| cell.is_string()) {
        return None;
    } else if missing || !all(|cell| cell.is_i64() || cell.is_boolean()) {
        if cells.iter().filter_map(|cell| cell.as_i64()).any(|integer| !is_exact(integer)) {
            return None;
        }
        Values::Float(cells.iter().map(number).collect())
    } else if all(Value::is_boolean) {
        Values::Bool(cells.iter().map(|cell| cell.as_bool().unwrap()).collect())
    } else {
        Values::Int(cells.iter().map(integer).collect())
    })
}

fn same(one: &Values, other: &Values) -> bool {
    match (one, other) {
        (Values::Float(one), Values::Float(other)) => {
            let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            bits(one) == bits(other)
        }
        _ => one == other,
    }
}

fn cell(texts: bool) -> BoxedStrategy<Value> {
    let numbers = prop_oneof![
        4 => any::<f64>().prop_filter("JSON has finite numbers only", |v| v.is_finite()).prop_map(|v| json!(v)),
        4 => any::<i64>().prop_map(|v| json!(v)),
        1 => any::<bool>().prop_map(|v| json!(v)),
        1 => Just(Value::Null),
    ];
    let text = "[^\\x00]{0,12}".prop_map(|v: String| json!(v));
    if texts {
        prop_oneof![9 => text, 1 => Just(Value::Null)].boxed()
    } else {
        prop_oneof![30 => numbers, 1 => text].boxed()
    }
}

fn row() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let keys = prop::sample::subsequence(vec!["a", "b", "c\"\\", "é"], 0..=4);
    (keys, cell(false), cell(false), cell(true), cell(true)).prop_map(|(keys, a, b, c, e)| {
        let value = |key: &str| match key {
            "a" => a.clone(),
            "b" => b.clone(),
            "é" => e.clone(),
            _ => c.clone(),
        };
        keys.into_iter().map(|key| (key.to_owned(), value(key))).collect()
    })
}

/// Everything that two parsers of one block may differ in.
fn outcome(parser: Parser, result: Result<(), LineError>) -> impl PartialEq + std::fmt::Debug {
    let schema = parser.schema();
    let (frame, skipped) = parser.finish();
    (schema, bits(&frame), skipped, result)
}

/// A frame in which NaN is equal to itself and -0.0 is not 0.0.
fn bits(frame: &Frame) -> Vec<(String, Values)> {
    let columns = frame.columns().iter().map(|column| {
        let values = match &column.values {
            Values::Float(values) => {
                Values::Int(values.iter().map(|value| value.to_bits() as i64).collect())
            }
            values => values.clone(),
        };
        (format!("{} {:?}", column.name, column.values.kind()), values)
    });
    columns.collect()
}

/// Lines as programs write them: a few ways to write a line, and values for each.
fn lines_written_alike() -> impl Strategy<Value = String> {
    let ways = vec![
        "{\"a\": @, \"timestamp\": @, \"b\": @}",
        "{\"a\": @, \"timestamp\": @, \"b\": @}",
        "{\"a\": @, \"timestamp\": @, \"b\": @}",
        "{\"a\":@,\"b\":@}",
        "{\"timestamp\":@,\"a\":@ }\r",
        "{\"a\": @, \"a\": @}",
        "{\"o\":{\"a\":@,\"b\":@},\"a\":@}",
        "{\"\\u0061\":@,\"a long name of more than sixteen bytes\":@}",
        "{}",
        "",
        "{\"a\": @, \"timestamp\": @, \"b\": @",
        "{\"a\": @ \"timestamp\": @, \"b\": @}x",
        "[@]",
    ];
    let values = prop_oneof![
        8 => (0..200_000u32).prop_map(|v| format!("{:?}", f64::from(v) / 1000.0)),
        2 => any::<f64>().prop_map(|v| format!("{v:?}")),
        2 => any::<f64>().prop_map(|v| format!("{v:e}")),
        3 => (-2000..2000i64).prop_map(|v| v.to_string()),
        1 => any::<i64>().prop_map(|v| v.to_string()),
        4 => (10..28u32).prop_map(|day| format!("\"2013-07-{day}\"")),
        2 => (0..60u32).prop_map(|s| format!("\"2013-07-23 09:00:{s:02}\"")),
        3 => "[ -~é]{0,20}".prop_map(|v| serde_json::to_string(&v).unwrap()),
        2 => prop::sample::select(vec![
            "null", "true", "false", "-0", "-0.0", "01", "1.", "1e400", "NaN", "\"\"", "{}", "[1]",
            "{\"c\":1}", "\"\\u0000\"", "9223372036854775808", "999999999999999999", "1 ", " 1",
            "12345678.9", "1.0000001", "1234567.5", "\"a", "\t2", "",
        ]).prop_map(str::to_owned),
    ];
    let line = (prop::sample::select(ways), prop::collection::vec(values, 3));
    let line = line.prop_map(|(way, values)| {
        let mut values = values.into_iter();
        way.split('@').fold(String::new(), |line, part| match line.is_empty() {
            true => part.to_owned(),
            false => line + &values.next().unwrap_or_default() + part,
        })
    });
    // The same values over and over are what makes templates apply.
    prop::collection::vec((line, 1..4usize), 0..20).prop_map(|lines| {
        let lines = lines.into_iter().flat_map(|(line, times)| vec![line; times]);
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn options() -> impl Strategy<Value = ReadOptions> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(skip, flatten, times)| ReadOptions {
        bad_lines: if skip { BadLines::Skip } else { BadLines::Refuse },
        flatten,
        timestamps: if times { Timestamps::Datetime64 } else { Timestamps::Text },
        ..ReadOptions::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn templates_make_no_difference(text in lines_written_alike(), options in options()) {
        let mut quick = Parser::new(options.clone());
        let mut plain = Parser::without_templates(options.clone());
        let quick_result = quick.push_block(text.as_bytes());
        let plain_result = plain.push_block(text.as_bytes());
        prop_assert_eq!(outcome(quick, quick_result), outcome(plain, plain_result));
    }

    #[test]
    fn blocks_give_what_the_whole_gives(
        text in lines_written_alike(), options in options(), cuts in prop::collection::vec(1..6usize, 1..20),
    ) {
        let mut whole = Parser::new(options.clone());
        let result = whole.push_block(text.as_bytes());
        let mut lines = text.split_inclusive('\n');
        let blocks: Vec<String> = cuts.iter().cycle().map(|&count| lines.by_ref().take(count).collect())
            .take_while(|block: &String| !block.is_empty()).collect();
        let mut parser = BlockParser::new(options);
        let mut schema = Schema::default();
        let mut before = 0;
        for block in &blocks {
            match parser.parse(block.as_bytes(), &schema) {
                Ok(block) => (schema, before) = (block.schema, before + block.lines),
                Err(mut error) => {
                    error.line += before;
                    // Of a column with two kinds, blocks and the whole may name other lines; and an integer
                    // of an earlier block, which a later one makes inexact, is found after a bad line.
                    let of_column = error.problem.is_of_column();
                    let is_inexact = matches!(
                        &result,
                        Err(whole) if matches!(whole.problem, LineProblem::Column { problem: ColumnProblem::Inexact(_), .. })
                    );
                    let may_differ = is_inexact || (of_column && result.is_err());
                    prop_assert!(may_differ || result == Err(error));
                    return Ok(());
                }
            }
        }
        if let Err(error) = result {
            // Integers of a block before one that needs floats are found in the second pass.
            prop_assert!(matches!(error.problem, LineProblem::Column { problem: ColumnProblem::Inexact(_), .. }), "{error}");
            prop_assert!(blocks.iter().any(|block| parser.parse(block.as_bytes(), &schema).is_err()));
            return Ok(());
        }
        prop_assert_eq!(&schema, &whole.schema());
        // The second pass, from the last block to the first to show that their order is all one.
        let mut frames = Vec::new();
        let mut skipped = 0;
        for block in blocks.iter().rev() {
            let block = parser.parse(block.as_bytes(), &schema).unwrap();
            prop_assert_eq!(block.schema.fields(), schema.fields());
            skipped += block.skipped.count;
            frames.insert(0, bits(&block.frame));
        }
        let (frame, all_skipped) = whole.finish();
        prop_assert_eq!(skipped, all_skipped.count);
        let whole = bits(&frame);
        for (index, (name, values)) in whole.iter().enumerate() {
            let parts: Vec<&Values> = frames.iter().map(|frame| &frame[index].1).collect();
            prop_assert!(frames.iter().all(|frame| frame[index].0 == *name), "{name}");
            prop_assert_eq!(&concatenated(&parts), values);
        }
    }

    #[test]
    fn schemas_of_blocks_that_were_parsed_apart_can_be_joined(
        one in lines_written_alike(), other in lines_written_alike(), options in options(),
    ) {
        let options = ReadOptions { bad_lines: BadLines::Skip, ..options };
        let mut parser = BlockParser::new(options);
        let (Ok(first), Ok(apart)) = (
            parser.parse(one.as_bytes(), &Schema::default()),
            parser.parse(other.as_bytes(), &Schema::default()),
        ) else {
            return Ok(());
        };
        let after = parser.parse(other.as_bytes(), &first.schema);
        match first.schema.join(&apart.schema) {
            Ok(joined) => match after {
                Ok(after) => prop_assert_eq!(joined, after.schema),
                Err(error) => prop_assert!(error.problem.is_of_column(), "{error}"),
            },
            Err(mixed) => {
                let kind = |schema: &Schema| {
                    let field = schema.fields().iter().find(|field| field.name == mixed.name);
                    matches!(field.unwrap().kind, Some(Kind::Text | Kind::Timestamp))
                };
                prop_assert!(kind(&first.schema) != kind(&apart.schema));
                prop_assert!(after.is_err());
            }
        }
    }
}

fn concatenated(parts: &[&Values]) -> Values {
    let mut texts = crate::frame::Texts::default();
    let (mut bools, mut ints, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Values::Text(part) => part.iter().for_each(|text| texts.push(text)),
            Values::Bool(part) => bools.extend(part),
            Values::Int(part) => ints.extend(part),
            Values::Timestamp(part) => times.extend(part),
            Values::Float(_) => unreachable!("those were made integers of"),
        }
    }
    match parts[0] {
        Values::Text(_) => Values::Text(texts),
        Values::Bool(_) => Values::Bool(bools),
        Values::Timestamp(_) => Values::Timestamp(times),
        _ => Values::Int(ints),
    }
}

proptest! {
    #[test]
    fn it_agrees_with_the_obvious_model(rows in prop::collection::vec(row(), 0..12), crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let lines: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
        let keys: Vec<&String> = {
            let mut seen: Vec<&String> = Vec::new();
            for key in rows.iter().flat_map(BTreeMap::keys) {
                if !seen.contains(&key) { seen.push(key); }
            }
            seen
        };
        let expected: Option<Vec<Values>> = keys.iter().map(|key| model(&rows, key)).collect();
        match (parse(&lines.join(end)), expected) {
            (Ok(frame), Some(expected)) => {
                prop_assert_eq!(frame.rows(), rows.len());
                prop_assert_eq!(names(&frame), keys);
                for (column, expected) in frame.columns().iter().zip(&expected) {
                    prop_assert!(same(&column.values, expected), "{column:?} {expected:?}");
                }
            }
            (Err(_), None) => {}
            (frame, expected) => prop_assert!(false, "{frame:?} {expected:?}"),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), skip: bool) {
        let mut parser = Parser::new(if skip { BadLines::Skip } else { BadLines::Refuse });
        let result = parser.push_block(&bytes);
        prop_assert!(!skip || result.is_ok());
    }

    #[test]
    fn no_near_miss_makes_it_panic(
        parts in prop::collection::vec(
            prop::sample::select(vec!["{", "}", "\"a\"", ":", ",", "1", "-", "NaN", "[", "\n", " ", "\\", "\"", "é", "1e9", "null"]),
            0..30,
        ),
    ) {
        let mut parser = Parser::new(BadLines::Skip);
        prop_assert!(parser.push_block(parts.concat().as_bytes()).is_ok());
    }
}
