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

use std::collections::{BTreeMap, BTreeSet};

use crate::output::error::OutputError;
use crate::output::model::{
    Atom, Attribute, Attributes, Body, Dataset, Element, ElementPart, FileModel, Group, Link,
    PartSource, text_attributes,
};
use crate::output::table_schema::{StoredType, TableSchema};

/// Up to so many columns have a block each, and stand at the root too. Of more, those of one type share a
/// block, as pandas has it: what a dataset or a link takes grows with their number.
const MOST_BLOCKS: usize = 256;

/// The name by which pandas knows the type of a time.
const NANOSECONDS: &str = "datetime64[ns]";

pub(super) fn model(schema: &TableSchema) -> Result<FileModel, OutputError> {
    let times = |&(_, stored): &(usize, StoredType)| stored == StoredType::Time;
    let columns = || schema.columns().iter().map(|(_, stored)| *stored).enumerate();
    let index = columns().find(times).map(|(index, _)| index);
    let blocks: Vec<usize> =
        columns().map(|(column, _)| column).filter(|column| Some(*column) != index).collect();

    let types: BTreeSet<_> = blocks.iter().map(|&c| type_order(schema.columns()[c].1)).collect();
    let is_wide = blocks.len() > MOST_BLOCKS;
    let mut group = frame_attributes(if is_wide { types.len() } else { blocks.len() });
    let mut datasets = vec![names("axis0", blocks.iter().map(|&c| &*schema.columns()[c].0))];
    datasets.push(index_axis(schema, index));
    let mut links: Vec<Link> = index
        .map(|index| Link { name: schema.columns()[index].0.clone(), target: "data/axis1".into() })
        .into_iter()
        .collect();
    if let Some(text) = schema.columns().iter().find(|(_, s)| matches!(s, StoredType::Text { .. }))
    {
        return Err(no_place(&text.0));
    }
    if blocks.len() > MOST_BLOCKS {
        datasets.extend(wide_blocks(schema, &blocks, &mut group));
        links.clear();
    }
    for (block, &index) in blocks.iter().enumerate().filter(|_| blocks.len() <= MOST_BLOCKS) {
        let (name, stored) = &schema.columns()[index];
        let (items, values) = (format!("block{block}_items"), format!("block{block}_values"));
        group.extend(text_attributes([(&*format!("{items}_variety"), "regular")]));
        links.push(Link { name: name.clone(), target: format!("data/{values}") });
        let attributes = match stored {
            StoredType::Time => text_attributes([("value_type", NANOSECONDS)]),
            _ => Vec::new(),
        };
        datasets.push(Dataset {
            group: "data",
            name: values,
            element: Element::One(Atom::from_stored(*stored)),
            width: 1,
            attributes,
            body: Body::from_column(index, *stored),
        });
        datasets.push(names(&items, [name.as_str()]));
    }
    // The group itself has this name.
    links.retain(|link| link.name != "data");
    let groups = vec![Group { name: "data".to_owned(), attributes: group }];
    Ok(FileModel { groups, datasets, links })
}

fn no_place(name: &str) -> OutputError {
    OutputError::Limit(format!(
        "the column {name:?} holds text that is no date, for which pandas-fixed has no place but a \
         pickle; use --layout table or columns"
    ))
}

fn type_order(stored: StoredType) -> usize {
    match stored {
        StoredType::Bool => 0,
        StoredType::Int => 1,
        StoredType::Float => 2,
        StoredType::Time => 3,
        StoredType::Text { .. } => 4,
    }
}

/// One block of two dimensions for all columns of a type.
fn wide_blocks(schema: &TableSchema, columns: &[usize], group: &mut Attributes) -> Vec<Dataset> {
    let mut by_type: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &column in columns {
        by_type.entry(type_order(schema.columns()[column].1)).or_default().push(column);
    }
    let mut datasets = Vec::new();
    for (block, columns) in by_type.into_values().enumerate() {
        let stored = schema.columns()[columns[0]].1;
        let atom = Atom::from_stored(stored);
        let (items, values) = (format!("block{block}_items"), format!("block{block}_values"));
        group.extend(text_attributes([(&*format!("{items}_variety"), "regular")]));
        let mut attributes = vec![("transposed".to_owned(), Attribute::Int(1))];
        if stored == StoredType::Time {
            attributes.extend(text_attributes([("value_type", NANOSECONDS)]));
        }
        let parts = columns.iter().enumerate().map(|(place, &index)| {
            let source = PartSource::Column { index, stored };
            ElementPart { source, offset: place * atom.bytes() }
        });
        datasets.push(Dataset {
            group: "data",
            name: values,
            element: Element::One(atom),
            width: columns.len(),
            attributes,
            body: Body::Rows(parts.collect()),
        });
        let names_of = columns.iter().map(|&column| &*schema.columns()[column].0);
        datasets.push(names(&items, names_of));
    }
    datasets
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
    Dataset {
        group: "data",
        name: dataset.to_owned(),
        element: Element::One(element),
        width: 1,
        attributes,
        body: Body::Whole { count, bytes },
    }
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
    Dataset {
        group: "data",
        name: "axis1".to_owned(),
        element: Element::One(Atom::Int),
        width: 1,
        attributes,
        body,
    }
}
