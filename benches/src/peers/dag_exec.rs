//! dag_exec: nodes of one type, named by keys, on threads that each run starts anew.

use std::{convert::Infallible, fmt, sync::Arc};

use dag_exec::{DagBuilder, Executor, ExecutorConfig};

use crate::overhead::{
    library::{Library, Round},
    shapes::{Build, Shape, step},
};

/// How many tasks may wait at each worker.
const QUEUE: usize = 1024;

/// dag_exec's parallel executor; starting its threads is part of every run.
pub struct DagExec {
    executor: Executor,
}

impl fmt::Debug for DagExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DagExec").finish_non_exhaustive()
    }
}

impl DagExec {
    /// Makes an executor with that many workers. Its default of two waiting tasks for each worker is
    /// meant for long tasks; longer queues wake the workers less often.
    pub fn new(threads: usize) -> Self {
        let config = ExecutorConfig {
            max_workers: threads,
            max_in_flight: threads * (QUEUE + 1),
            worker_queue_cap: QUEUE,
        };
        DagExec { executor: Executor::new(config) }
    }
}

impl Library for DagExec {
    fn round(&self, shape: Shape, tasks: usize) -> Round {
        Round::time(
            || {
                let mut nodes = Nodes { dag: DagBuilder::new(), count: 0 };
                let last = shape.build(&mut nodes, tasks);
                (nodes.dag.build().expect("every dependency is there"), last)
            },
            |(dag, last)| {
                let outputs = self.executor.run_parallel(&dag, [last]).expect("no task fails");
                (*outputs[&last], dag)
            },
        )
    }
}

/// The graph, whose keys are the numbers of the nodes.
struct Nodes {
    dag: DagBuilder<u32, u64, Infallible>,
    count: u32,
}

impl Nodes {
    fn task(
        &mut self,
        dependencies: Vec<u32>,
        function: impl Fn(&[Arc<u64>]) -> u64 + Send + Sync + 'static,
    ) -> u32 {
        let key = self.count;
        self.count += 1;
        let added = self.dag.add_task(key, dependencies, move |inputs| Ok(function(inputs)));
        added.expect("every key is new");
        key
    }
}

impl Build for Nodes {
    type Handle = u32;

    /// A task like the others: dag_exec has sources too, but those never reach a worker.
    fn leaf(&mut self, number: u64) -> u32 {
        self.task(Vec::new(), move |_| number)
    }

    fn step(&mut self, a: u32, number: u64) -> u32 {
        self.task(vec![a], move |inputs| step(*inputs[0], number))
    }

    fn add(&mut self, a: u32, b: u32) -> u32 {
        self.task(vec![a, b], |inputs| inputs[0].wrapping_add(*inputs[1]))
    }

    fn sum(&mut self, all: Vec<u32>) -> u32 {
        self.task(all, |inputs| inputs.iter().fold(0, |sum, number| sum.wrapping_add(**number)))
    }

    fn again(&mut self, a: &u32) -> u32 {
        *a
    }
}
