//! Converts stock prices from JSON lines to HDF5, each file as a chain of lazy tasks.
//!
//! The program is a thin `main` over this library, so that tests and benches reach every part:
//! [`read()`] a file into a [`Frame`], [`write()`] it to HDF5, and `plan.rs`, which makes a graph of the
//! two for any number of files. Only `write` knows HDF5, only `parse` knows JSON.

mod app;
mod archive;
mod atomic_file;
mod benchmark;
mod blocks;
mod calendar;
mod cli;
mod cluster;
mod columns;
mod convert;
mod ending;
mod error;
mod frame;
pub mod generate;
mod generated;
mod growing;
mod info;
mod inputs;
mod interrupt;
mod learned;
mod locate;
mod messages;
mod origin;
mod output;
pub mod pandas;
mod parse;
mod plan;
mod ranges;
mod read;
mod reading;
mod rows;
mod schema;
mod streaming;
pub mod summary;
mod table;
mod timestamp;
pub mod units;
mod verify;
mod walk;

pub use app::run;
pub use archive::{Archive, Limits, extract};
pub use atomic_file::Replace;
pub use benchmark::measure::{GraphRun, compare};
pub use benchmark::report::{Answer, Measured};
pub use blocks::{Blocks, Cut};
pub use cli::{Arguments, Command, Info, Verify};
pub use cluster::ClusterOptions;
pub use ending::{AppError, Ending};
pub use error::{ArchiveProblem, ConvertError, LineProblem};
pub use frame::{Column, Frame, Kind, NOT_A_TIME, Texts, Values};
pub use inputs::{Input, Inputs};
pub use interrupt::{INTERRUPTED, cancelled_by_ctrl_c};
pub use output::backend::library::Library;
pub use output::compression::{Chunk, Compression, RawChunk};
pub use output::layout::Layout;
pub use output::table_schema::{Outline, Stored};
pub use output::table_writer::{TableWriter, write};
pub use output::target::{Storage, Target, TargetMode};
pub use output::written::{Origin, Written};
pub use parse::{Block, BlockParser, LineError, Parser, Skipped};
pub use plan::{Conversion, Converted, convert, convert_sequentially, plan};
pub use read::{Loaded, read};
pub use reading::{BadLines, Reading, Timestamps, UnknownReading};
pub use schema::{Field, FieldKind, MixedColumn, Schema};
pub use streaming::convert_file;
pub use summary::Outcome;
