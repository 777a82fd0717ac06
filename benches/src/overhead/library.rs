//! The libraries by name.

use std::env;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::{
    overhead::{
        measure::Library,
        process::{Program, Unavailable},
    },
    peers,
};

/// Who is measured.
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

    /// The name used in tables.
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

    /// Whether the number of threads makes no difference, being always one.
    pub fn is_serial(self) -> bool {
        self == Who::OursSerial
    }

    /// Starts the library's threads where they outlive a run; `None` when it is written in another
    /// language and cannot be called from here.
    ///
    /// # Panics
    /// When the system refuses the threads.
    pub fn start(self, threads: usize) -> Option<Box<dyn Library>> {
        Some(match self {
            Who::Ours => Box::new(peers::ours::Engine::threads(threads)),
            Who::OursRecorded => Box::new(peers::ours::Engine::threads(threads).recorded()),
            Who::OursSerial => Box::new(peers::ours::Engine::serial()),
            Who::Rayon => Box::new(peers::rayon::Rayon::new(threads)),
            Who::Dagx => Box::new(peers::dagx::Dagx::new(threads)),
            Who::DagExec => Box::new(peers::dag_exec::DagExec::new(threads)),
            Who::Onetbb | Who::Dask => return None,
        })
    }

    /// The program that measures the library: for a library that can be called from here, the
    /// running executable, which must be `overhead`.
    ///
    /// # Errors
    /// When what the program needs is not installed.
    pub fn program(self) -> Result<Program, Unavailable> {
        match self {
            Who::Onetbb => peers::onetbb::program(),
            Who::Dask => peers::dask::program(),
            _ => {
                let itself = env::current_exe();
                let itself = itself.map_err(|error| Unavailable::new(error.to_string()))?;
                Ok(Program::new(itself, &["--row", "--who", self.name()]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overhead::shapes::Shape;

    #[test]
    fn everyone_computes_the_same() {
        for who in Who::ALL {
            let Some(library) = who.start(2) else { continue };
            for shape in Shape::ALL {
                for tasks in [4, 9, 10, 100, 150, 1001] {
                    let result = library.round(shape, tasks).result;
                    assert_eq!(result, shape.expected(tasks), "{who:?} {shape:?} {tasks}");
                }
            }
        }
    }

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
