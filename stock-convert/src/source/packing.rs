//! What a file is compressed with, told by its first bytes, and a reader that unpacks it.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// What a file is compressed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

impl Packing {
    /// Tells it by the first bytes of a file.
    pub(crate) fn from_head(head: &[u8]) -> Self {
        match head {
            [0x1F, 0x8B, ..] => Self::Gzip,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// Its name, as messages have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }

    /// Reads what `source` holds when it is unpacked. Several members one behind the other are joined, and
    /// zeros behind the last one, which tapes and disks leave, do not count.
    pub(crate) fn unpack<'a>(self, source: impl Read + 'a) -> Box<dyn Read + 'a> {
        match self {
            Self::Plain => Box::new(source),
            _ => {
                let source: Source<'a> = BufReader::with_capacity(64 * 1024, Box::new(source));
                Box::new(Members { packing: self, state: State::Between(source) })
            }
        }
    }
}

type Source<'a> = BufReader<Box<dyn Read + 'a>>;

/// The members of a compressed file, one behind the other.
struct Members<'a> {
    packing: Packing,
    state: State<'a>,
}

enum State<'a> {
    /// At the beginning of a member, or of what is behind the last one.
    Between(Source<'a>),
    Gzip(Box<GzDecoder<Source<'a>>>),
    Bzip2(BzDecoder<Source<'a>>),
    Xz(Box<XzReader<Source<'a>>>),
    Zstd(Box<StreamingDecoder<Source<'a>, FrameDecoder>>),
    Ended,
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = match &mut self.state {
                State::Between(_) => Ok(0),
                State::Gzip(member) => member.read(buffer),
                State::Bzip2(member) => member.read(buffer),
                State::Xz(member) => member.read(buffer),
                State::Zstd(member) => member.read(buffer),
                State::Ended => return Ok(0),
            };
            let count = count.map_err(|error| self.packing.damaged(error))?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let source = match std::mem::replace(&mut self.state, State::Ended) {
                State::Between(source) => source,
                State::Gzip(member) => member.into_inner(),
                State::Bzip2(member) => member.into_inner(),
                State::Xz(member) => member.into_inner(),
                State::Zstd(member) => member.into_inner(),
                State::Ended => return Ok(0),
            };
            self.state = self.packing.next_member(source)?;
        }
    }
}

impl Packing {
    /// The error of data that cannot be unpacked, which libraries call by many names.
    fn damaged(self, error: io::Error) -> io::Error {
        let damaged = format!("its {} data are damaged or cut off", self.name());
        io::Error::other(match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(FrameDecoderError::DictNotProvided { .. }) => {
                "its zstd data need a dictionary; unpack it first (zstd -d -D DICTIONARY)"
                    .to_owned()
            }
            Some(FrameDecoderError::WindowSizeTooBig { .. }) => {
                "its zstd data refer too far back; unpack it first (zstd -d --long=31)".to_owned()
            }
            // What it says of damage is what its own types are called.
            Some(_) => damaged,
            None => format!("{damaged}: {error}"),
        })
    }

    fn next_member(self, mut source: Source<'_>) -> io::Result<State<'_>> {
        loop {
            let head = source.fill_buf()?;
            if head.is_empty() {
                return Ok(State::Ended);
            }
            let zeros = head.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                break;
            }
            source.consume(zeros);
        }
        // Of a beginning that is cut off by the end of the buffer, the first byte has to do.
        let head = source.buffer();
        let is_skippable = matches!(head, [0x50..=0x5F, ..]);
        let is_member = match head {
            [_, _, _, _, _, _, ..] => Self::from_head(head) == self,
            [first, ..] => [0x1F, b'B', 0xFD, 0x28].contains(first) || is_skippable,
            [] => false,
        };
        if !is_member {
            let name = self.name();
            return Err(io::Error::other(format!(
                "behind its {name} data are other bytes; cut them off, or unpack it with a program \
                 that ignores them ({name} -dc)"
            )));
        }
        Ok(match self {
            Self::Plain => State::Ended,
            Self::Gzip => State::Gzip(Box::new(GzDecoder::new(source))),
            Self::Bzip2 => State::Bzip2(BzDecoder::new(source)),
            Self::Xz => State::Xz(Box::new(XzReader::new(source, false))),
            Self::Zstd if is_skippable => {
                let mut header = [0; 8];
                source.read_exact(&mut header)?;
                let bytes = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
                io::copy(&mut (&mut source).take(bytes.into()), &mut io::sink())?;
                State::Between(source)
            }
            Self::Zstd => {
                let decoder = StreamingDecoder::new(source);
                let decoder = decoder.map_err(|error| self.damaged(io::Error::other(error)))?;
                State::Zstd(Box::new(decoder))
            }
        })
    }
}
