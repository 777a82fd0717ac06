//! What the workers of a cluster have for the tasks that ask for resources.

use std::{collections::BTreeMap, fmt};

use graph_core::SourceLocation;
use serde::Deserialize;

/// How many workers an error names.
const NAMED: usize = 3;

/// A task needs resources that no worker has, or not so much of them: Dask would wait for such a worker for ever.
///
/// ```no_run
/// use graph_exec::{Error, cluster::{Cluster, ClusterError}, prelude::*};
///
/// #[delayed(remote, resource("gpu", 2))]
/// fn train(seed: u64) -> f64 {
///     seed as f64
/// }
///
/// let cluster = Cluster::connect("tcp://head:8786")?;
/// match cluster.compute(train(1)) {
///     Err(Error::Cluster(ClusterError::Resources(missing))) => {
///         let most = missing.workers.iter().filter_map(|worker| worker.resources.get("gpu"));
///         eprintln!("at most {:?} in one worker", most.copied().reduce(f64::max));
///     }
///     other => println!("{}", other?),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MissingResources {
    /// The task's name: function, and label if there is one.
    pub task: String,
    /// Where it was built.
    pub built_at: SourceLocation,
    /// (name of a resource, how much of it) one worker must have.
    pub needed: Vec<(String, u32)>,
    /// What the workers have.
    pub workers: Vec<WorkerResources>,
}

/// What a worker was started with: `dask worker … --resources "gpu=2"`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WorkerResources {
    /// Address of the worker.
    pub worker: String,
    /// Name of a resource → how much of it.
    pub resources: BTreeMap<String, f64>,
}

impl MissingResources {
    pub(super) fn new(
        (task, built_at): (String, SourceLocation),
        needed: Vec<(String, u32)>,
        workers: Vec<WorkerResources>,
    ) -> Self {
        MissingResources { task, built_at, needed, workers }
    }
}

impl fmt::Display for MissingResources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MissingResources { task, built_at, needed, workers } = self;
        let needs = |(name, amount): &(String, u32)| format!("{amount} of the resource `{name}`");
        let needs: Vec<_> = needed.iter().map(needs).collect();
        write!(f, "task `{task}`, built at {built_at}, needs {}, and ", needs.join(" and "))?;
        let offers: Vec<_> = workers.iter().filter_map(|worker| worker.offers_of(needed)).collect();
        match offers.split_at_checked(NAMED) {
            _ if offers.is_empty() => f.write_str("no worker has any"),
            Some((named, others)) if !others.is_empty() => {
                write!(f, "{}, and {} more have too little", named.join(", "), others.len())
            }
            _ => write!(f, "{}, which is too little", offers.join(", ")),
        }?;
        let option: Vec<_> =
            needed.iter().map(|(name, amount)| format!("{name}={amount}")).collect();
        write!(f, ": start a worker with `--resources \"{}\"`, or leave it out", option.join(" "))
    }
}

impl std::error::Error for MissingResources {}

impl WorkerResources {
    /// What the worker has of these; `None` when it has none of them.
    fn offers_of(&self, needed: &[(String, u32)]) -> Option<String> {
        let has = |(name, _): &(String, u32)| {
            self.resources.get(name).map(|amount| format!("{amount} of `{name}`"))
        };
        let has: Vec<_> = needed.iter().filter_map(has).collect();
        (!has.is_empty()).then(|| format!("{} has {}", self.worker, has.join(" and ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_says_what_is_needed_and_who_has_what() {
        let needed = vec![("gpu".to_owned(), 2), ("disk".to_owned(), 1)];
        let built_at = SourceLocation { file: "src/main.rs".into(), line: 3, column: 4 };
        let with = |workers: &[&[(&str, f64)]]| {
            let worker = |(index, has): (usize, &&[(&str, f64)])| WorkerResources {
                worker: format!("tcp://{index}"),
                resources: has.iter().map(|&(name, amount)| (name.to_owned(), amount)).collect(),
            };
            let workers = workers.iter().enumerate().map(worker).collect();
            let place = ("train".to_owned(), built_at.clone());
            MissingResources::new(place, needed.clone(), workers).to_string()
        };
        let begin = "task `train`, built at src/main.rs:3:4, needs 2 of the resource `gpu` and 1 of the resource \
                     `disk`, and ";
        let end = ": start a worker with `--resources \"gpu=2 disk=1\"`, or leave it out";
        assert_eq!(with(&[&[], &[("ram", 3.0)]]), format!("{begin}no worker has any{end}"));
        let few = with(&[&[("gpu", 1.0)], &[], &[("disk", 1.0), ("gpu", 0.5)]]);
        let has =
            "tcp://0 has 1 of `gpu`, tcp://2 has 0.5 of `gpu` and 1 of `disk`, which is too little";
        assert_eq!(few, format!("{begin}{has}{end}"));
        let one: &[_] = &[("gpu", 1.0)];
        let many = with(&[one; 5]);
        assert!(
            many.contains("tcp://2 has 1 of `gpu`, and 2 more have too little: start"),
            "{many}"
        );
    }
}
