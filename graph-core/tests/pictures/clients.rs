//! Other programs read the files.

use std::io::Write;
use std::process::{Command, Stdio};

use graph_core::Graph;

use crate::gallery::{awkward_graph, awkward_texts, gallery, readable_dot};
use crate::sample_graphs as samples;

/// Says whether `program` can be started. Panics if it cannot and clients are required.
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

/// Saves a picture as PDF and returns what `program` prints about the file.
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
    for (name, graph) in gallery().into_iter().chain([("awkward", awkward_graph(&awkward_texts()))])
    {
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
    graphs.push(("awkward", awkward_graph(&awkward_texts())));
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
