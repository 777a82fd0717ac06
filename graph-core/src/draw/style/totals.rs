//! The measurements of a run, added up per group.

use std::time::Duration;

use crate::draw::collapse::quotient::Quotient;
use crate::draw::measured::{Measured, MeasuredTask};
use crate::format;

/// The measurements of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    /// The sum of the times; `None` when no task was measured.
    pub(super) time: Option<Duration>,
    /// The sum of the sizes of results; `None` when none is known.
    pub(super) bytes: Option<u64>,
    /// The worker that ran the tasks; `None` when it is not known or there are several.
    pub(super) worker: Option<usize>,
    /// Whether different workers ran the tasks.
    several_workers: bool,
}

/// Returns group → its totals.
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

    /// Returns the lines for the tooltip.
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
