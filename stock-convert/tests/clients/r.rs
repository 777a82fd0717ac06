//! What R reads with the package rhdf5.
//!
//! True and false are bit fields in a table and in `pandas-fixed`, as in pandas' own files, and R has no word
//! for those: rhdf5 fails, and so does hdf5r. The layout `columns` has them as an enumeration, a factor in R.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use stock_convert::{Compression, Layout, NOT_A_TIME, ReadOptions, Storage, Timestamps, Values};

use crate::clients::{execute, skip};
use crate::convert;
use crate::inputs::Inputs;
use crate::parsed::parse;

/// What R prints of a file, by column.
fn columns(layout: Layout, file: &Path) -> Option<BTreeMap<String, Vec<String>>> {
    let packages =
        "q(status = !all(sapply(c('rhdf5', 'bit64'), requireNamespace, quietly = TRUE)))";
    if let Err(reason) = execute(Command::new("Rscript").args(["-e", packages])) {
        return skip("R", &format!("{reason}; Debian: r-bioc-rhdf5 and r-cran-bit64"));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/read.R");
    let mut command = Command::new("Rscript");
    let said = execute(command.arg(script).arg(layout.name()).arg(file));
    let mut columns = BTreeMap::new();
    let mut name = String::new();
    for line in said.unwrap_or_else(|error| panic!("{error}")).lines() {
        match line.strip_prefix("column ") {
            Some(column) => column.clone_into(&mut name),
            None => columns.entry(name.clone()).or_insert_with(Vec::new).push(line.to_owned()),
        }
    }
    Some(columns)
}

/// The values of a column in the same form, as this program has them.
fn expected(values: &Values) -> Vec<String> {
    match values {
        Values::Bool(values) => values.iter().map(|v| v.to_string().to_uppercase()).collect(),
        Values::Int(values) => values.iter().map(i64::to_string).collect(),
        Values::Float(values) => values.iter().map(f64::to_string).collect(),
        Values::Text(values) => values.iter().map(str::to_owned).collect(),
        Values::Timestamp(values) => {
            assert!(!values.contains(&NOT_A_TIME), "R has another word for it");
            values.iter().map(i64::to_string).collect()
        }
    }
}

fn equal(layout: Layout, (input, output): &(PathBuf, PathBuf)) {
    let Some(mut found) = columns(layout, output) else { return };
    // All dates are points in time there, and called so that they are here too.
    let timestamps = match layout {
        Layout::PandasFixed => Timestamps::Datetime64,
        _ => Timestamps::Text,
    };
    let frame = parse(input, ReadOptions { timestamps, ..ReadOptions::default() }).unwrap();
    for column in frame.columns() {
        let found = found.remove(&column.name);
        let Some(mut found) = found else { panic!("{output:?}: R sees no {:?}", column.name) };
        if matches!(column.values, Values::Float(_)) {
            // R prints 17 digits; this is the shortest form.
            let float = |text: &String| text.parse::<f64>().unwrap().to_string();
            found = found.iter().map(float).collect();
        }
        let (name, expected) = (&column.name, expected(&column.values));
        assert!(found == expected, "{output:?}: {name}: {found:?}, and not {expected:?}");
    }
    assert!(found.is_empty(), "{output:?}: R sees more: {:?}", found.keys());
}

#[test]
fn r_reads_real_prices_in_every_layout() {
    let inputs = Inputs::real();
    for layout in [Layout::Table, Layout::PandasFixed, Layout::Columns] {
        for compression in [Compression::None, Compression::Deflate] {
            let pairs = convert(&inputs, Storage { layout, compression, ..Storage::default() });
            equal(layout, &pairs[0]);
        }
    }
}

#[test]
fn r_reads_every_kind_of_value() {
    let numbers = "{\"date\":\"2013-07-23\",\"n\":9007199254740993,\"x\":63.899999999999999}\n\
                   {\"date\":\"1969-12-31\",\"n\":-9223372036854775807,\"x\":null}";
    let texts = "{\"név\":\"Société\",\"a b\":\"\"}\n{\"név\":\"日本 🦀\",\"a b\":\" x\"}";
    let bools = "{\"up\":true,\"n\":1}\n{\"up\":false,\"n\":2}";
    let of = |content: &str| Inputs::with(&[("values", content)]);
    for (layout, content) in [
        (Layout::Table, numbers),
        (Layout::Table, texts),
        (Layout::Columns, numbers),
        (Layout::Columns, texts),
        (Layout::Columns, bools),
        (Layout::PandasFixed, numbers),
    ] {
        let inputs = of(content);
        equal(layout, &convert(&inputs, Storage { layout, ..Storage::default() })[0]);
    }
}
