//! The graph as JSON, for programs that draw or study it themselves.

use crate::graph::Graph;

impl Graph {
    /// The whole graph as one JSON object with `nodes`, `edges` and `outputs`, never collapsed.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Edge, Graph, Node};
    ///
    /// let nodes = vec![Node::new("load"), Node::new("total")];
    /// let graph = Graph::new(nodes, vec![Edge::data(0, 1)], vec![1])?;
    /// assert!(graph.to_json().contains(r#"{"from":0,"to":1,"kind":"data"}"#));
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a graph has only strings and numbers, no map keys")
    }
}
