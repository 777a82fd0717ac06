//! What the options and the measurements of a run change.

use graph_core::{Collapse, ColourBy, Direction, Picture};

use crate::gallery::{assert_dot_parses, gallery, measured_run};
use crate::sample_graphs as samples;

/// Every direction, collapse and colour at least once.
fn choices() -> [fn(Picture<'_>) -> Picture<'_>; 7] {
    [
        |picture| picture,
        |picture| picture.direction(Direction::TopToBottom).colour_by(ColourBy::Order),
        |picture| picture.direction(Direction::LeftToRight).colour_by(ColourBy::Time),
        |picture| picture.direction(Direction::BottomToTop).colour_by(ColourBy::Bytes),
        |picture| picture.direction(Direction::RightToLeft).colour_by(ColourBy::Worker),
        |picture| picture.collapse(Collapse::Never).colour_by(ColourBy::State),
        |picture| picture.collapse(Collapse::Above(3)).legend(true),
    ]
}

#[test]
fn the_same_graph_gives_the_same_bytes() {
    for (name, graph) in gallery() {
        let again = graph.clone();
        assert_eq!(graph.to_svg(), again.to_svg(), "{name}");
        assert_eq!(graph.to_dot(), again.to_dot(), "{name}");
    }
    let (graph, measured) = measured_run();
    for choose in choices() {
        let (one, other) = (graph.clone(), graph.clone());
        let (one, other) = (choose(one.picture()), choose(other.picture()));
        let (one, other) = (one.measured(measured.clone()), other.measured(measured.clone()));
        assert_eq!(one.to_png().unwrap(), other.to_png().unwrap());
        assert_eq!(one.to_pdf(), other.to_pdf());
        assert_eq!(one.to_html(), other.to_html());
        assert_eq!(one.to_mermaid(), other.to_mermaid());
        assert_eq!(one.to_text(), other.to_text());
    }
}

#[test]
fn every_choice_makes_sound_files() {
    let (graph, measured) = measured_run();
    for choose in choices() {
        let picture = choose(graph.picture()).measured(measured.clone());
        roxmltree::Document::parse(&picture.to_svg()).unwrap();
        assert_dot_parses(&picture.to_dot());
        assert!(picture.to_svg().contains(">critical path<"), "the legend explains the outline");
    }
}

#[test]
fn the_critical_path_is_drawn_once_along_its_tasks() {
    let (graph, measured) = measured_run();
    let dot = graph.picture().measured(measured).to_dot();
    let thick: Vec<&str> =
        dot.lines().filter(|line| line.contains("->") && line.contains("penwidth")).collect();
    assert_eq!(thick.len(), 2, "{thick:?}");
    assert!(thick[0].contains("t1 -> t2") && thick[1].contains("t2 -> t15"), "{thick:?}");
}

#[test]
fn a_measured_state_replaces_the_one_in_the_graph() {
    let (graph, measured) = measured_run();
    assert!(!graph.to_svg().contains("<circle"));
    assert!(graph.picture().measured(measured).to_svg().contains("<circle"));
}

#[test]
fn a_legend_is_there_when_it_is_needed_or_asked_for() {
    let graph = samples::even_and_odd();
    let title = ">function<";
    assert!(!graph.to_svg().contains(title));
    assert!(graph.picture().legend(true).to_svg().contains(title));
    let by_order = graph.picture().colour_by(ColourBy::Order);
    assert!(by_order.to_svg().contains(">order<"));
    assert!(!by_order.legend(false).to_svg().contains(">order<"));
}
