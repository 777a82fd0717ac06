//! Files of every format are well-formed and contain what they should.

use graph_core::{Edge, Graph, Node};
use proptest::prelude::*;

use crate::gallery::{assert_dot_parses, awkward_graph, awkward_texts, gallery, readable_dot};
use crate::sample_graphs as samples;

#[test]
fn text_keeps_to_a_hundred_columns() {
    for (name, graph) in gallery().into_iter().chain([("awkward", awkward_graph(&awkward_texts()))])
    {
        for line in graph.to_text().lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
            assert!(!line.contains('\u{1b}'), "{name}: {line}");
        }
    }
}

#[test]
fn text_names_every_task() {
    for (name, graph) in gallery().into_iter().filter(|(_, graph)| graph.len() <= 300) {
        let text = graph.to_text();
        let lines = text
            .lines()
            .skip(1)
            .filter(|line| !line.ends_with("see above") && !line.ends_with("see below"));
        // A task without dependencies that several need stands there once for each of them.
        assert!(lines.count() >= graph.len(), "{name}: {text}");
    }
}

#[test]
fn png_decodes_to_twice_the_size_of_the_svg() {
    for (name, graph) in gallery().into_iter().filter(|(_, graph)| graph.len() < 60) {
        let svg = graph.to_svg();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let side = |attribute| {
            document.root_element().attribute(attribute).unwrap().parse::<f64>().unwrap()
        };
        let image = decode(&graph.to_png().unwrap());
        assert!((f64::from(image.width) - 2.0 * side("width")).abs() <= 2.0, "{name}");
        assert!((f64::from(image.height) - 2.0 * side("height")).abs() <= 2.0, "{name}");
        assert_eq!(image.first_pixel, [255, 255, 255], "{name}: the background is white");
    }
}

#[test]
fn a_very_wide_picture_is_scaled_down() {
    // 290 × load → total: one layer of 290 boxes
    let mut nodes: Vec<Node> = (0..290)
        .map(|x| Node::new("load").with_label(format!("a label as long as any {x}")))
        .collect();
    nodes.push(Node::new("total"));
    let edges = (0..290).map(|from| Edge::data(from, 290)).collect();
    let graph = Graph::new(nodes, edges, vec![290]).unwrap();
    assert!(decode(&graph.to_png().unwrap()).width <= 16_000);
}

struct Image {
    width: u32,
    height: u32,
    first_pixel: [u8; 3],
}

fn decode(bytes: &[u8]) -> Image {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let first_pixel = [pixels[0], pixels[1], pixels[2]];
    Image { width: frame.width, height: frame.height, first_pixel }
}

#[test]
fn svg_has_a_box_and_a_hover_text_per_task() {
    for (name, graph) in gallery() {
        let svg = graph.to_svg();
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| {
            panic!("{name} is not well-formed: {error}");
        });
        let groups = graph.collapse().groups().len();
        let titles = document.descendants().filter(|node| node.has_tag_name("title")).count();
        let boxes = document
            .descendants()
            .filter(|node| node.has_tag_name("rect") && node.attribute("rx").is_some())
            .count();
        assert_eq!(boxes, groups, "{name}");
        assert_eq!(titles, groups + 1, "{name}: one per box and one for all");
    }
}

#[test]
fn svg_needs_no_style_sheet_no_script_and_no_other_file() {
    let svg = samples::states_and_texts().to_svg();
    for forbidden in ["<style", "style=", "<script", "href", "url("] {
        assert!(!svg.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_double_edge_is_drawn_once() {
    let twice = vec![Edge::data(0, 1), Edge::data(0, 1), Edge::order(0, 1)];
    let nodes = vec![Node::new("x"), Node::new("square")];
    let graph = Graph::new(nodes, twice, vec![1]).unwrap();
    assert_eq!(graph.to_dot().matches("->").count(), 1);
    assert!(!graph.to_dot().contains("dashed"), "data counts more than order");
}

#[test]
fn mermaid_has_no_more_edges_than_it_draws() {
    for (name, graph) in gallery() {
        let mermaid = graph.to_mermaid();
        let edges = mermaid.lines().filter(|line| line.contains("->")).count();
        assert!(edges < 500, "{name}: {edges}");
    }
}

#[test]
fn html_loads_nothing_and_allows_nothing_else() {
    let page = awkward_graph(&awkward_texts()).to_html();
    assert!(page.contains("default-src 'none'"));
    let without_namespace = page.replace("http://www.w3.org/2000/svg", "");
    for forbidden in ["http:", "https:", "src=", "href", "url(", "@import", "style=", "onclick"] {
        assert!(!without_namespace.contains(forbidden), "{forbidden}");
    }
    assert_eq!(page.matches("<script").count(), 1, "its own, and no task's");
    assert_eq!(page.matches("</script").count(), 1);
}

#[test]
fn html_has_every_task_and_what_explains_it() {
    for (name, graph) in gallery() {
        let page = graph.to_html();
        let groups = graph.collapse().groups().len();
        assert_eq!(page.matches(" role=\"img\" aria-label=\"").count(), groups, "{name}");
    }
}

#[test]
fn dot_of_the_gallery_parses() {
    for (_, graph) in gallery() {
        assert_dot_parses(&readable_dot(&graph));
    }
}

#[test]
fn awkward_texts_make_sound_files() {
    let graph = awkward_graph(&awkward_texts());
    assert_dot_parses(&graph.to_dot());
    roxmltree::Document::parse(&graph.to_svg()).unwrap();
    decode(&graph.to_png().unwrap());
    assert!(graph.to_pdf().starts_with(b"%PDF-"));
    assert!(serde_json::from_str::<serde_json::Value>(&graph.to_json()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_makes_sound_files(texts in prop::collection::vec(any::<String>(), 1..4)) {
        let graph = awkward_graph(&texts);
        assert_dot_parses(&graph.to_dot());
        roxmltree::Document::parse(&graph.to_svg()).unwrap();
        let page = graph.to_html();
        let svg = &page[page.find("<svg").unwrap()..page.find("</svg>").unwrap() + 6];
        roxmltree::Document::parse(svg).unwrap();
        let mermaid = graph.to_mermaid();
        // Of what is special in Mermaid, only the quotes around labels are left.
        for line in mermaid.lines().filter(|line| line.contains("(\"")) {
            prop_assert_eq!(line.matches('"').count(), 2, "{}", line);
            prop_assert!(!line.contains('`'), "{}", line);
        }
    }
}
