//! Converts stock prices from JSON lines to HDF5, each file as a chain of lazy tasks.
//!
//! The program is a thin `main` over this library, so that tests and benches reach every part:
//! [`convert_file`] converts one file in a plain loop, [`plan`] makes a graph of tasks for any number of
//! files, and [`convert()`] runs it. Only the room `output` knows HDF5; only `parse` turns JSON into columns.

mod benchmark;
mod cli;
mod convert;
mod error;
mod frame;
mod inputs;
mod options;
mod output;
pub mod pandas;
mod parse;
mod source;
mod verify;

pub use cli::arguments::{Arguments, ClusterOptions, Command, Info, Progress, Verify};
pub use cli::exit::{AppError, ExitStatus};
pub use cli::interrupt::{INTERRUPTED, cancelled_by_ctrl_c};
pub use cli::run;
pub use convert::graph::{convert, plan};
pub use convert::job::{Conversion, Converted, Outcome};
pub use convert::sequential::{convert_file, convert_sequentially};
pub use error::ConvertError;
pub use error::archive::ArchiveProblem;
pub use error::line::{
    ColumnProblem, InexactInteger, Kinds, LineError, LineProblem, Skipped, Tally,
};
pub use frame::schema::{Field, MixedColumn, Schema};
pub use frame::{Column, Frame, Kind, NOT_A_TIME, Texts, Values};
pub use graph_exec::__atomic_file::Replace;
pub use inputs::archive::{Archive, Limits, extract};
pub use inputs::{Input, Inputs, synthetic};
pub use options::{
    BadLines, ColumnOptions, Orient, ReadOptions, RecordOptions, TextStorage, Timestamps,
    UnknownColumn,
};
pub use output::compression::Compression;
pub use output::layout::Layout;
pub use output::target::{Storage, Target, TargetMode};
pub use output::written::{Origin, Written};
pub use parse::block::{BlockParser, BlockRows};
pub use parse::parser::Parser;
pub use source::stream::{Blocks, LineBlock};
