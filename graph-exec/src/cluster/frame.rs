//! Frames between this process and the adaptor, little-endian in both directions:
//!
//! ```text
//! u32 length of header │ header, JSON │ u64 length of body │ body
//! ```
//!
//! The header is JSON, because Python reads it before anything of Dask is imported.

use std::io::{self, Read, Write};

use serde::{Serialize, de::DeserializeOwned};

/// Writes one frame and flushes it.
pub(super) fn write(
    stream: &mut impl Write,
    header: &impl Serialize,
    body: &[u8],
) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    let length = u32::try_from(header.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "the graph is too large"))?;
    stream.write_all(&length.to_le_bytes())?;
    stream.write_all(&header)?;
    stream.write_all(&(body.len() as u64).to_le_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}

/// Reads one frame.
pub(super) fn read<H: DeserializeOwned>(stream: &mut impl Read) -> io::Result<(H, Vec<u8>)> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let header = read_bytes(stream, u64::from(u32::from_le_bytes(length)))?;
    let mut length = [0; 8];
    stream.read_exact(&mut length)?;
    let body = read_bytes(stream, u64::from_le_bytes(length))?;
    Ok((serde_json::from_slice(&header)?, body))
}

/// Reads exactly `length` bytes. It reserves little memory before they arrive, in case the length is
/// wrong.
pub(super) fn read_bytes(stream: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(64 << 20)).unwrap_or(0));
    stream.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_out_as_it_went_in_and_a_cut_one_is_an_error() {
        let mut stream = Vec::new();
        write(&mut stream, &("run", 7), b"body").unwrap();
        let (header, body): ((String, u8), _) = read(&mut &stream[..]).unwrap();
        assert_eq!((header.0.as_str(), header.1, body.as_slice()), ("run", 7, &b"body"[..]));
        for end in 0..stream.len() {
            assert!(read::<(String, u8)>(&mut &stream[..end]).is_err());
        }
    }
}
