//! The program: what its command line may say, and what each command does.

pub(crate) mod arguments;
mod convert;
pub(crate) mod diagnostics;
pub(crate) mod exit;
mod info;
pub(crate) mod interrupt;
mod printable;
mod summary;
mod verify;

use std::io::Write;

use clap::CommandFactory;
use graph_exec::CancelToken;

use self::arguments::{Arguments, Command};
use self::convert::convert_inputs;
use self::exit::{AppError, ExitStatus};
use self::info::info;
use self::printable::Printable;
use self::verify::verify;

/// Does what the command line asks for. The summary goes to `out`, warnings and errors to `err`.
///
/// Once `cancel` is cancelled, no further task begins; those that run still end, and outputs that are
/// not complete are removed.
///
/// # Errors
/// What keeps the run from starting, or ends it as a whole. An input that cannot be converted is no
/// error here, but [`ExitStatus::SomeFailed`].
pub fn run(
    arguments: &Arguments,
    cancel: &CancelToken,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitStatus, AppError> {
    let (out, err) = (&mut Printable(out), &mut Printable(err));
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
