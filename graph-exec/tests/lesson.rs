//! The values of the lesson's cells, those of the notebook, computed with sleeps of a few milliseconds.

#![cfg(feature = "draw")]

use std::time::Duration;

#[path = "../examples/lesson.rs"]
mod lesson;

#[test]
fn each_cell_gives_what_the_notebook_gives() {
    lesson::SECOND.set(Duration::from_millis(5)).unwrap();
    let pictures = tempfile::tempdir().unwrap();
    let rows = lesson::cells(pictures.path()).unwrap();
    let result = |cell: &str| {
        let row = rows.iter().find(|row| row.cell.starts_with(cell));
        row.unwrap_or_else(|| panic!("there is no cell {cell}")).result.clone()
    };
    for (cell, expected) in [
        ("1.1", "5"),
        ("1.2", "5"),
        ("1.4", "36"),
        ("8.1", "36"),
        ("1.5", "5"),
        ("1.6, 8.2", "1103"),
    ] {
        assert_eq!(result(cell), expected, "cell {cell}");
    }
    for picture in ["three-calls.svg", "eight-calls.svg", "branches.svg"] {
        let text = std::fs::read_to_string(pictures.path().join(picture)).unwrap();
        assert!(text.starts_with("<svg"), "{picture}");
    }
}
