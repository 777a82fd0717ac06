//! What can go wrong when a picture is made or saved.

use std::io;
use std::path::PathBuf;

/// A picture that could not be made or saved.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{DrawError, Graph};
///
/// let error = Graph::default().save("graph.bmp").unwrap_err();
/// assert!(matches!(error, DrawError::UnknownFormat { .. }));
/// assert!(error.to_string().contains(".svg"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The graph is not valid.
    #[error(transparent)]
    Graph(#[from] crate::graph::error::GraphError),
    /// The file's extension names no known format, or there is none.
    #[error(
        "cannot tell the picture's format from the name `{}`: it should end in one of {known}",
        path.display()
    )]
    UnknownFormat {
        /// The path that was asked for.
        path: PathBuf,
        /// The known extensions, separated by commas.
        known: String,
    },
    /// The folder that should hold the file does not exist.
    #[error("cannot write `{}`: there is no folder `{}`", path.display(), folder.display())]
    NoSuchFolder {
        /// The path that was asked for.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// The file could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The picture could not be turned into PNG.
    #[error("cannot encode the picture as PNG: {reason}")]
    Png {
        /// What the encoder says.
        reason: String,
    },
}
