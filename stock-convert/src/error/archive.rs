//! What can go wrong with an archive.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What is wrong with an archive.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveProblem {
    /// Not an archive, or a damaged one.
    #[error("not a readable archive: {0}")]
    Unreadable(Arc<io::Error>),
    /// A member whose path leads out of the folder it is extracted into.
    #[error("unsafe path {member:?}: {reason}")]
    UnsafePath {
        /// The member.
        member: String,
        /// What makes it unsafe.
        reason: &'static str,
    },
    /// A member that is neither a file nor a folder.
    #[error("member {member:?} is {found}; only files and folders are extracted")]
    NotAFile {
        /// The member.
        member: String,
        /// What it is.
        found: &'static str,
    },
    /// Two members of one name.
    #[error("member {0:?} is there twice")]
    Duplicate(String),
    /// It exceeds this limit.
    #[error("it unpacks to more than {0}; taken for a decompression bomb")]
    TooLarge(String),
    /// No file of JSON lines in it.
    #[error("holds no .json, .jsonl or .ndjson file")]
    NoJson,
    /// A member would replace a file that holds something else.
    #[error("{} exists already and holds something else than the archive's {member:?}", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
        /// The member.
        member: String,
    },
    /// A member could not be written.
    #[error("cannot extract {}: {source}", path.display())]
    Extract {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
}
