//! Converts stock prices from JSON lines to HDF5, each file as a chain of lazy tasks.
//!
//! The program is a thin `main` over this library, so that tests and benches reach every part:
//! [`read()`] a file into a [`Frame`], [`write()`] it to HDF5, and `plan.rs`, which makes a graph of the
//! two for any number of files. Only `write` knows HDF5, only `parse` knows JSON.

mod app;
mod archive;
mod blocks;
mod calendar;
mod cli;
mod columns;
mod compare;
mod error;
mod existing;
mod frame;
pub mod generate;
mod generated;
mod inputs;
mod larger;
mod locate;
mod origin;
pub mod pandas;
mod parse;
mod plan;
mod read;
mod reading;
mod schema;
pub mod summary;
mod timestamp;
mod unfinished;
pub mod units;
mod verdict;
mod write;

pub use app::{AppError, Ending, run};
pub use blocks::{Blocks, Cut};
pub use cli::Arguments;
pub use compare::{GraphRun, compare};
pub use error::{ArchiveProblem, ConvertError, LineProblem};
pub use frame::{Column, Frame, Kind, NOT_A_TIME, Texts, Values};
pub use inputs::{Input, Inputs};
pub use origin::Origin;
pub use parse::{Block, BlockParser, LineError, Parser, Skipped};
pub use plan::{Conversion, Converted, convert, convert_sequentially, plan};
pub use read::{Loaded, read};
pub use reading::{BadLines, Reading, Timestamps, UnknownReading};
pub use schema::{Field, FieldKind, MixedColumn, Schema};
pub use summary::Outcome;
pub use verdict::{Answer, Measured};
pub use write::{Target, TargetMode, Written, write};
