//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Parser;

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

const AFTER_HELP: &str = "\
Examples:
  stock-convert                           the prices inside the program, measured
  stock-convert prices/ --out hdf5/       every file in a folder
  stock-convert 'prices/20*.json.gz'      the files that match
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
