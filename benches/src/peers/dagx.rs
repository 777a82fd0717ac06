//! dagx: typed nodes that depend on up to eight others, run layer by layer on tokio.

use std::array;

use operese_dagx::{DagRunner, TaskHandle, task};
use tokio::runtime::{Builder, Runtime};

use crate::overhead::{
    library::{Library, Round},
    shapes::{Build, Shape, step},
};

/// dagx on tokio's workers, and on the calling thread, which only hands tasks to them.
#[derive(Debug)]
pub struct Dagx {
    runtime: Runtime,
}

impl Dagx {
    /// Starts the workers.
    ///
    /// # Panics
    /// When the system refuses them.
    pub fn new(threads: usize) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(threads).build();
        Dagx { runtime: runtime.expect("the system grants a few threads") }
    }
}

impl Library for Dagx {
    fn round(&self, shape: Shape, tasks: usize) -> Round {
        Round::time(
            || {
                let mut nodes = Nodes { dag: DagRunner::new(), handles: Vec::new() };
                let last = shape.build(&mut nodes, tasks);
                (nodes, last)
            },
            |(Nodes { dag, mut handles }, last)| {
                // As in its documentation.
                let run = dag.run(|task| async { tokio::spawn(task).await.unwrap() });
                let mut outputs = self.runtime.block_on(run).expect("no task fails");
                let result = outputs.get(handles.swap_remove(last));
                (result, (outputs, handles))
            },
        )
    }
}

/// The graph, and its handles by number, since they cannot be cloned and a grid needs each twice.
struct Nodes {
    dag: DagRunner,
    handles: Vec<TaskHandle<u64>>,
}

impl Nodes {
    fn keep(&mut self, handle: TaskHandle<u64>) -> usize {
        self.handles.push(handle);
        self.handles.len() - 1
    }
}

impl Build for Nodes {
    type Handle = usize;

    fn leaf(&mut self, number: u64) -> usize {
        let handle = self.dag.add_task(Leaf(number));
        self.keep(handle)
    }

    fn step(&mut self, a: usize, number: u64) -> usize {
        let handle = self.dag.add_task(Step(number)).depends_on(&self.handles[a]);
        self.keep(handle)
    }

    fn add(&mut self, a: usize, b: usize) -> usize {
        let handle = self.dag.add_task(Add).depends_on((&self.handles[a], &self.handles[b]));
        self.keep(handle)
    }

    /// A tree of sums of eight, since no node can depend on more. It has one inner node for every
    /// seven leaves, which the number of tasks in the table does not count.
    fn sum(&mut self, mut all: Vec<usize>) -> usize {
        while all.len() > 1 {
            let mut sums = Vec::with_capacity(all.len() / 8 + 1);
            let mut eights = all.chunks_exact(8);
            for eight in &mut eights {
                let [a, b, c, d, e, f, g, h] = array::from_fn(|n| &self.handles[eight[n]]);
                let handle = self.dag.add_task(AddEight).depends_on((a, b, c, d, e, f, g, h));
                sums.push(self.keep(handle));
            }
            let rest = eights.remainder().iter().copied();
            sums.extend(rest.reduce(|a, b| self.add(a, b)));
            all = sums;
        }
        all.pop().expect("a sum has a summand")
    }

    fn again(&mut self, a: &usize) -> usize {
        *a
    }
}

struct Leaf(u64);

#[task]
impl Leaf {
    fn run(&self) -> u64 {
        self.0
    }
}

struct Step(u64);

#[task]
impl Step {
    fn run(&self, a: &u64) -> u64 {
        step(*a, self.0)
    }
}

struct Add;

#[task]
impl Add {
    fn run(a: &u64, b: &u64) -> u64 {
        a.wrapping_add(*b)
    }
}

struct AddEight;

#[task]
impl AddEight {
    #[expect(clippy::too_many_arguments, reason = "the most that a task can have")]
    fn run(a: &u64, b: &u64, c: &u64, d: &u64, e: &u64, f: &u64, g: &u64, h: &u64) -> u64 {
        [a, b, c, d, e, f, g, h].into_iter().fold(0, |sum, number| sum.wrapping_add(*number))
    }
}
