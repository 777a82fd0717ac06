//! Pictures of graphs, in several formats.
//!
//! ```text
//! Graph ─► Quotient ─► Style ─► layout ─► Scene ─► SVG, PNG, PDF, HTML
//!                         └───────────────────► DOT, Mermaid, text
//! ```

mod collapse;
mod error;
mod format;
mod layout;
mod measured;
mod options;
mod picture;
#[doc = include_str!("../docs/pictures.md")]
pub mod pictures {}
mod save;
mod scene;
mod style;
mod visualize;

pub use collapse::group::Group;
pub use collapse::quotient::Quotient;
pub use error::DrawError;
pub use layout::direction::Direction;
pub use measured::{Measured, MeasuredTask};
pub use options::{Collapse, ColourBy};
pub use picture::Picture;
pub use style::colours::{Colours, FixedColours, FunctionColours};
pub use visualize::Visualize;

#[cfg(feature = "png")]
use format::png;
use format::{dot, svg};
use scene::Scene;
use style::Style;

use crate::graph::Graph;

impl Graph {
    /// Returns the graph as an SVG document; above 300 tasks [collapsed](Graph::collapse).
    ///
    /// The document contains no script and no style sheet and needs no other file. A tooltip
    /// describes each box. The same graph gives the same bytes.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("stock::read")], vec![], vec![0])?;
    /// assert!(graph.to_svg().contains("<title>stock::read"));
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn to_svg(&self) -> String {
        self.collapse().to_svg()
    }

    /// Returns the graph as a PNG image; above 300 tasks [collapsed](Graph::collapse).
    ///
    /// It has two pixels per unit of the SVG, fewer when it is large, and at most 16 000 pixels a
    /// side. The same graph gives the same bytes.
    ///
    /// # Errors
    /// [`DrawError::Png`] when there is not enough memory for the pixels.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read")], vec![], vec![0]).unwrap();
    /// assert!(graph.to_png()?.starts_with(b"\x89PNG"));
    /// # Ok::<(), graph_core::DrawError>(())
    /// ```
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Result<Vec<u8>, DrawError> {
        self.collapse().to_png()
    }

    /// Returns the graph as a PDF document of one page; above 300 tasks
    /// [collapsed](Graph::collapse).
    ///
    /// It consists of vectors and text that can be searched, and contains its font. The longest
    /// side is at most 200 inches. The same graph gives the same bytes.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read")], vec![], vec![0]).unwrap();
    /// assert!(graph.to_pdf().starts_with(b"%PDF-"));
    /// ```
    #[cfg(feature = "pdf")]
    pub fn to_pdf(&self) -> Vec<u8> {
        self.picture().to_pdf()
    }

    /// Returns the graph as one HTML page to pan, zoom and search in; above 300 tasks
    /// [collapsed](Graph::collapse).
    ///
    /// The page loads nothing and allows no script but its own. It can be used with the keyboard
    /// alone, and it is light or dark as the reader prefers. The same graph gives the same bytes.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read")], vec![], vec![0]).unwrap();
    /// assert!(graph.to_html().contains("<svg"));
    /// ```
    pub fn to_html(&self) -> String {
        self.picture().to_html()
    }

    /// Returns the graph as a Mermaid flowchart; above 300 tasks or 499 edges collapsed, because
    /// Mermaid does not draw more edges.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Edge, Graph, Node};
    ///
    /// let nodes = vec![Node::new("load"), Node::new("total")];
    /// let graph = Graph::new(nodes, vec![Edge::data(0, 1)], vec![1])?;
    /// assert!(graph.to_mermaid().contains("t0 --> t1"));
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn to_mermaid(&self) -> String {
        self.picture().to_mermaid()
    }

    /// Returns the graph for a terminal, at most 100 columns wide: a tree for each output, from it down to
    /// its dependencies, with an empty line between trees; above 300 tasks [collapsed](Graph::collapse).
    ///
    /// Several dependencies are branches. A single one stands below its task with an arrow: its result goes
    /// up. A task with several dependents has a number, and its dependencies are written once.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Edge, Graph, Node};
    ///
    /// let nodes = ["load", "parse", "count", "total", "check"].map(Node::new).to_vec();
    /// let edges = [(0, 1), (1, 3), (2, 3), (0, 4)].map(|(from, to)| Edge::data(from, to));
    /// let text = Graph::new(nodes, edges.to_vec(), vec![3, 4])?.to_text();
    /// let expected = "\
    /// 5 tasks; below each what it needs
    /// total
    /// ├─ parse
    /// │  ↑ load [1]
    /// └─ count
    ///
    /// check
    /// ↑ load [1]
    /// ";
    /// assert_eq!(text, expected);
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn to_text(&self) -> String {
        self.picture().to_text()
    }
}

impl Quotient<'_> {
    /// Returns the groups in Graphviz's DOT language.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
    /// assert!(graph.collapse().to_dot().contains("read ×500"));
    /// ```
    pub fn to_dot(&self) -> String {
        dot::write(&Style::plain(self))
    }

    /// Returns the groups as an SVG document, as [`Graph::to_svg`].
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
    /// assert!(graph.collapse().to_svg().contains("500 tasks, drawn as 1 box"));
    /// ```
    pub fn to_svg(&self) -> String {
        svg::write(&Scene::new(&Style::plain(self)))
    }

    /// Returns the groups as a PNG image, as [`Graph::to_png`].
    ///
    /// # Errors
    /// [`DrawError::Png`] when there is not enough memory for the pixels.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
    /// assert!(graph.collapse().to_png().is_ok());
    /// ```
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Result<Vec<u8>, DrawError> {
        png::write(&Scene::new(&Style::plain(self)))
    }
}
