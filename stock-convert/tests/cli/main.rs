//! The program as its users meet it: files, messages and exit codes.

mod archives;
mod bad_input;
mod cluster;
mod columns;
mod commands;
mod documents;
#[path = "../../../graph-exec/tests/cluster/fleet.rs"]
#[expect(dead_code, reason = "the other crate needs all of it")]
mod fleet;
mod inputs;
mod interrupt;
mod kill;
mod larger_than_memory;
mod nothing_lost;
mod program;
mod read_options;
mod resume;
mod whole_runs;
