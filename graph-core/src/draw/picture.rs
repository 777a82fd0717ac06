//! A picture of a graph with the options that the user chose.

use std::borrow::Cow;

use crate::graph::Graph;

use super::collapse::coarsening::Limits;
use super::collapse::quotient::Quotient;
#[cfg(feature = "png")]
use super::error::DrawError;
#[cfg(feature = "pdf")]
use super::format::pdf;
#[cfg(feature = "png")]
use super::format::png;
use super::format::{dot, html, mermaid, svg, text_tree};
use super::layout::direction::Direction;
use super::measured::Measured;
use super::options::{Collapse, ColourBy};
use super::scene::Scene;
use super::style::Style;

/// The most edges that Mermaid draws with its default settings. With one more it reports an error.
const MOST_MERMAID_EDGES: usize = 499;

/// A picture of a graph: choose options, then [save](Picture::save) it or take it as text or bytes.
///
/// Without options it is the picture that [`Graph::save`] and
/// [`Visualize::visualize`](crate::Visualize::visualize) make. The same graph and the same options
/// give the same bytes.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Collapse, ColourBy, Direction, Graph, value};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("both.html");
/// let (sum, product) = (value(1) + value(2), value(3) * value(4));
/// Graph::of(&(&sum.shared(), &product.shared()))? // several handles, one picture
///     .picture()
///     .direction(Direction::LeftToRight)
///     .collapse(Collapse::Never)
///     .colour_by(ColourBy::Order)
///     .legend(true)
///     .save(&path)?; // .svg .png .pdf .html .mmd .dot .txt .json
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a picture is drawn when it is saved or taken as text"]
pub struct Picture<'g> {
    graph: Cow<'g, Graph>,
    direction: Direction,
    collapse: Collapse,
    colour_by: ColourBy,
    /// `None` when the user did not choose.
    legend: Option<bool>,
    measured: Option<Measured>,
}

impl Graph {
    /// Returns a picture of this graph without options.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read")], vec![], vec![0]).unwrap();
    /// assert_eq!(graph.picture().to_svg(), graph.to_svg());
    /// ```
    pub fn picture(&self) -> Picture<'_> {
        Picture {
            graph: Cow::Borrowed(self),
            direction: Direction::default(),
            collapse: Collapse::default(),
            colour_by: ColourBy::default(),
            legend: None,
            measured: None,
        }
    }
}

impl Picture<'_> {
    /// Sets the direction of the arrows.
    ///
    /// ```
    /// # use graph_core::{Direction, Graph};
    /// # let graph = Graph::default();
    /// assert!(graph.picture().direction(Direction::LeftToRight).to_dot().contains("rankdir=LR"));
    /// ```
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// Sets when similar tasks share a box.
    ///
    /// ```
    /// # use graph_core::{Collapse, Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read"); 50], vec![], vec![]).unwrap();
    /// assert!(graph.picture().collapse(Collapse::Above(20)).to_text().contains("read ×50"));
    /// ```
    pub fn collapse(mut self, collapse: Collapse) -> Self {
        self.collapse = collapse;
        self
    }

    /// Sets what the colours mean. Unless they mean the function, a legend explains them.
    ///
    /// ```
    /// # use graph_core::{ColourBy, Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read")], vec![], vec![]).unwrap();
    /// assert!(graph.picture().colour_by(ColourBy::State).to_svg().contains("waiting"));
    /// ```
    pub fn colour_by(mut self, colour_by: ColourBy) -> Self {
        self.colour_by = colour_by;
        self
    }

    /// Sets whether a legend below the boxes explains the colours. By default there is one unless
    /// the colours mean the function only, whose name is in every box.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read")], vec![], vec![]).unwrap();
    /// assert!(graph.picture().legend(true).to_svg().contains(">function<"));
    /// ```
    pub fn legend(mut self, legend: bool) -> Self {
        self.legend = Some(legend);
        self
    }

    /// Adds the measurements of a run of this graph: times, sizes, workers and states go into the
    /// tooltips of the boxes, and the critical path gets an outline.
    ///
    /// See [`Measured`] for an example.
    pub fn measured(mut self, measured: Measured) -> Self {
        let states = measured.tasks.iter().map(|task| task.and_then(|task| task.state));
        if states.clone().any(|state| state.is_some()) {
            let nodes = self.graph.to_mut().nodes_mut();
            for (node, state) in nodes.iter_mut().zip(states) {
                node.state = state.unwrap_or(node.state);
            }
        }
        self.measured = Some(measured);
        self
    }

    /// Returns the picture as an SVG document; see [`Graph::to_svg`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_svg().starts_with("<svg"));
    /// ```
    pub fn to_svg(&self) -> String {
        svg::write(&self.scene())
    }

    /// Returns the picture as a PNG image; see [`Graph::to_png`].
    ///
    /// # Errors
    /// [`DrawError::Png`] when there is not enough memory for the pixels.
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_png()?.starts_with(b"\x89PNG"));
    /// # Ok::<(), graph_core::DrawError>(())
    /// ```
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Result<Vec<u8>, DrawError> {
        png::write(&self.scene())
    }

    /// Returns the picture as a PDF document; see [`Graph::to_pdf`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_pdf().starts_with(b"%PDF-"));
    /// ```
    #[cfg(feature = "pdf")]
    pub fn to_pdf(&self) -> Vec<u8> {
        pdf::write(&self.scene())
    }

    /// Returns the picture as an HTML page; see [`Graph::to_html`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_html().starts_with("<!DOCTYPE html>"));
    /// ```
    pub fn to_html(&self) -> String {
        self.with_style(Limits::READABLE, |style| html::write(&Scene::for_page(style)))
    }

    /// Returns the picture in Graphviz's DOT language; see [`Graph::to_dot`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_dot().starts_with("digraph"));
    /// ```
    pub fn to_dot(&self) -> String {
        let all = Limits { tasks: usize::MAX, edges: usize::MAX };
        self.with_style(all, dot::write)
    }

    /// Returns the picture in Mermaid's language; see [`Graph::to_mermaid`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_mermaid().starts_with("flowchart"));
    /// ```
    pub fn to_mermaid(&self) -> String {
        let Limits { mut tasks, .. } = Limits::READABLE;
        if Quotient::uncollapsed(&self.graph).edges().len() > MOST_MERMAID_EDGES {
            // Not all tasks can have boxes of their own, however few they are.
            tasks = tasks.min(self.graph.len() - 1);
        }
        self.with_style(Limits { tasks, edges: MOST_MERMAID_EDGES }, mermaid::write)
    }

    /// Returns the picture as lines of text; see [`Graph::to_text`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_text().contains("an empty task graph"));
    /// ```
    pub fn to_text(&self) -> String {
        self.with_style(Limits::READABLE, text_tree::write)
    }

    /// Returns the graph itself, not collapsed.
    pub(super) fn graph(&self) -> &Graph {
        &self.graph
    }

    fn scene(&self) -> Scene {
        self.with_style(Limits::READABLE, Scene::new)
    }

    /// Calls `draw` with the style of the quotient that the user chose, by default the one within
    /// `limits`.
    fn with_style<T>(&self, limits: Limits, draw: impl Fn(&Style<'_, '_>) -> T) -> T {
        let quotient = match self.collapse {
            Collapse::Automatic if limits.tasks == usize::MAX => Quotient::uncollapsed(&self.graph),
            Collapse::Automatic => self.graph.collapse_above(limits),
            Collapse::Never => Quotient::uncollapsed(&self.graph),
            Collapse::Above(tasks) => {
                self.graph.collapse_above(Limits { tasks, edges: Limits::READABLE.edges })
            }
        };
        let measured = self.measured.as_ref();
        let mut style = Style::new(&quotient, &self.graph, self.colour_by, measured);
        style.direction = self.direction;
        let explains = self.colour_by != ColourBy::Function || measured.is_some();
        if !self.legend.unwrap_or(explains) {
            style.legend = None;
        }
        draw(&style)
    }
}
