//! The program as its users meet it: files, messages and exit codes.

mod archives;
mod bad_input;
mod commands;
mod interrupt;
mod kill;
mod larger_than_memory;
mod nothing_lost;
mod program;
mod reading;
mod resume;
mod whole_runs;
