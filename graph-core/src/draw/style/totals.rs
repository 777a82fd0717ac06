//! What a run measured, added up per group.

use std::time::Duration;

use crate::draw::collapse::quotient::Quotient;
use crate::draw::measured::{Measured, MeasuredTask};
use crate::format;

/// What the tasks of a group did together.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    pub(super) time: Option<Duration>,
    pub(super) bytes: Option<u64>,
    /// The worker that ran all of them.
    pub(super) worker: Option<usize>,
    several_workers: bool,
}

/// Group → what its tasks did.
pub(super) fn per_group(quotient: &Quotient<'_>, measured: &Measured) -> Vec<Totals> {
    let mut totals = vec![Totals::default(); quotient.groups().len()];
    for (node, &group) in quotient.groups_of_tasks().iter().enumerate() {
        if let Some(task) = measured.get(node) {
            totals[group].add(task);
        }
    }
    totals
}

impl Totals {
    fn add(&mut self, task: &MeasuredTask) {
        self.time = Some(self.time.unwrap_or_default().saturating_add(task.duration));
        if let Some(bytes) = task.bytes {
            self.bytes = Some(self.bytes.unwrap_or(0).saturating_add(bytes));
        }
        if self.several_workers || task.worker.is_none() {
            return;
        }
        self.several_workers = self.worker.is_some() && self.worker != task.worker;
        self.worker = task.worker.filter(|_| !self.several_workers);
    }

    /// Lines for the hover text.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(time) = self.time {
            let place = match self.worker {
                Some(worker) => format!(" on worker {worker}"),
                None if self.several_workers => " on several workers".to_owned(),
                None => String::new(),
            };
            lines.push(format!("{}{place}", format::time(time)));
        }
        lines.extend(self.bytes.map(|bytes| format!("result {}", format::bytes(bytes))));
        lines
    }
}
