//! What has to hold for any bytes that are parsed as lines.

use stock_convert::{
    BadLines, BlockParser, Frame, LineError, Parser, ReadOptions, Schema, Skipped, Timestamps,
    Values,
};

/// Panics where the parser contradicts itself.
///
/// The first byte says how to read, the second where to cut the rest into two blocks.
pub(crate) fn check(bytes: &[u8]) {
    let &[options, cut, ref text @ ..] = bytes else { return };
    let read_options = ReadOptions {
        bad_lines: if options & 1 == 0 { BadLines::Refuse } else { BadLines::Skip },
        flatten: options & 2 != 0,
        timestamps: if options & 4 == 0 { Timestamps::Text } else { Timestamps::Datetime64 },
        ..ReadOptions::default()
    };
    let schema = Schema::default();
    let plain = outcome(Parser::without_templates(read_options.clone()), text);
    let quick = outcome(Parser::new(read_options.clone()), text);
    assert_eq!(quick, plain, "templates make no difference");
    if plain.error.is_some() {
        return;
    }

    let newlines = newlines(text);
    let cut = newlines.get(usize::from(cut) % newlines.len().max(1)).map_or(0, |at| at + 1);
    let (one, other) = text.split_at(cut);
    let mut parser = BlockParser::new(read_options);
    let mut parse = |block, schema: &Schema| {
        parser.parse(block, schema).expect("the whole has no bad line, or they are left out")
    };
    let first = parse(one, &schema);
    let last = parse(other, &first.schema);
    assert_eq!(last.schema, plain.schema, "blocks need what the whole needs");
    let again = [parse(one, &last.schema), parse(other, &last.schema)];
    let mut rows = 0;
    for block in &again {
        assert_eq!(block.schema.fields(), last.schema.fields(), "in the end every block fits");
        rows += block.frame.rows();
    }
    assert_eq!(rows, plain.rows);
    for (index, (name, values)) in plain.columns.iter().enumerate() {
        let parts = again.each_ref().map(|block| texts(&block.frame).swap_remove(index));
        let joined: Vec<String> = parts.into_iter().flat_map(|(_, values)| values).collect();
        assert_eq!(&joined, values, "column {name}");
    }
}

/// All that comes out of a parser, so that NaN is equal to itself and -0.0 is not 0.0.
#[derive(Debug, PartialEq)]
struct Outcome {
    schema: Schema,
    columns: Vec<(String, Vec<String>)>,
    rows: usize,
    skipped: Skipped,
    error: Option<LineError>,
}

fn outcome(mut parser: Parser, text: &[u8]) -> Outcome {
    let error = parser.push_block(text).err();
    let schema = parser.schema();
    let (frame, skipped) = parser.finish();
    Outcome { schema, columns: texts(&frame), rows: frame.rows(), skipped, error }
}

fn texts(frame: &Frame) -> Vec<(String, Vec<String>)> {
    let columns = frame.columns().iter().map(|column| {
        let values = match &column.values {
            Values::Bool(values) => values.iter().map(bool::to_string).collect(),
            Values::Int(values) | Values::Timestamp(values) => {
                values.iter().map(i64::to_string).collect()
            }
            Values::Float(values) => {
                values.iter().map(|v| format!("{:016x}", v.to_bits())).collect()
            }
            Values::Text(values) => values.iter().map(str::to_owned).collect(),
        };
        (format!("{} {:?}", column.name, column.values.kind()), values)
    });
    columns.collect()
}

fn newlines(text: &[u8]) -> Vec<usize> {
    text.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at).collect()
}
