//! Graphs whose tasks have names, to write down structures as text.

use std::collections::HashMap;

use crate::shapes::Shape;
use crate::simulator::{Durations, peak};

/// A graph whose tasks have names.
pub(crate) struct Named {
    pub shape: Shape,
    index: HashMap<String, usize>,
}

impl Named {
    /// Reads `task: its dependencies` from each line or between semicolons; a task that is only
    /// named as a dependency needs nothing.
    pub(crate) fn new(text: &str) -> Self {
        let mut named = Named { shape: Shape::new(), index: HashMap::new() };
        for line in text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty()) {
            let (task, needed) = line.split_once(':').unwrap_or((line, ""));
            let task = named.task(task.trim());
            let needed = needed.split_whitespace().map(|name| named.task(name)).collect();
            named.shape.dependencies[task] = needed;
        }
        named
    }

    fn task(&mut self, name: &str) -> usize {
        *self.index.entry(name.to_owned()).or_insert_with(|| self.shape.task([]))
    }

    /// Calls `check` for every order of creation with a function that tells a task's place.
    pub(crate) fn for_each_order(&self, check: impl Fn(&dyn Fn(&str) -> usize)) {
        for sequence in self.shape.orders() {
            check(&|name| {
                let task = self.index[name];
                sequence.iter().position(|&other| other == task).unwrap()
            });
        }
    }

    pub(crate) fn pressure(&self) -> usize {
        pressure(&self.shape)
    }
}

/// Most results alive before a task starts, outputs not counted, over all orders of creation:
/// dask's `diagnostics`.
pub(crate) fn pressure(shape: &Shape) -> usize {
    // The strict count holds the running task as well.
    let strict = |sequence: &Vec<usize>| peak(shape, sequence, 1, Durations::Unit);
    shape.orders().iter().map(|sequence| strict(sequence).without_outputs - 1).max().unwrap()
}
