//! `stock-convert`: stock prices from JSON lines to HDF5. See `stock-convert --help`.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use clap::Parser;
use stock_convert::{AppError, Arguments, run};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Not locked: a worker that has something to say would wait for the end of the run.
    match run(&arguments, &mut io::stdout(), &mut io::stderr()) {
        Ok(ending) => ending.into(),
        // As when the reader of a pipe (`| head`) has seen enough.
        Err(AppError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
