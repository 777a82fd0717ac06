//! The table of peers: this project and what it is compared with, one file each.

use std::env;

use crate::overhead::{
    library::{Library, Who},
    process::{Program, Unavailable},
};

pub mod dag_exec;
pub mod dagx;
pub mod dask;
pub mod onetbb;
pub mod ours;
pub mod rayon;

/// How a library is reached from Rust.
enum Peer {
    /// It is called; the function starts that many threads, where they outlive a run.
    Called(fn(usize) -> Box<dyn Library>),
    /// It is written in another language; the function finds or compiles a program that measures it.
    Program(fn() -> Result<Program, Unavailable>),
}

fn peer(who: Who) -> Peer {
    match who {
        Who::Ours => Peer::Called(|threads| Box::new(ours::Engine::with_threads(threads))),
        Who::OursRecorded => {
            Peer::Called(|threads| Box::new(ours::Engine::with_threads(threads).recorded()))
        }
        Who::OursSerial => Peer::Called(|_| Box::new(ours::Engine::serial())),
        Who::Rayon => Peer::Called(|threads| Box::new(rayon::Rayon::new(threads))),
        Who::Dagx => Peer::Called(|threads| Box::new(dagx::Dagx::new(threads))),
        Who::DagExec => Peer::Called(|threads| Box::new(dag_exec::DagExec::new(threads))),
        Who::Onetbb => Peer::Program(onetbb::program),
        Who::Dask => Peer::Program(dask::program),
    }
}

/// Starts the library's threads where they outlive a run; `None` when it is written in another
/// language and cannot be called from here.
///
/// # Panics
/// When the system refuses the threads.
pub fn start(who: Who, threads: usize) -> Option<Box<dyn Library>> {
    match peer(who) {
        Peer::Called(start) => Some(start(threads)),
        Peer::Program(_) => None,
    }
}

/// The program that measures the library: for a library that can be called from here, the
/// running executable, which must be `overhead`.
///
/// # Errors
/// When what the program needs is not installed.
pub fn program(who: Who) -> Result<Program, Unavailable> {
    match peer(who) {
        Peer::Called(_) => {
            let itself = env::current_exe();
            let itself = itself.map_err(|error| Unavailable::new(error.to_string()))?;
            Ok(Program::new(itself, &["--row", "--who", who.name()]))
        }
        Peer::Program(program) => program(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overhead::{
        row::{Measurement, Setting},
        shapes::Shape,
    };

    #[test]
    fn everyone_computes_the_same() {
        for who in Who::ALL {
            let Some(library) = start(who, 2) else { continue };
            for shape in Shape::ALL {
                for tasks in [4, 9, 10, 100, 150, 1001] {
                    let result = library.round(shape, tasks).result;
                    assert_eq!(result, shape.expected(tasks), "{who:?} {shape:?} {tasks}");
                }
            }
        }
    }

    #[test]
    fn programs_in_other_languages_compute_the_same() {
        for who in Who::ALL {
            let Peer::Program(program) = peer(who) else { continue };
            let program = match program() {
                Ok(program) => program,
                Err(unavailable) => {
                    eprintln!("SKIPPED: {}: {unavailable}", who.name());
                    continue;
                }
            };
            for shape in Shape::ALL {
                for size in [4, 101, 150] {
                    let setting = Setting { shape, size, threads: 2 };
                    let measurement = program.measure(&setting, 1).unwrap();
                    let measured = matches!(measurement, Measurement::Measured(_));
                    assert!(measured, "{who:?}: {measurement:?}");
                }
            }
        }
    }
}
