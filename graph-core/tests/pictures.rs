//! Pictures as files: golden ones, and what other programs make of them.

mod sample_graphs;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use graph_core::{Edge, Graph, Node};
use proptest::prelude::*;
use sample_graphs as samples;

/// Name → graph, for every golden picture.
fn gallery() -> Vec<(&'static str, Graph)> {
    vec![
        ("increment_and_add", samples::increment_and_add()),
        ("eight_increments", samples::eight_increments()),
        ("even_and_odd", samples::even_and_odd()),
        ("read_and_convert", samples::read_and_convert()),
        ("binary_tree_64", samples::binary_tree(64)),
        ("random_300", samples::random(300, 40, 7)),
        ("map_reduce_10000", samples::map_reduce()),
        ("states_and_texts", samples::states_and_texts()),
        ("empty", Graph::default()),
    ]
}

/// DOT as a picture has it: of a large graph the quotient, to keep the file small.
fn readable_dot(graph: &Graph) -> String {
    if graph.len() > 300 { graph.collapse().to_dot() } else { graph.to_dot() }
}

#[test]
fn pictures_are_the_golden_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut different: Vec<PathBuf> = Vec::new();
    for (name, graph) in gallery() {
        for (extension, picture) in [("svg", graph.to_svg()), ("dot", readable_dot(&graph))] {
            let path = folder.join(format!("{name}.{extension}"));
            if update {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &picture).unwrap();
            } else if std::fs::read_to_string(&path).ok().as_ref() != Some(&picture) {
                different.push(path);
            }
        }
    }
    assert!(different.is_empty(), "UPDATE_GOLDEN=1 rewrites, then look at: {different:#?}");
}

#[test]
fn the_same_graph_gives_the_same_bytes() {
    for (name, graph) in gallery() {
        let again = graph.clone();
        assert_eq!(graph.to_svg(), again.to_svg(), "{name}");
        assert_eq!(graph.to_dot(), again.to_dot(), "{name}");
    }
    let graph = samples::states_and_texts();
    assert_eq!(graph.to_png().unwrap(), graph.clone().to_png().unwrap());
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

fn nasty_graph(texts: &[String]) -> Graph {
    let nodes = texts
        .iter()
        .map(|text| {
            let mut node = Node::new(text.clone()).with_label(text.clone());
            node.argument = Some(text.clone());
            node.built_at.file = text.clone();
            node
        })
        .collect();
    let edges = (1..texts.len()).map(|node| Edge::data(node - 1, node)).collect();
    Graph::new(nodes, edges, vec![]).unwrap()
}

fn nasty_texts() -> Vec<String> {
    [
        "",
        " ",
        "\"",
        "\\",
        "\\\"",
        "a\nb\r\nc",
        "\t",
        "\u{0}",
        "\u{1b}[31m",
        "\u{fffe}",
        "\u{85}",
        "<b>bold</b>",
        "<<table>>",
        "]]>",
        "<!--",
        "&amp; &#38; &nosuch;",
        "\\N \\G \\l",
        "日本語",
        "\u{202e}drow",
        "👩‍👩‍👧",
        "e\u{301}",
        "digraph {",
        "a;b",
        "{x|y}",
        "\u{7f}",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn assert_dot_parses(dot: &str) {
    graphviz_rust::parse(dot).unwrap_or_else(|error| panic!("{error}\n{dot}"));
}

#[test]
fn dot_of_the_gallery_parses() {
    for (_, graph) in gallery() {
        assert_dot_parses(&readable_dot(&graph));
    }
}

#[test]
fn nasty_texts_make_sound_files() {
    let graph = nasty_graph(&nasty_texts());
    assert_dot_parses(&graph.to_dot());
    roxmltree::Document::parse(&graph.to_svg()).unwrap();
    decode(&graph.to_png().unwrap());
    assert!(serde_json::from_str::<serde_json::Value>(&graph.to_json()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_makes_sound_files(texts in prop::collection::vec(any::<String>(), 1..4)) {
        let graph = nasty_graph(&texts);
        assert_dot_parses(&graph.to_dot());
        roxmltree::Document::parse(&graph.to_svg()).unwrap();
    }
}

#[test]
fn graphviz_reads_what_dot_writes() {
    if Command::new("dot").arg("-V").output().is_err() {
        assert!(
            std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none(),
            "DELAYED_REQUIRE_CLIENTS is set, but Graphviz's `dot` is not on PATH"
        );
        eprintln!("SKIPPED graphviz_reads_what_dot_writes: Graphviz's `dot` is not on PATH");
        return;
    }
    let mut graphs = gallery();
    graphs.push(("nasty", nasty_graph(&nasty_texts())));
    for (name, graph) in graphs {
        let mut dot = Command::new("dot")
            .arg("-Tcanon")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        dot.stdin.take().unwrap().write_all(readable_dot(&graph).as_bytes()).unwrap();
        let output = dot.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaint.is_empty(), "{name}: {complaint}");
    }
}
