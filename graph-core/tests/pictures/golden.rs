//! Pictures are the same bytes as the golden files.

use std::path::{Path, PathBuf};

use graph_core::{ColourBy, Direction};

use crate::gallery::{gallery, measured_run, readable_dot};

#[test]
fn pictures_are_the_golden_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut pictures: Vec<(String, String)> = Vec::new();
    for (name, graph) in gallery() {
        pictures.push((format!("{name}.svg"), graph.to_svg()));
        pictures.push((format!("{name}.dot"), readable_dot(&graph)));
        pictures.push((format!("{name}.txt"), graph.to_text()));
        if graph.len() < 20 {
            pictures.push((format!("{name}.mmd"), graph.to_mermaid()));
        }
    }
    let (graph, measured) = measured_run();
    let picture = graph.picture().measured(measured).colour_by(ColourBy::Time);
    let sideways = picture.direction(Direction::LeftToRight);
    pictures.push(("measured.svg".into(), sideways.to_svg()));
    pictures.push(("measured.dot".into(), sideways.to_dot()));
    pictures.push(("measured.mmd".into(), sideways.to_mermaid()));
    pictures.push(("measured.txt".into(), sideways.to_text()));
    let mut different: Vec<PathBuf> = Vec::new();
    for (name, picture) in pictures {
        let path = folder.join(name);
        if update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &picture).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_ref() != Some(&picture) {
            different.push(path);
        }
    }
    assert!(different.is_empty(), "UPDATE_GOLDEN=1 rewrites, then look at: {different:#?}");
}
