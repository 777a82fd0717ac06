//! Draws a set of graphs and measures the pictures beside Graphviz's of the same graphs.
//!
//! ```sh
//! cargo run --release -p graph-core --example layout_table
//! ```
//!
//! Both get boxes of the same sizes, and both pictures are measured in the same way, as drawn.
//! Without Graphviz's `dot` on the PATH its columns stay empty.

#[path = "../../tests/sample_graphs/mod.rs"]
mod sample_graphs;

mod drawing;
mod graphs;
mod graphviz;
mod svg;

use std::time::{Duration, Instant};

use drawing::Figures;
use graph_core::Graph;

/// The number of times that each graph is drawn. The median is printed.
const TIMES: usize = 5;

fn main() {
    println!("| graph | tasks | edges | crossings | over boxes | width × height | time |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (name, graph) in graphs::all() {
        println!("{}", row(&name, &graph));
    }
}

/// Returns one line of the table. Each cell has our figure, then Graphviz's.
fn row(name: &str, graph: &Graph) -> String {
    let (svg, our_time) = timed(|| graph.to_svg());
    let ours = svg::read(&svg);
    let figures = ours.figures();
    let (theirs, their_time) = timed(|| graphviz::draw(&ours, graph));
    let theirs = theirs.map(|drawing| drawing.figures());
    let pair = |of: &dyn Fn(&Figures) -> String| match &theirs {
        Some(theirs) => format!("{} / {}", of(&figures), of(theirs)),
        None => of(&figures),
    };
    let their_time =
        theirs.as_ref().map_or(String::new(), |_| format!(" / {}", milliseconds(their_time)));
    format!(
        "| {name} | {} | {} | {} | {} | {} | {}{their_time} |",
        graph.len(),
        graph.edges().len(),
        pair(&|figures| figures.crossings.to_string()),
        pair(&|figures| figures.edges_over_boxes.to_string()),
        pair(&|figures| format!("{:.0} × {:.0}", figures.width_px, figures.height_px)),
        milliseconds(our_time),
    )
}

/// Returns what `action` returns, and the median of its times.
fn timed<T>(action: impl Fn() -> T) -> (T, Duration) {
    let mut times = Vec::new();
    loop {
        let start = Instant::now();
        let result = action();
        times.push(start.elapsed());
        if times.len() == TIMES {
            times.sort_unstable();
            return (result, times[TIMES / 2]);
        }
    }
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}
