//! The command line: what it may say, and what each command does.

pub(crate) mod arguments;
mod convert;
pub(crate) mod diagnostics;
pub(crate) mod exit;
mod info;
pub(crate) mod interrupt;
mod size;
pub mod summary;
mod verify;

use std::io::Write;

use clap::CommandFactory;
use graph_exec::CancelToken;

use self::arguments::{Arguments, Command};
use self::convert::convert_inputs;
use self::exit::{AppError, ExitStatus};
use self::info::info;
use self::verify::verify;
/// Does what the command line asks for, until `cancel` is cancelled: then the tasks that run still end,
/// nothing new begins, and files that are not whole are given up. The summary goes to `out`, what went wrong to `err`.
///
/// # Errors
/// Where nothing could be done at all; an input that fails is no such error.
pub fn run(
    arguments: &Arguments,
    cancel: &CancelToken,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitStatus, AppError> {
    match &arguments.command {
        None => convert_inputs(arguments, cancel, out, err),
        Some(Command::Info(arguments)) => info(arguments, out, err),
        Some(Command::Verify(arguments)) => verify(arguments, out, err),
        Some(Command::Completions { shell }) => {
            let mut command = Arguments::command();
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut command, "stock-convert", &mut script);
            out.write_all(&script)?;
            Ok(ExitStatus::Done)
        }
    }
}
