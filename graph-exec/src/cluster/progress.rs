//! The progress of a run on the cluster, shown as that of a run on this machine.

use std::{collections::HashMap, sync::Arc, time::Instant};

use graph_core::Function;

use super::submission::{Claims, Submission};
use crate::observe::progress::{Board, Ticker};

/// The progress of a run on stderr.
pub(super) struct Shown {
    board: Arc<Board>,
    functions: HashMap<&'static str, fn() -> Function>,
    workers: usize,
    /// Draws until it goes.
    _ticker: Ticker,
}

impl Shown {
    pub(super) fn new(
        claims: &Claims<'_>,
        submission: &Submission,
        begin: Instant,
        workers: usize,
    ) -> Self {
        let board = Arc::new(Board::new(begin, submission.tasks.len(), workers.max(1), None));
        let functions = submission.places.iter().map(|&place| claims.function(place));
        let functions = functions.map(|function| (function().name, function)).collect();
        let ticker = Ticker::start(Arc::clone(&board));
        Shown { board, functions, workers: workers.max(1), _ticker: ticker }
    }

    pub(super) fn update(&self, newly_settled: usize, running: &[(String, usize)]) {
        self.board.desk(0).settled(newly_settled);
        let busy = running.iter().filter_map(|(name, count)| {
            Some(std::iter::repeat_n(*self.functions.get(name.as_str())?, *count))
        });
        let mut busy = busy.flatten();
        for worker in 0..self.workers {
            let mut desk = self.board.desk(worker);
            match busy.next() {
                Some(function) => desk.begin(function),
                None => desk.pause(),
            }
        }
    }
}
