//! Saves a picture to a file. It appears under its name only when it is complete.

use std::io::Write;
use std::path::Path;

use crate::atomic_file::{AtomicFile, Replace, folder_of};
use crate::graph::Graph;

use super::error::DrawError;
use super::picture::Picture;

/// A function that turns a picture into the bytes of a file.
type Encode = fn(&Picture<'_>) -> Result<Vec<u8>, DrawError>;

/// Extension → format.
const FORMATS: &[(&str, Encode)] = &[
    ("dot", |picture| Ok(picture.to_dot().into_bytes())),
    ("gv", |picture| Ok(picture.to_dot().into_bytes())),
    ("html", |picture| Ok(picture.to_html().into_bytes())),
    ("json", |picture| Ok(picture.graph().to_json().into_bytes())),
    ("mmd", |picture| Ok(picture.to_mermaid().into_bytes())),
    #[cfg(feature = "pdf")]
    ("pdf", |picture| Ok(picture.to_pdf())),
    #[cfg(feature = "png")]
    ("png", |picture| picture.to_png()),
    ("svg", |picture| Ok(picture.to_svg().into_bytes())),
    ("txt", |picture| Ok(picture.to_text().into_bytes())),
];

impl Graph {
    /// Saves the graph in the format that the file's extension names, as
    /// [`Picture::save`](crate::Picture::save).
    ///
    /// # Errors
    /// Those of [`Picture::save`](crate::Picture::save).
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read")], vec![], vec![0]).unwrap();
    /// let folder = tempfile::tempdir().unwrap();
    /// graph.save(folder.path().join("graph.svg"))?;
    /// # Ok::<(), graph_core::DrawError>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), DrawError> {
        self.picture().save(path)
    }
}

impl Picture<'_> {
    /// Saves the picture in the format that the file's extension names: `.svg`, `.png` or `.pdf`
    /// for a picture, `.html` for a page with pan, zoom and search, `.txt` for a terminal, `.mmd`
    /// for Mermaid, `.dot` or `.gv` for Graphviz, `.json` for programs.
    ///
    /// The file is written in the same folder under another name and renamed when it is complete,
    /// so nobody sees a part of it. An existing file is replaced.
    ///
    /// # Errors
    /// [`DrawError::UnknownFormat`] for another extension or none,
    /// [`DrawError::NoSuchFolder`] when the folder does not exist,
    /// [`DrawError::Write`] when the system refuses.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Direction, Graph, Node};
    ///
    /// let graph = Graph::new(vec![Node::new("read")], vec![], vec![0]).unwrap();
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("graph.html");
    /// graph.picture().direction(Direction::LeftToRight).save(path)?;
    /// # Ok::<(), graph_core::DrawError>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), DrawError> {
        let path = path.as_ref();
        let encode = format_of(path)?;
        let refused = |source| match folder_of(path) {
            folder if !folder.is_dir() => {
                DrawError::NoSuchFolder { path: path.to_owned(), folder: folder.to_owned() }
            }
            _ => DrawError::Write { path: path.to_owned(), source },
        };
        // Before the picture is drawn, which may take longer than to find that it cannot be saved.
        let mut file = AtomicFile::create(path).map_err(refused)?;
        let bytes = encode(self)?;
        file.file_mut().write_all(&bytes).and_then(|()| file.commit(Replace::Yes)).map_err(refused)
    }
}

fn format_of(path: &Path) -> Result<Encode, DrawError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    FORMATS
        .iter()
        .find(|(known, _)| extension.as_deref() == Some(known))
        .map(|&(_, encode)| encode)
        .ok_or_else(|| {
            let known: Vec<String> = FORMATS.iter().map(|(known, _)| format!(".{known}")).collect();
            DrawError::UnknownFormat { path: path.to_owned(), known: known.join(", ") }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Node;

    fn graph() -> Graph {
        Graph::new(vec![Node::new("f")], vec![], vec![0]).unwrap()
    }

    #[test]
    fn every_known_extension_saves() {
        let folder = tempfile::tempdir().unwrap();
        for (extension, _) in FORMATS {
            let path = folder.path().join(format!("graph.{extension}"));
            graph().save(&path).unwrap();
            assert!(path.metadata().unwrap().len() > 0);
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), FORMATS.len(), "nothing else stays");
    }

    #[test]
    fn an_unknown_or_missing_extension_lists_the_known_ones() {
        for path in ["graph.bmp", "graph", ".svg"] {
            let message = graph().save(path).unwrap_err().to_string();
            assert!(message.contains(".dot, .gv, .html, .json, .mmd"), "{message}");
            assert!(message.contains(path), "{message}");
        }
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = graph().save("no/such/folder/graph.svg").unwrap_err();
        assert!(matches!(error, DrawError::NoSuchFolder { .. }));
        assert!(error.to_string().contains("no folder `no/such/folder`"), "{error}");
    }

    #[test]
    fn a_file_that_was_there_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("graph.JSON");
        std::fs::write(&path, "old").unwrap();
        graph().save(&path).unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with('{'));
    }
}
