//! The command line.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use graph_exec::CancelToken;
use graph_exec::cluster::Cluster;

use crate::options::size::parse_bytes;
use crate::options::{BadLines, ColumnOptions, ReadOptions, RecordOptions, Timestamps};
use crate::output::target::Storage;

/// Convert stock prices from JSON lines to HDF5, on all cores.
///
/// Each input becomes one HDF5 file with one table, /data/table, that has a typed field per key.
/// pandas.read_hdf(FILE, "/data") reads it, and so do h5py, h5dump and R.
///
/// Without an input, five real price histories that the program carries are extracted to
/// data/daily-stock/ and converted there, the graph is drawn to data/conversion.svg, and the run is
/// measured against a plain loop.
#[derive(Debug, Clone, Default, Parser)]
#[command(
    version,
    after_help = AFTER_HELP,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub struct Arguments {
    /// Something else than converting
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Files, folders, "patterns*" and archives (tar, zip) of JSON, or - for the standard input
    ///
    /// JSON lines or one JSON document with records in it, also compressed (gzip, bzip2, xz, zstd); what a
    /// file holds is told by its first bytes. Folders are searched to the bottom for .json, .jsonl and
    /// .ndjson, also with .gz, .bz2, .xz or .zst. Archives are extracted beside themselves, or into the
    /// folder of --out. A file that is called like a command is ./info.
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,

    /// Leave out lines that cannot be read, and report how many
    ///
    /// More bad lines than good ones are an error all the same, and so is a column of texts and numbers.
    #[arg(long, help_heading = "Input")]
    pub skip_bad_lines: bool,

    /// Where in a file the records are
    #[command(flatten)]
    pub records: RecordOptions,

    /// Which columns there are, and what they hold
    #[command(flatten)]
    pub columns: ColumnOptions,

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

    /// Let an archive unpack to SIZE (like 500MB or 4GiB) at most
    ///
    /// Without it the limit is 1 GiB or 200 times the size of the archive, whichever is more. What
    /// exceeds it is taken for a decompression bomb, and nothing of it is extracted.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes, help_heading = "Input")]
    pub unpack_limit: Option<u64>,

    /// Write into FOLDER, not beside the inputs; or the output of a single input to a FILE.h5
    #[arg(short, long, value_name = "FOLDER", help_heading = "Output")]
    pub out: Option<PathBuf>,

    /// How the table is stored
    #[command(flatten)]
    pub storage: Storage,

    /// Convert everything, and replace whatever stands under the names of outputs
    ///
    /// Without it an output stays that was made from the very same bytes in the same way, and
    /// anything else is an error.
    #[arg(short, long, help_heading = "Output")]
    pub force: bool,

    /// Finish what a run before began: convert only what is not up to date
    ///
    /// An output is up to date when it says that it was made from the very same bytes (by their
    /// hash, not by time) in the same way. Older outputs of this program are replaced; with
    /// --force also files of other programs.
    #[arg(short, long, help_heading = "Output")]
    pub resume: bool,

    /// Draw the graph of tasks to FILE (.svg, .png, .dot, ...)
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub graph: Option<PathBuf>,

    /// Use N workers instead of all cores
    #[arg(short, long, visible_alias = "threads", value_name = "N", value_parser = jobs(), help_heading = "Running")]
    pub jobs: Option<usize>,

    /// Keep what tasks hold in memory below SIZE (like 256MiB)
    ///
    /// Files go through in blocks in any case. With a limit, blocks and files wait until there is
    /// room for them beside what is in memory already.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes, conflicts_with = "sequential", help_heading = "Running")]
    pub memory_limit: Option<u64>,

    /// Convert in a plain loop, without a graph
    #[arg(short, long, conflicts_with = "jobs", help_heading = "Running")]
    pub sequential: bool,

    /// Answer "is it really faster?": measure the graph against the loop
    #[arg(short, long, conflicts_with = "json", help_heading = "Running")]
    pub compare: bool,

    /// Save a report of the run to FILE.html: which worker did what when, and what took how long
    #[arg(long, value_name = "FILE", value_parser = parse_page, conflicts_with = "sequential", help_heading = "Running")]
    pub report: Option<PathBuf>,

    /// Save the run as a trace that Perfetto (ui.perfetto.dev) opens
    #[arg(long, value_name = "FILE", conflicts_with = "sequential", help_heading = "Running")]
    pub trace: Option<PathBuf>,

    /// Where to convert
    #[command(flatten)]
    pub cluster: ClusterOptions,

    /// Show on stderr how far the conversion is
    ///
    /// A bar on a terminal, a line every ten seconds elsewhere.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = "Messages")]
    pub progress: Progress,

    /// Say nothing but what went wrong
    #[arg(short, long, conflicts_with_all = ["json", "compare"], help_heading = "Messages")]
    pub quiet: bool,

    /// Print the summary as JSON, for scripts
    #[arg(long, help_heading = "Messages")]
    pub json: bool,
}

/// When to show how far the conversion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Progress {
    /// When stderr is a terminal, and not with --quiet
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where to convert, if not on this machine.
#[derive(Debug, Clone, Default, Args)]
pub struct ClusterOptions {
    /// Convert on the Dask cluster whose scheduler is at ADDRESS, like tcp://head:8786
    ///
    /// Every worker must see the inputs and the folder for outputs under the same paths, and
    /// needs what `graph_exec::cluster` describes.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "STOCK_CONVERT_CLUSTER",
        conflicts_with_all = ["jobs", "sequential", "memory_limit"],
        help_heading = "Cluster"
    )]
    pub cluster: Option<String>,

    /// The authority that signed the cluster's certificates, for a scheduler at tls://…
    #[arg(
        long,
        value_name = "FILE",
        env = "STOCK_CONVERT_TLS_CA",
        requires_all = ["tls_cert", "tls_key"],
        help_heading = "Cluster"
    )]
    pub tls_ca: Option<PathBuf>,

    /// This side's certificate
    #[arg(long, value_name = "FILE", env = "STOCK_CONVERT_TLS_CERT", help_heading = "Cluster")]
    pub tls_cert: Option<PathBuf>,

    /// Its key
    #[arg(long, value_name = "FILE", env = "STOCK_CONVERT_TLS_KEY", help_heading = "Cluster")]
    pub tls_key: Option<PathBuf>,

    /// The Python that speaks with the cluster; it needs `distributed`, in the cluster's version
    #[arg(
        long,
        value_name = "PROGRAM",
        env = "STOCK_CONVERT_PYTHON",
        default_value = "python3",
        help_heading = "Cluster"
    )]
    pub cluster_python: PathBuf,
}

impl ClusterOptions {
    /// The cluster, when there is to be one.
    pub(crate) fn connect(
        &self,
        progress: bool,
        cancel: &CancelToken,
    ) -> Result<Option<Cluster>, graph_exec::Error> {
        let Some(address) = &self.cluster else { return Ok(None) };
        let mut builder = Cluster::builder(address).python(&self.cluster_python).progress(progress);
        if let (Some(ca), Some(cert), Some(key)) = (&self.tls_ca, &self.tls_cert, &self.tls_key) {
            builder = builder.tls(ca, cert, key);
        }
        builder.connect().map(|cluster| Some(cluster.with_cancel(cancel)))
    }
}

/// What there is beside converting.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Print what is in HDF5 files: shapes, types, chunks, filters, and what they were made from
    Info(Info),
    /// Compare outputs with the JSON lines they were made from, value by value
    Verify(Verify),
    /// Print what makes a shell complete this command line
    #[command(after_help = "bash: stock-convert completions bash > \
        ~/.local/share/bash-completion/completions/stock-convert")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Which files to describe.
#[derive(Debug, Clone, Args)]
pub struct Info {
    /// HDF5 files
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// Print it as JSON, for scripts
    #[arg(long)]
    pub json: bool,
}

/// Which files to compare, and with what.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Exit status: 0 all are equal, 1 some are not or could not be compared.")]
pub struct Verify {
    /// Outputs of this program
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// The folder with the inputs, if they are not beside the outputs; or the input itself
    #[arg(short, long, value_name = "FOLDER")]
    pub source: Option<PathBuf>,

    /// Say nothing but what differs
    #[arg(short, long)]
    pub quiet: bool,
}

impl Arguments {
    /// Whether to show how far the conversion is.
    pub(crate) fn shows_progress(&self) -> bool {
        match self.progress {
            Progress::Auto => !self.quiet && io::stderr().is_terminal(),
            Progress::Always => true,
            Progress::Never => false,
        }
    }

    /// Whether the prices that the program carries are what is to be converted.
    pub(crate) fn takes_bundled(&self) -> bool {
        self.inputs.is_empty() && self.generate.is_none()
    }

    /// How lines are to become rows.
    pub(crate) fn read_options(&self) -> ReadOptions {
        let bad_lines = if self.skip_bad_lines { BadLines::Skip } else { BadLines::Refuse };
        let Self { flatten, timestamps, columns, records, .. } = self.clone();
        ReadOptions { bad_lines, flatten, timestamps, columns, records }
    }
}

/// As many workers as any machine has cores: thousands take longer to start than most files to convert.
fn jobs() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=1024)
}

fn parse_page(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().is_some_and(|e| e.eq_ignore_ascii_case("html") || e == "htm") {
        true => Ok(path),
        false => Err("the report is a page, so its name ends with .html".to_owned()),
    }
}

const AFTER_HELP: &str = "\
Examples:
  stock-convert                           the prices inside the program, measured
  stock-convert prices/ --out hdf5/       every file in a folder
  stock-convert 'prices/20*.json.gz'      the files that match
  stock-convert page.json --records data  the records in a JSON document
  curl ... | stock-convert - -o a.h5      what comes through a pipe
  stock-convert --generate 77015          files like those of the lesson, made and converted
  stock-convert prices.tgz --compare      what comes out of an archive, measured
  stock-convert prices/ -z deflate        compressed, for every reader
  stock-convert verify prices/*.h5        compared with their JSON lines

Exit status: 0 all is converted, 1 some inputs are not, 2 it could not start, 130 interrupted.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn inputs_and_commands_are_told_apart() {
        let parse = |line: &str| Arguments::try_parse_from(line.split(' '));
        assert_eq!(parse("stock-convert info.json").unwrap().inputs.len(), 1);
        assert_eq!(parse("stock-convert ./info").unwrap().inputs.len(), 1);
        assert!(matches!(
            parse("stock-convert info a.h5").unwrap().command,
            Some(Command::Info(_))
        ));
        assert!(parse("stock-convert info").is_err());
        assert!(parse("stock-convert --quiet --json").is_err());
        assert_eq!(parse("stock-convert a --unpack-limit 2KiB").unwrap().unpack_limit, Some(2048));
        assert!(parse("stock-convert a --unpack-limit many").is_err());
        // It would bound nothing there.
        assert!(parse("stock-convert a --cluster tcp://head:8786 --memory-limit 1GiB").is_err());
    }
}
