//! This project: its executor on several threads, and the serial one.

use graph_exec::{Finished, Outputs, prelude::*};

use crate::overhead::{
    library::{Library, Round},
    shapes::{self, Build, Shape},
};

/// This project's executor.
#[derive(Debug)]
pub struct Engine {
    executor: Executor,
    /// Whether each run makes a record, which is dropped in the measured time.
    recorded: bool,
}

impl Engine {
    /// Runs graphs on threads of its own.
    ///
    /// # Panics
    /// When the system refuses them.
    pub fn with_threads(threads: usize) -> Self {
        let executor = Executor::builder().threads(threads).build();
        Engine { executor: executor.expect("the system grants a few threads"), recorded: false }
    }

    /// Makes a record of each run.
    pub fn recorded(self) -> Self {
        Engine { recorded: true, ..self }
    }

    /// Runs graphs on the calling thread.
    pub fn serial() -> Self {
        Engine { executor: Executor::serial(), recorded: false }
    }
}

impl Library for Engine {
    fn round(&self, shape: Shape, tasks: usize) -> Round {
        Round::time(
            || shape.build(&mut Ours, tasks),
            |last| match last {
                Handle::Once(last) => (self.compute(last), None),
                Handle::Shared(last) => (*self.compute(&last), Some(last)),
            },
        )
    }
}

impl Engine {
    fn compute<H: Outputs>(&self, outputs: H) -> H::Values {
        let value = match self.recorded {
            true => self.executor.run(outputs).map(Finished::into_value),
            false => self.executor.compute(outputs),
        };
        value.expect("no task fails")
    }
}

/// Builds the shapes from this project's handles.
#[derive(Debug)]
pub struct Ours;

/// A handle of this project, of one of its two types.
#[derive(Debug)]
pub enum Handle {
    /// A result that is used once.
    Once(Delayed<u64>),
    /// A result that is used several times.
    Shared(Shared<u64>),
}

impl Build for Ours {
    type Handle = Handle;

    fn leaf(&mut self, number: u64) -> Handle {
        Handle::Once(leaf(number))
    }

    fn step(&mut self, a: Handle, number: u64) -> Handle {
        Handle::Once(match a {
            Handle::Once(a) => step(a, number),
            Handle::Shared(a) => step(a, number),
        })
    }

    fn add(&mut self, a: Handle, b: Handle) -> Handle {
        Handle::Once(match (a, b) {
            (Handle::Once(a), Handle::Once(b)) => add(a, b),
            (Handle::Once(a), Handle::Shared(b)) => add(a, b),
            (Handle::Shared(a), Handle::Once(b)) => add(a, b),
            (Handle::Shared(a), Handle::Shared(b)) => add(a, b),
        })
    }

    fn sum(&mut self, all: Vec<Handle>) -> Handle {
        let all = all.into_iter().map(|handle| match handle {
            Handle::Once(handle) => handle,
            Handle::Shared(_) => panic!("no shape sums up shared results"),
        });
        Handle::Once(sum(all.collect::<Vec<_>>()))
    }

    fn again(&mut self, a: &Handle) -> Handle {
        match a {
            Handle::Once(_) => panic!("a result that is used again was shared first"),
            Handle::Shared(a) => Handle::Shared(a.clone()),
        }
    }

    fn shared(&mut self, a: Handle) -> Handle {
        Handle::Shared(match a {
            Handle::Once(a) => a.shared(),
            Handle::Shared(a) => a,
        })
    }
}

#[delayed]
fn leaf(number: u64) -> u64 {
    number
}

#[delayed]
fn step(a: u64, number: u64) -> u64 {
    shapes::step(a, number)
}

#[delayed]
fn add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}

#[delayed]
fn sum(all: &[u64]) -> u64 {
    all.iter().fold(0, |sum: u64, number| sum.wrapping_add(*number))
}
