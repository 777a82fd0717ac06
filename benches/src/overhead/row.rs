//! One row of the table, as a line of text or of JSON.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::overhead::{library::Who, shapes::Shape};

/// What a library is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The shape of the graph.
    pub shape: Shape,
    /// About how many nodes; [`Shape::tasks`] says how many exactly.
    pub size: usize,
    /// The number of workers.
    pub threads: usize,
}

/// What was asked for in a row, as the row says it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Key {
    /// The library.
    pub who: Who,
    /// The shape of the graph.
    pub shape: Shape,
    /// The number of nodes that the shape has.
    pub tasks: usize,
    /// The number of workers.
    pub threads: usize,
}

impl Key {
    /// The key of a library in a setting.
    pub fn new(who: Who, setting: &Setting) -> Self {
        let Setting { shape, size, threads } = *setting;
        Key { who, shape, tasks: shape.tasks(size), threads }
    }
}

/// What a task costs: medians of several rounds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Cost {
    /// Nanoseconds per task to build the graph.
    pub build_ns: f64,
    /// Nanoseconds per task to run it, including the drop of what the run consumes.
    pub run_ns: f64,
    /// Nanoseconds per task to drop what the run leaves behind.
    pub drop_ns: f64,
    /// Bytes per task by which the process has grown at its peak.
    pub bytes_per_task: f64,
    /// Number of rounds that the medians are taken from.
    pub rounds: usize,
}

impl Cost {
    /// Nanoseconds per task to build, run and drop the graph.
    pub fn total_ns(&self) -> f64 {
        self.build_ns + self.run_ns + self.drop_ns
    }
}

/// The result of measuring a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Measurement {
    /// It was measured.
    Measured(Cost),
    /// It was stopped before its end.
    Stopped {
        /// Why.
        stopped: String,
    },
    /// It was not tried.
    Skipped {
        /// Why.
        skipped: String,
    },
}

impl Measurement {
    /// A row that was stopped, for this reason.
    pub fn stopped(reason: impl fmt::Display) -> Self {
        Measurement::Stopped { stopped: reason.to_string() }
    }

    /// A row that was not tried, for this reason.
    pub fn skipped(reason: impl fmt::Display) -> Self {
        Measurement::Skipped { skipped: reason.to_string() }
    }
}

/// One row; its [`Display`](fmt::Display) is aligned under [`Row::HEADER`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// What was asked for.
    #[serde(flatten)]
    pub key: Key,
    /// The result, or why there is none.
    #[serde(flatten)]
    pub measurement: Measurement,
}

impl Row {
    /// What the columns of the table mean, and their names.
    pub const HEADER: &str = "\
# Nanoseconds and bytes per task; medians. `run` includes dropping what the run consumes: for
# ours and dagx that is the graph, so `drop` is only the last handle or the store of outputs;
# for dag_exec and onetbb `drop` is the whole graph. rayon has no graph at all: the same work by
# hand. dagx takes 8 dependencies at most: its `independent` has 1/7 more nodes than are counted
# here. onetbb has the faster of its two policies, and its edges carry no values; dask is in Python.
who           shape          tasks threads    build      run     drop    total    bytes rounds";
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Key { who, shape, tasks, threads } = self.key;
        write!(f, "{:13} {:11} {tasks:8} {threads:7} ", who.name(), shape.name())?;
        match &self.measurement {
            Measurement::Measured(cost) => write!(
                f,
                "{:8.1} {:8.1} {:8.1} {:8.1} {:8.1} {:6}",
                cost.build_ns,
                cost.run_ns,
                cost.drop_ns,
                cost.total_ns(),
                cost.bytes_per_task,
                cost.rounds
            ),
            Measurement::Stopped { stopped } => write!(f, "stopped: {stopped}"),
            Measurement::Skipped { skipped } => write!(f, "skipped: {skipped}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_survives_its_own_json() {
        let key = Key { who: Who::DagExec, shape: Shape::Chain, tasks: 10, threads: 2 };
        let json =
            serde_json::to_string(&Row { key, measurement: Measurement::stopped("slow") }).unwrap();
        let start = r#"{"who":"dag_exec","shape":"chain","tasks":10,"threads":2,"#;
        assert_eq!(json, format!("{start}\"stopped\":\"slow\"}}"));
        let row: Row = serde_json::from_str(&json).unwrap();
        assert!(matches!(row.measurement, Measurement::Stopped { .. }));

        let json =
            serde_json::to_string(&Row { key, measurement: Measurement::skipped("gone") }).unwrap();
        assert_eq!(json, format!("{start}\"skipped\":\"gone\"}}"));
        let row: Row = serde_json::from_str(&json).unwrap();
        assert!(matches!(row.measurement, Measurement::Skipped { .. }));
    }
}
