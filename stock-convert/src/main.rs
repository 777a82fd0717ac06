//! `stock-convert`: stock prices from JSON lines to HDF5. See `stock-convert --help`.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use clap::Parser;
use graph_exec::CancelToken;
use stock_convert::{AppError, Arguments, INTERRUPTED, cancelled_by_ctrl_c, run};

fn main() -> ExitCode {
    // On a dask worker this program runs tasks instead.
    graph_exec::cluster::init();
    let arguments = Arguments::parse();
    // Not locked: a worker that has something to say would wait for the end of the run.
    // Other commands have nothing to bring to an end: Ctrl-C stops them as it stops any program.
    let converts = arguments.command.is_none();
    let cancel = if converts { cancelled_by_ctrl_c() } else { CancelToken::new() };
    match run(&arguments, &cancel, &mut io::stdout(), &mut io::stderr()) {
        Ok(status) => status.into(),
        // As when the reader of a pipe (`| head`) has seen enough.
        Err(AppError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(interrupted @ AppError::Interrupted { .. }) => {
            eprintln!("{interrupted}");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
