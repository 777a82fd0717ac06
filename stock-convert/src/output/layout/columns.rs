//! One 1-D dataset per column, `/data/NAME`: whoever needs two columns reads two.

use crate::output::model::{Atom, Content, Dataset, Element, Group, column, texts};
use crate::output::table_schema::{Outline, Stored};

pub(super) fn content(outline: &Outline) -> Content {
    let datasets = outline.columns().iter().enumerate().map(|(index, (name, stored))| {
        let atom = match stored {
            Stored::Bool => Atom::Flag,
            other => Atom::of(*other),
        };
        let unit = match stored {
            Stored::Time => texts([("units", "nanoseconds since 1970-01-01")]),
            _ => Vec::new(),
        };
        Dataset {
            group: "data",
            name: name.clone(),
            element: Element::One(atom),
            attributes: unit,
            body: column(index, *stored),
        }
    });
    Content {
        groups: vec![Group { name: "data".to_owned(), attributes: Vec::new() }],
        datasets: datasets.collect(),
        links: Vec::new(),
    }
}
