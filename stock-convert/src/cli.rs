//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Parser;

use crate::reading::{BadLines, Reading, Timestamps};

/// Convert stock prices from JSON lines to HDF5, on all cores.
///
/// Each input becomes one HDF5 file with one table, /data/table, that has a typed field per key.
/// pandas.read_hdf(FILE, "/data") reads it, and so do h5py, h5dump and R.
///
/// Without an input, five real price histories that the program carries are extracted to
/// data/daily-stock/ and converted there, the graph is drawn to data/conversion.svg, and the run is
/// measured against a plain loop.
#[derive(Debug, Clone, Default, Parser)]
#[command(version, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Arguments {
    /// Files, folders, "patterns*" and archives (.tgz, .tar.gz) of JSON lines
    ///
    /// One flat object a line: .json, .jsonl or .ndjson, also with .gz. Folders are searched to the
    /// bottom. Archives are extracted beside themselves, or into the folder of --out.
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,

    /// Leave out lines that cannot be read, and report how many
    #[arg(long, help_heading = "Input")]
    pub skip_bad_lines: bool,

    /// Give an object in a value columns of its own, named outer.inner
    ///
    /// Without it such a value is an error, and so is an array with it.
    #[arg(long, help_heading = "Input")]
    pub flatten: bool,

    /// What becomes of texts that name points in time
    #[arg(long, value_enum, default_value_t, help_heading = "Input")]
    pub timestamps: Timestamps,

    /// Make 21 files of ROWS prices each, and convert them
    ///
    /// The files are like those of the lesson, which have 77015 rows. They go to
    /// data/generated-stock/, or into the folder of --out, and are the same on every machine.
    #[arg(long, value_name = "ROWS", conflicts_with = "inputs", help_heading = "Input")]
    pub generate: Option<u64>,

    /// Write into FOLDER, not beside the inputs
    #[arg(short, long, value_name = "FOLDER", help_heading = "Output")]
    pub out: Option<PathBuf>,

    /// Replace outputs that hold something else
    ///
    /// An output that was made from the very same bytes is up to date and stays, without --force.
    #[arg(short, long, help_heading = "Output")]
    pub force: bool,

    /// Draw the graph of tasks to FILE (.svg, .png, .dot, ...)
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub graph: Option<PathBuf>,

    /// Use N workers instead of all cores
    #[arg(short, long, value_name = "N", help_heading = "Running")]
    pub jobs: Option<NonZeroUsize>,

    /// Convert in a plain loop, without a graph
    #[arg(short, long, conflicts_with = "jobs", help_heading = "Running")]
    pub sequential: bool,

    /// Answer "is it really faster?": measure the graph against the loop
    #[arg(short, long, help_heading = "Running")]
    pub compare: bool,
}

impl Arguments {
    /// Whether the prices that the program carries are what is to be converted.
    pub(crate) fn takes_bundled(&self) -> bool {
        self.inputs.is_empty() && self.generate.is_none()
    }

    /// How lines are to become rows.
    pub(crate) fn reading(&self) -> Reading {
        let bad_lines = if self.skip_bad_lines { BadLines::Skip } else { BadLines::Refuse };
        Reading { bad_lines, flatten: self.flatten, timestamps: self.timestamps }
    }
}

const AFTER_HELP: &str = "\
Examples:
  stock-convert                           the prices inside the program, measured
  stock-convert prices/ --out hdf5/       every file in a folder
  stock-convert 'prices/20*.json.gz'      the files that match
  stock-convert --generate 77015          files like those of the lesson, made and converted
  stock-convert prices.tgz --compare      what comes out of an archive, measured

Exit status: 0 all is converted, 1 some inputs are not, 2 it could not start.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
