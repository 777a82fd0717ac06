//! Saves a picture to a file. It appears under its name only when it is complete.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

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
        // A bare file name has the empty path for a parent: the current folder.
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(DrawError::NoSuchFolder {
                path: path.to_owned(),
                folder: folder.to_owned(),
            });
        }
        let bytes = encode(self)?;
        write_complete(path, folder, &bytes)
            .map_err(|source| DrawError::Write { path: path.to_owned(), source })
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

fn write_complete(path: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = temporary_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Makes a temporary file with the permissions of an ordinary new file. By default it would be
/// private.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".graph-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The system subtracts the umask, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
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

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_an_ordinary_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (saved, plain) = (folder.path().join("graph.svg"), folder.path().join("plain"));
        graph().save(&saved).unwrap();
        std::fs::File::create(&plain).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        assert_eq!(mode(&saved), mode(&plain));
    }
}
