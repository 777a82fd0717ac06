//! Pictures as files: golden ones, and what other programs make of them.

mod sample_graphs;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use std::time::Duration;

use graph_core::{
    Collapse, ColourBy, Direction, Edge, Graph, Measured, MeasuredTask, Node, Picture, TaskState,
};
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

/// A measured run of `even_and_odd`, with its critical path.
fn measured_run() -> (Graph, Measured) {
    let graph = samples::even_and_odd();
    let mut measured = Measured::default();
    for node in 0..graph.len() {
        let milliseconds = 3 + node as u64 * 7 % 19;
        measured.set(
            node,
            MeasuredTask {
                duration: Duration::from_millis(milliseconds),
                bytes: Some(100 << node),
                worker: Some(node % 3),
                state: Some(TaskState::Done),
                on_critical_path: [1, 2, 15].contains(&node),
            },
        );
    }
    (graph, measured)
}

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

#[test]
fn text_keeps_to_a_hundred_columns() {
    for (name, graph) in gallery().into_iter().chain([("nasty", nasty_graph(&nasty_texts()))]) {
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
    let page = nasty_graph(&nasty_texts()).to_html();
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
        "<script>alert(1)</script>",
        "</svg></main></body>",
        "' onload='x",
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
    assert!(graph.to_pdf().starts_with(b"%PDF-"));
    assert!(serde_json::from_str::<serde_json::Value>(&graph.to_json()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_makes_sound_files(texts in prop::collection::vec(any::<String>(), 1..4)) {
        let graph = nasty_graph(&texts);
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

/// Says whether `program` can be started; where clients are required, it must be.
fn is_there(program: &str, argument: &str, package: &str) -> bool {
    if Command::new(program).arg(argument).output().is_ok() {
        return true;
    }
    let message = format!("{package}'s `{program}` is not on PATH");
    assert!(
        std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none(),
        "DELAYED_REQUIRE_CLIENTS is set, but {message}"
    );
    eprintln!("SKIPPED: {message}");
    false
}

/// Saves a picture as PDF and says what `program` makes of the file.
fn client_output(graph: &Graph, program: &str, arguments: &[&str], behind: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.pdf");
    graph.save(&path).unwrap();
    let output = Command::new(program).args(arguments).arg(&path).args(behind).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{program}: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn qpdf_finds_nothing_wrong_with_a_pdf() {
    if !is_there("qpdf", "--version", "qpdf") {
        return;
    }
    for (name, graph) in gallery().into_iter().chain([("nasty", nasty_graph(&nasty_texts()))]) {
        let verdict = client_output(&graph, "qpdf", &["--check"], &[]);
        assert!(verdict.contains("No syntax or stream encoding errors"), "{name}: {verdict}");
    }
}

#[test]
fn poppler_finds_the_text_of_a_pdf_and_draws_it() {
    if !is_there("pdftotext", "-v", "Poppler") || !is_there("pdftoppm", "-v", "Poppler") {
        return;
    }
    let graph = samples::states_and_texts();
    let text = client_output(&graph, "pdftotext", &["-q"], &["-"]);
    for word in ["fetch", "Waiting", "read_the_whole_warehouse", "ibm.json", "naïve", "日本"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    let image = client_output(&graph, "pdftoppm", &["-q", "-r", "96", "-singlefile"], &[]);
    let header: Vec<&str> = image.split_whitespace().take(3).collect();
    let svg = graph.to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let width: f64 = document.root_element().attribute("width").unwrap().parse().unwrap();
    assert_eq!(header[0], "P6");
    assert!((header[1].parse::<f64>().unwrap() - width).abs() <= 2.0, "{header:?}, not {width}");
}

#[test]
fn graphviz_reads_what_dot_writes() {
    if !is_there("dot", "-V", "Graphviz") {
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
