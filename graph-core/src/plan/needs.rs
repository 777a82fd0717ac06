//! What tasks need besides their inputs: resources, and room under the limit of their function.

#![expect(unsafe_code, reason = "it looks at tasks through a plan's pointers")]

use std::borrow::Cow;

use crate::{plan::Plan, task::phase::Phase};

/// What limits when a task may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// (name of a resource, how much of it), each name once.
    pub resources: Vec<(Cow<'static, str>, u32)>,
    /// `None` unless the function limits how many of its tasks run at once.
    pub at_most: Option<AtMost>,
}

/// The limit of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtMost {
    /// What tells functions apart: an address.
    pub function: usize,
    /// How many of its tasks may run at once.
    pub tasks: u32,
}

impl Plan {
    /// The tasks that need a resource, or whose function limits how many of them run at once, in ascending
    /// order.
    pub fn limited(&self) -> &[u32] {
        self.special.as_ref().map_or(&[], |special| &special.limited)
    }

    /// What the task needs besides its inputs: what its function says and, instead for the same resource,
    /// what was said of this task.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub unsafe fn needs(&self, index: u32) -> Needs {
        // SAFETY: promised by the caller.
        let header = unsafe { self.header(index) };
        let own =
            header.metadata().map(|metadata| metadata.resources.as_slice()).unwrap_or_default();
        let limits = header.vtable.limits;
        let of_function = limits.map(|limits| limits.resources).unwrap_or_default();
        let inherited = of_function
            .iter()
            .filter(|(name, _)| own.iter().all(|(other, _)| **other != **name))
            .map(|&(name, amount)| (Cow::Borrowed(name), amount));
        let own = own.iter().map(|(name, amount)| (Cow::Owned(name.to_string()), *amount));
        let at_most = limits.filter(|limits| limits.at_most > 0).map(|limits| AtMost {
            function: std::ptr::from_ref(limits).addr(),
            tasks: limits.at_most,
        });
        Needs { resources: inherited.chain(own).collect(), at_most }
    }

    /// Says whether the task has a result or an error, so that nothing of it will run.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub unsafe fn has_ended(&self, index: u32) -> bool {
        // SAFETY: promised by the caller.
        let phase = unsafe { self.header(index) }.state.phase();
        matches!(phase, Phase::Done | Phase::Failed | Phase::Taken)
    }

    /// Says whether the task declares how many bytes it needs.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub unsafe fn declares_bytes(&self, index: u32) -> bool {
        // SAFETY: promised by the caller.
        unsafe { self.header(index) }.vtable.reserve.is_some()
    }
}
