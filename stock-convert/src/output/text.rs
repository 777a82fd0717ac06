//! How texts are stored, and texts as bytes that go from the chunker to the file.

/// How texts are stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TextStorage {
    /// Each in the room of the longest of its column: read by everything
    #[default]
    Fixed,
    /// Each in its own length: with --layout columns, for h5py and R
    Variable,
}

/// Texts one behind the other, each behind its length.
pub(super) fn to_bytes<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

/// The texts of [`to_bytes`].
pub(super) fn from_bytes(mut bytes: &[u8]) -> Vec<&str> {
    let mut texts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (text, rest) = rest.split_at(u64::from_le_bytes(*length) as usize);
        texts.push(str::from_utf8(text).unwrap_or_default());
        bytes = rest;
    }
    texts
}
