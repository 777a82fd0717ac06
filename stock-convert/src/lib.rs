//! Converts stock prices from JSON lines to HDF5.

mod archive;
mod columns;
mod error;
mod frame;
mod inputs;
mod locate;
mod origin;
mod parse;
mod read;
mod unfinished;
mod write;

pub use error::{ArchiveProblem, ConvertError, LineProblem};
pub use frame::{Column, Frame, Kind, Texts, Values};
pub use inputs::{Input, Inputs};
pub use origin::Origin;
pub use parse::{BadLines, LineError, Parser, Skipped};
pub use read::{Loaded, read};
pub use write::{Target, TargetMode, Written, write};
