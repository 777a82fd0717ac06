//! `.visualize(path)` on handles.

use std::path::Path;

use crate::graph::Graph;
use crate::plan::outputs::Outputs;

use super::error::DrawError;

/// Draws the tasks that one or several handles need.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Visualize, value};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sum.svg");
/// let sum = value(1) + value(2);
/// sum.visualize(&path)?; // .svg .png .pdf .html .mmd .dot .txt .json
/// assert!(std::fs::read_to_string(&path)?.starts_with("<svg"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Visualize: Outputs {
    /// Draws the tasks that the handles need, in the format that the path's extension names. No
    /// task runs. Above 300 tasks, similar ones share a box. For other options see
    /// [`Graph::picture`].
    ///
    /// # Errors
    /// [`DrawError::UnknownFormat`] for another extension, the other variants when the file cannot
    /// be written, [`DrawError::Graph`] for a graph that is not valid.
    fn visualize(&self, path: impl AsRef<Path>) -> Result<(), DrawError>
    where
        Self: Sized,
    {
        Graph::of(self)?.save(path)
    }
}

impl<H: Outputs> Visualize for H {}
