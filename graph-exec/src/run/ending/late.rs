//! Which task went on longest after the time of its run was up.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::time::Duration;

use graph_core::__run::Signature;

use crate::{error::LateTask, observe::observer::named, run::Run, sync::lock};

/// A task that ends so long after the time was up is named in the error.
const NOTICEABLE: Duration = Duration::from_millis(100);

/// The task that a thread is inside. Noting it allocates nothing but, once, room for the longest label.
#[derive(Default)]
pub(crate) struct CurrentTask {
    /// Its function, and who built it, without the label; `None` when nothing is noted.
    signature: Option<Signature>,
    has_label: bool,
    /// Its label, when it has one.
    label: String,
}

impl Run {
    /// Says whether the run has a time limit, so that tasks are to be noted for [`note_late`](Run::note_late).
    pub(crate) fn has_time_limit(&self) -> bool {
        self.nesting.time_limit().is_some()
    }

    /// Notes who a ready task is that is about to run, for [`note_late`](Run::note_late): then it may be gone.
    #[inline(never)]
    pub(crate) fn note_current(&self, task: u32, current: &mut CurrentTask) {
        let place = self.place(task);
        let plan = self.plan_of(&place);
        // SAFETY: a ready task has not ended in this plan, and the handles exist (`Run::new`).
        unsafe {
            let (function, caller) = (plan.function(place.index), plan.caller(place.index));
            current.signature = Some(Signature { function, caller, label: None });
            let label = plan.label(place.index);
            current.has_label = label.is_some();
            if let Some(label) = label {
                current.label.clear();
                current.label.push_str(label);
            }
        }
    }

    /// Notes a task that has ended, if the time was up long before.
    #[cold]
    pub(crate) fn note_late(&self, current: &mut CurrentTask) {
        let Some(signature) = current.signature.take() else { return };
        let label = current.has_label.then_some(&*current.label);
        let reached = self.nesting.time_limit_reached();
        let Some(by) = reached.map(|limit| limit.deadline.elapsed()) else { return };
        let mut late = lock(&self.late);
        if by >= NOTICEABLE && late.as_ref().is_none_or(|late| late.by < by) {
            let task = named((signature.function)(), label);
            let built_at = signature.built_at();
            *late = Some(Box::new(LateTask { task, built_at, by }));
        }
    }

    /// Takes out the task that went on longest after the time of the run was up; `None` when none did.
    pub(crate) fn take_late(&self) -> Option<Box<LateTask>> {
        self.has_time_limit().then(|| lock(&self.late).take()).flatten()
    }
}
