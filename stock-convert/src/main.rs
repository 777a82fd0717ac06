//! `stock-convert`: stock prices from JSON lines to HDF5. See `stock-convert --help`.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use clap::Parser;
use graph_exec::CancelToken;
use stock_convert::{AppError, Arguments, INTERRUPTED, cancelled_by_ctrl_c, run};

fn main() -> ExitCode {
    // On a Dask worker this program runs tasks instead.
    graph_exec::cluster::init();
    let arguments = Arguments::parse();
    // Other commands have no tasks to wait for: Ctrl-C ends them at once, as it ends any program.
    let converts = arguments.command.is_none();
    let cancel = if converts { cancelled_by_ctrl_c() } else { CancelToken::new() };
    // The streams are not locked, or a worker that prints would wait for the end of the run.
    match run(&arguments, &cancel, &mut io::stdout(), &mut io::stderr()) {
        Ok(status) => status.into(),
        // The reader of a pipe (`| head`) has closed it.
        Err(AppError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(interrupted @ AppError::Interrupted { .. }) => {
            eprintln!("{interrupted}");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
