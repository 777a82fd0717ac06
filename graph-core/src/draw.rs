//! Pictures of graphs: one scene, several formats, and files that appear only when whole.
//!
//! ```text
//! Graph ─► Quotient ─► layout ─► Scene ─► SVG, PNG
//!              └────────────────────────► DOT
//! ```

pub(crate) mod colours;
mod dot;
mod error;
mod hover;
mod palette;
#[cfg(feature = "png")]
mod png;
mod save;
mod scene;
mod svg;
mod text;

pub use error::DrawError;

use crate::{Graph, Quotient};
use scene::Scene;

impl Graph {
    /// The graph in Graphviz's DOT language, every task a node of its own.
    ///
    /// For a large graph, [`Graph::collapse`] first: `graph.collapse().to_dot()`.
    ///
    /// ```
    /// use graph_core::{Edge, Graph, Node};
    ///
    /// let nodes = vec![Node::new("load"), Node::new("total")];
    /// let graph = Graph::new(nodes, vec![Edge::data(0, 1)], vec![1])?;
    /// assert!(graph.to_dot().contains("t0 -> t1;"));
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn to_dot(&self) -> String {
        Quotient::whole(self).to_dot()
    }

    /// The graph as an SVG document; above 300 tasks [collapsed](Graph::collapse).
    ///
    /// It is self-contained, without script and style sheet. Resting the pointer on a box shows
    /// what it stands for. The same graph gives the same bytes.
    ///
    /// ```
    /// use graph_core::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("stock::read")], vec![], vec![0])?;
    /// assert!(graph.to_svg().contains("<title>stock::read"));
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn to_svg(&self) -> String {
        self.collapse().to_svg()
    }

    /// The graph as a PNG image; above 300 tasks [collapsed](Graph::collapse).
    ///
    /// It has two pixels per unit of the SVG, fewer when it is large: never more than 16 000 a
    /// side. The same graph gives the same bytes.
    ///
    /// # Errors
    /// [`DrawError::Png`] when the pixels find no memory.
    ///
    /// ```
    /// use graph_core::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read")], vec![], vec![0]).unwrap();
    /// assert!(graph.to_png()?.starts_with(b"\x89PNG"));
    /// # Ok::<(), graph_core::DrawError>(())
    /// ```
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Result<Vec<u8>, DrawError> {
        self.collapse().to_png()
    }
}

impl Quotient<'_> {
    /// The groups in Graphviz's DOT language.
    ///
    /// ```
    /// use graph_core::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
    /// assert!(graph.collapse().to_dot().contains("read ×500"));
    /// ```
    pub fn to_dot(&self) -> String {
        dot::write(self)
    }

    /// The groups as an SVG document, as [`Graph::to_svg`].
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
    /// assert!(graph.collapse().to_svg().contains("500 tasks, drawn as 1 box"));
    /// ```
    pub fn to_svg(&self) -> String {
        svg::write(&Scene::of(self))
    }

    /// The groups as a PNG image, as [`Graph::to_png`].
    ///
    /// # Errors
    /// [`DrawError::Png`] when the pixels find no memory.
    ///
    /// ```
    /// # use graph_core::{Graph, Node};
    /// # let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
    /// assert!(graph.collapse().to_png().is_ok());
    /// ```
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Result<Vec<u8>, DrawError> {
        png::write(&Scene::of(self))
    }
}
