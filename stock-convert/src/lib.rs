//! Converts stock prices from JSON lines to HDF5, each file as a chain of lazy tasks.
//!
//! The program is a thin `main` over this library, so that tests and benches reach every part:
//! [`read()`] a file into a [`Frame`], [`write()`] it to HDF5, and `plan.rs`, which makes a graph of the
//! two for any number of files. Only `write` knows HDF5, only `parse` knows JSON.

mod cli;
mod compare;
mod convert;
mod error;
mod existing;
mod frame;
mod inputs;
mod larger;
mod options;
mod origin;
pub mod pandas;
mod parse;
mod read;
mod rehearsal;
mod source;
mod unfinished;
pub mod units;
mod verdict;
mod verify;
mod write;

pub use cli::arguments::{Arguments, ClusterOptions, Command, Info, Verify};
pub use cli::exit::{AppError, Ending};
pub use cli::interrupt::{INTERRUPTED, cancelled_by_ctrl_c};
pub use cli::{run, summary};
pub use compare::{GraphRun, compare};
pub use convert::graph::{convert, plan};
pub use convert::job::{Conversion, Converted, Outcome};
pub use convert::sequential::{convert_file, convert_sequentially};
pub use error::{ArchiveProblem, ConvertError, LineError, LineProblem, Skipped};
pub use frame::schema::{Field, FieldKind, MixedColumn, Schema};
pub use frame::{Column, Frame, Kind, NOT_A_TIME, Texts, Values};
pub use inputs::archive::{Archive, Limits, extract};
pub use inputs::{Input, Inputs, synthetic};
pub use options::{BadLines, Reading, Timestamps, UnknownReading};
pub use origin::Origin;
pub use parse::block::{Block, BlockParser};
pub use parse::parser::Parser;
pub use read::{Loaded, read};
pub use source::stream::{Blocks, Cut};
pub use unfinished::Replace;
pub use verdict::{Answer, Measured};
pub use write::{
    Chunk, Compression, Layout, Library, Outline, RawChunk, Storage, Stored, TableWriter, Target,
    TargetMode, Written, write,
};
