//! One 1-D dataset per column, `/data/NAME`, so that a reader of two columns reads no others.

use crate::options::TextStorage;
use crate::output::model::{Atom, Body, Dataset, Element, FileModel, Group, text_attributes};
use crate::output::table_schema::{StoredType, TableSchema};

pub(super) fn model(schema: &TableSchema, text: TextStorage) -> FileModel {
    let datasets = schema.columns().iter().enumerate().map(|(index, (name, stored))| {
        let atom = match stored {
            StoredType::Bool => Atom::Flag,
            StoredType::Text { .. } if text == TextStorage::Variable => Atom::VariableText,
            other => Atom::from_stored(*other),
        };
        let unit = match stored {
            StoredType::Time => text_attributes([("units", "nanoseconds since 1970-01-01")]),
            _ => Vec::new(),
        };
        Dataset {
            group: "data",
            name: name.clone(),
            element: Element::One(atom),
            width: 1,
            attributes: unit,
            body: Body::from_column(index, *stored),
        }
    });
    FileModel {
        groups: vec![Group { name: "data".to_owned(), attributes: Vec::new() }],
        datasets: datasets.collect(),
        links: Vec::new(),
    }
}
