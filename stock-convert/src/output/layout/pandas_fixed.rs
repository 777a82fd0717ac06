//! The format that pandas calls fixed, in the form that every version of pandas reads: the names
//! of the columns, the index, and one block for each column.
//!
//! ```text
//! /data/axis0   names            /data/block0_items   "open"
//! /data/axis1   index            /data/block0_values  118.56, 127.0, …
//! /open ──hard link──► /data/block0_values
//! ```
//!
//! The first column of times is the index; where there is none, rows are numbered. Text other than
//! times is refused: pandas' fixed format has it only as a pickle, which no other program reads and
//! which is unsafe to load from a stranger.

use std::collections::BTreeMap;

use crate::output::error::OutputError;
use crate::output::model::{
    Atom, Attribute, Attributes, Body, Dataset, Element, ElementPart, FileModel, Link, PartSource,
    text_attributes,
};
use crate::output::table_schema::{StoredType, TableSchema};

/// Up to so many columns have a block each, and stand at the root too. Of more, those of one type share a
/// block, as pandas has it: what a dataset or a link takes grows with their number.
const MOST_BLOCKS: usize = 256;

/// The name by which pandas knows the type of a time.
const NANOSECONDS: &str = "datetime64[ns]";

pub(super) fn model(schema: &TableSchema) -> Result<FileModel, OutputError> {
    let columns = schema.columns();
    let text = columns.iter().find(|(_, stored)| matches!(stored, StoredType::Text { .. }));
    if let Some((name, _)) = text {
        return Err(no_place(name));
    }
    let index = columns.iter().position(|(_, stored)| *stored == StoredType::Time);
    let others: Vec<usize> = (0..columns.len()).filter(|&column| Some(column) != index).collect();
    let is_wide = others.len() > MOST_BLOCKS;
    let mut blocks: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for &column in &others {
        let block = if is_wide { (Some(columns[column].1), 0) } else { (None, column) };
        blocks.entry(block).or_default().push(column);
    }
    let mut attributes = frame_attributes(blocks.len());
    let mut datasets = vec![names("axis0", others.iter().map(|&column| &*columns[column].0))];
    datasets.push(index_axis(schema, index));
    let link = |column: usize, target: &str| Link {
        name: columns[column].0.clone(),
        target: format!("data/{target}"),
    };
    let mut links: Vec<Link> = index.map(|index| link(index, "axis1")).into_iter().collect();
    for (block, members) in blocks.into_values().enumerate() {
        let (items, values) = (format!("block{block}_items"), format!("block{block}_values"));
        attributes.extend(text_attributes([(&*format!("{items}_variety"), "regular")]));
        links.extend(members.iter().map(|&column| link(column, &values)));
        datasets.push(block_values(schema, &members, &values, is_wide));
        datasets.push(names(&items, members.iter().map(|&column| &*columns[column].0)));
    }
    // The group itself has this name.
    links.retain(|link| link.name != "data" && !is_wide);
    Ok(FileModel { attributes, datasets, links })
}

fn no_place(name: &str) -> OutputError {
    OutputError::Limit(format!(
        "the column {name:?} holds text that is no date, for which pandas-fixed has no place but a \
         pickle; use --layout table or columns"
    ))
}

/// The dataset called `name` with the values of some columns of one type.
fn block_values(schema: &TableSchema, columns: &[usize], name: &str, is_wide: bool) -> Dataset {
    let stored = schema.columns()[columns[0]].1;
    let atom = Atom::from_stored(stored);
    let mut attributes = Vec::new();
    if is_wide {
        attributes.push(("transposed".to_owned(), Attribute::Int(1)));
    }
    if stored == StoredType::Time {
        attributes.extend(text_attributes([("value_type", NANOSECONDS)]));
    }
    let parts = columns.iter().enumerate().map(|(place, &index)| {
        let source = PartSource::Column { index, stored };
        ElementPart { source, offset: place * atom.bytes() }
    });
    let values = Dataset::new(name, Element::One(atom), Body::Rows(parts.collect()));
    Dataset { width: columns.len(), attributes, ..values }
}

fn frame_attributes(blocks: usize) -> Attributes {
    let mut attributes = text_attributes([
        ("pandas_type", "frame"),
        ("pandas_version", "0.15.2"),
        ("encoding", "UTF-8"),
        ("errors", "strict"),
        ("axis0_variety", "regular"),
        ("axis1_variety", "regular"),
    ]);
    let blocks = i64::try_from(blocks).unwrap_or(i64::MAX);
    attributes.push(("ndim".to_owned(), Attribute::Int(2)));
    attributes.push(("nblocks".to_owned(), Attribute::Int(blocks)));
    attributes
}

/// The dataset called `dataset`, which holds names of columns.
fn names<'a>(dataset: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> Dataset {
    let width = names.clone().into_iter().map(str::len).max();
    let (element, kind, width) = match width {
        Some(width) => (Atom::Text { bytes: width.max(1) }, "string", width.max(1)),
        // Without a name there is no text that gives a width.
        None => (Atom::Int, "integer", 0),
    };
    let (mut bytes, mut count) = (Vec::new(), 0);
    for name in names {
        count += 1;
        bytes.extend_from_slice(name.as_bytes());
        bytes.resize(count * width, 0);
    }
    let mut attributes = text_attributes([("kind", kind)]);
    if count > 0 {
        // Without this attribute pandas takes a column called "nan" for a missing name.
        attributes.extend(text_attributes([("nan_rep", "")]));
    }
    let body = Body::Whole { count, bytes };
    Dataset { attributes, ..Dataset::new(dataset, Element::One(element), body) }
}

/// The dataset that holds the labels of the rows.
fn index_axis(schema: &TableSchema, index: Option<usize>) -> Dataset {
    let (attributes, body) = match index {
        Some(index) => {
            let (name, stored) = &schema.columns()[index];
            let attributes = text_attributes([
                ("kind", NANOSECONDS),
                ("index_class", "datetime"),
                ("value_type", NANOSECONDS),
                ("name", name),
            ]);
            (attributes, Body::from_column(index, *stored))
        }
        None if schema.expected_rows() == Some(0) => {
            (text_attributes([("kind", "integer")]), Body::Whole { count: 0, bytes: Vec::new() })
        }
        None => {
            let source = ElementPart { source: PartSource::RowNumber, offset: 0 };
            (text_attributes([("kind", "integer")]), Body::Rows(vec![source]))
        }
    };
    Dataset { attributes, ..Dataset::new("axis1", Element::One(Atom::Int), body) }
}
