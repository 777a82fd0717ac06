//! A picture of a graph with the user's choices.

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
use super::style::Dressing;

/// Edges that Mermaid draws with its default settings; one more is an error there.
const MOST_MERMAID_EDGES: usize = 499;

/// A picture of a graph: choose, then [save](Picture::save) it or take it as text or bytes.
///
/// Without any choice it is the picture that [`Graph::save`] and
/// [`Visualize::visualize`](crate::Visualize::visualize) make. The same graph and the same
/// choices give the same bytes.
///
/// ```
/// use graph_core::{Collapse, ColourBy, Direction, Graph, value};
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
    legend: Option<bool>,
    measured: Option<Measured>,
}

impl Graph {
    /// A picture of this graph, with nothing chosen yet.
    ///
    /// ```
    /// use graph_core::{Graph, Node};
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
    /// Which way the arrows point.
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

    /// When tasks that play the same part share a box.
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

    /// What the colours tell; unless it is the function, a legend explains them.
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

    /// Whether the colours are explained below the boxes. By default they are when they tell more
    /// than the function, which every box names itself.
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

    /// Adds what a run of this graph measured: times, sizes, workers and states go into the texts
    /// that explain the boxes, and the critical path gets an outline.
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

    /// The picture as an SVG document; see [`Graph::to_svg`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_svg().starts_with("<svg"));
    /// ```
    pub fn to_svg(&self) -> String {
        svg::write(&self.scene())
    }

    /// The picture as a PNG image; see [`Graph::to_png`].
    ///
    /// # Errors
    /// [`DrawError::Png`] when the pixels find no memory.
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

    /// The picture as a PDF document; see [`Graph::to_pdf`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_pdf().starts_with(b"%PDF-"));
    /// ```
    #[cfg(feature = "pdf")]
    pub fn to_pdf(&self) -> Vec<u8> {
        pdf::write(&self.scene())
    }

    /// The picture as an HTML page; see [`Graph::to_html`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_html().starts_with("<!DOCTYPE html>"));
    /// ```
    pub fn to_html(&self) -> String {
        self.with_dressing(Limits::READABLE, |dressing| html::write(&Scene::for_page(dressing)))
    }

    /// The picture in Graphviz's DOT language; see [`Graph::to_dot`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_dot().starts_with("digraph"));
    /// ```
    pub fn to_dot(&self) -> String {
        let all = Limits { tasks: usize::MAX, edges: usize::MAX };
        self.with_dressing(all, dot::write)
    }

    /// The picture in Mermaid's language; see [`Graph::to_mermaid`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_mermaid().starts_with("flowchart"));
    /// ```
    pub fn to_mermaid(&self) -> String {
        let Limits { mut tasks, .. } = Limits::READABLE;
        if Quotient::whole(&self.graph).edges().len() > MOST_MERMAID_EDGES {
            // Even few tasks cannot all be drawn, so some must share a box.
            tasks = tasks.min(self.graph.len() - 1);
        }
        self.with_dressing(Limits { tasks, edges: MOST_MERMAID_EDGES }, mermaid::write)
    }

    /// The picture as lines of text; see [`Graph::to_text`].
    ///
    /// ```
    /// # let graph = graph_core::Graph::default();
    /// assert!(graph.picture().to_text().contains("an empty task graph"));
    /// ```
    pub fn to_text(&self) -> String {
        self.with_dressing(Limits::READABLE, text_tree::write)
    }

    /// The graph itself, never collapsed.
    pub(super) fn graph(&self) -> &Graph {
        &self.graph
    }

    fn scene(&self) -> Scene {
        self.with_dressing(Limits::READABLE, Scene::of)
    }

    /// Draws the quotient that was asked for, by default the one within `limits`.
    fn with_dressing<T>(&self, limits: Limits, draw: impl Fn(&Dressing<'_, '_>) -> T) -> T {
        let quotient = match self.collapse {
            Collapse::Automatic if limits.tasks == usize::MAX => Quotient::whole(&self.graph),
            Collapse::Automatic => self.graph.collapse_above(limits),
            Collapse::Never => Quotient::whole(&self.graph),
            Collapse::Above(tasks) => {
                self.graph.collapse_above(Limits { tasks, edges: Limits::READABLE.edges })
            }
        };
        let measured = self.measured.as_ref();
        let mut dressing = Dressing::new(&quotient, &self.graph, self.colour_by, measured);
        dressing.direction = self.direction;
        let explains = self.colour_by != ColourBy::Function || measured.is_some();
        if !self.legend.unwrap_or(explains) {
            dressing.legend = None;
        }
        draw(&dressing)
    }
}
