//! The libraries that are measured: their names, and what each must be able to do.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::overhead::shapes::Shape;

/// Who is measured; the table in [`peers`](crate::peers) says how each is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// This project, on the threads of an executor.
    Ours,
    /// The same, making a record of the run.
    OursRecorded,
    /// This project, on the calling thread.
    OursSerial,
    /// rayon without a graph.
    Rayon,
    /// `operese-dagx` on tokio.
    Dagx,
    /// `dag_exec` on threads of its own.
    #[value(name = "dag_exec")]
    #[serde(rename = "dag_exec")]
    DagExec,
    /// oneTBB's flow graph, in C++.
    Onetbb,
    /// Dask's `delayed`, in Python.
    Dask,
}

impl Who {
    /// All of them, ours first.
    pub const ALL: [Who; 8] = [
        Who::Ours,
        Who::OursRecorded,
        Who::OursSerial,
        Who::Rayon,
        Who::Dagx,
        Who::DagExec,
        Who::Onetbb,
        Who::Dask,
    ];

    /// The name used in tables and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Who::Ours => "ours",
            Who::OursRecorded => "ours-recorded",
            Who::OursSerial => "ours-serial",
            Who::Rayon => "rayon",
            Who::Dagx => "dagx",
            Who::DagExec => "dag_exec",
            Who::Onetbb => "onetbb",
            Who::Dask => "dask",
        }
    }

    /// Whether it always runs on one thread, whatever number is asked for.
    pub fn is_serial(self) -> bool {
        self == Who::OursSerial
    }
}

/// A library that builds and runs the shapes, its threads already started.
pub trait Library {
    /// Builds the graph, runs it and drops what is left of it.
    fn round(&self, shape: Shape, tasks: usize) -> Round;
}

/// The result of one round, and the time that its three parts took.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// The last node's result.
    pub result: u64,
    /// Time to build the graph.
    pub build: Duration,
    /// Time from the graph to the result; includes dropping what the run consumes.
    pub run: Duration,
    /// Time to drop what the run left behind.
    pub drop: Duration,
}

impl Round {
    /// Times `build`, then `run`, then the drop of what `run` returns beside the result.
    pub fn time<G, L>(build: impl FnOnce() -> G, run: impl FnOnce(G) -> (u64, L)) -> Round {
        let started = Instant::now();
        let graph = black_box(build());
        let built = Instant::now();
        let (result, left) = black_box(run(graph));
        let ran = Instant::now();
        drop(left);
        Round { result, build: built - started, run: ran - built, drop: ran.elapsed() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_command_line_are_those_of_the_table() {
        for who in Who::ALL {
            assert_eq!(Who::from_str(who.name(), false), Ok(who));
            assert_eq!(serde_json::to_value(who).unwrap(), who.name());
        }
        for shape in Shape::ALL {
            assert_eq!(Shape::from_str(shape.name(), false), Ok(shape));
            assert_eq!(serde_json::to_value(shape).unwrap(), shape.name());
        }
    }
}
