//! A file as the parser reads it in one piece: what the clients' tables are compared with.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use stock_convert::{Blocks, Frame, LineBlock, LineError, Parser, ReadOptions};

/// The table of the JSON lines at `path`, plain or gzipped.
pub(crate) fn parse(path: &Path, options: ReadOptions) -> Result<Frame, LineError> {
    let mut content = Vec::new();
    match path.extension().is_some_and(|extension| extension == "gz") {
        true => {
            MultiGzDecoder::new(File::open(path).unwrap()).read_to_end(&mut content).unwrap();
        }
        false => content = fs::read(path).unwrap(),
    }
    let mut parser = Parser::new(options);
    let mut blocks = Blocks::new(&content[..]);
    while let Some(cut) = blocks.next().unwrap() {
        match cut {
            LineBlock::Lines(lines) => parser.push_block(lines)?,
            LineBlock::Overlong(limit) => panic!("{path:?}: a line of over {limit} bytes"),
        }
    }
    Ok(parser.finish().0)
}
