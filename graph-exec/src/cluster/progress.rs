//! Shows the progress of a run on the cluster, as that of a run on this machine is shown.

use std::{collections::HashMap, sync::Arc, time::Instant};

use graph_core::Function;

use super::submission::{Claims, Submission};
use crate::observe::progress::{Progress, thread::ProgressThread};

/// The progress of a run on the cluster, shown on stderr until it is dropped.
pub(super) struct RemoteProgress {
    progress: Arc<Progress>,
    /// Name → function.
    functions: HashMap<&'static str, fn() -> Function>,
    workers: usize,
    _thread: ProgressThread,
}

impl RemoteProgress {
    pub(super) fn new(
        claims: &Claims<'_>,
        submission: &Submission,
        begin: Instant,
        workers: usize,
    ) -> Self {
        let progress = Arc::new(Progress::new(begin, submission.tasks.len(), workers.max(1), None));
        let functions = submission.places.iter().map(|&place| claims.function(place));
        let functions = functions.map(|function| (function().name, function)).collect();
        let thread = ProgressThread::start(Arc::clone(&progress));
        RemoteProgress { progress, functions, workers: workers.max(1), _thread: thread }
    }

    /// Shows that more tasks are settled, and how many tasks of each function run.
    pub(super) fn update(&self, newly_settled: usize, running: &[(String, usize)]) {
        self.progress.worker(0).settled(newly_settled);
        let busy = running.iter().filter_map(|(name, count)| {
            Some(std::iter::repeat_n(*self.functions.get(name.as_str())?, *count))
        });
        let mut busy = busy.flatten();
        for worker in 0..self.workers {
            let mut state = self.progress.worker(worker);
            match busy.next() {
                Some(function) => state.begin(function),
                None => state.pause(),
            }
        }
    }
}
