//! The program as its users meet it: files, messages and exit codes.

mod archives;
mod bad_input;
mod kill;
mod program;
mod reading;
mod whole_runs;
