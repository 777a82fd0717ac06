//! Running a plan's tasks in another process: each is claimed, described as a call of a function by
//! name, and settled with the bytes that come back.

#![expect(unsafe_code, reason = "it follows pointers to tasks whose handles the run holds")]

use std::{any::TypeId, borrow::Cow};

use crate::{
    plan::{
        Plan,
        claim::{Claimed, Ran, ended},
        needs::Needs,
    },
    remote::{
        error::NotEncodable,
        kind::RemoteKind,
        registry::{self, PART},
        template::{Piece, Template},
    },
    task::{execution::attempts::AttemptSettings, failure::Cause, phase::Phase},
};

/// What another process needs to know to run a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteCall {
    /// The function to call; `None` when the arguments themselves are the result.
    pub function: Option<&'static str>,
    /// The encoded arguments, with a hole for the result of each of the task's dependencies.
    pub arguments: Vec<Piece>,
    /// How the task is tried.
    pub attempts: AttemptSettings,
    /// (name of a resource, how much of it), each name once.
    pub resources: Vec<(Cow<'static, str>, u32)>,
}

/// Why a task cannot run in another process.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its function has no `remote`.
    #[error("its function is not known by name elsewhere: write `#[delayed(remote)]` above it")]
    Unregistered,
    /// It runs a closure.
    #[error(
        "it runs a closure, which exists in this process alone: write a function with \
         `#[delayed(remote)]` instead"
    )]
    Closure,
    /// It makes tasks while it runs.
    #[error(
        "it makes tasks while it runs, which exist in this process alone: write a function with \
         `#[delayed(remote)]` that does the work of those tasks itself"
    )]
    Dynamic,
    /// It waits for a future.
    #[error(
        "it waits for a future, which its runtime has in this process alone: write a function with \
         `#[delayed(remote)]` that has a runtime of its own, or compute this task first and share its result"
    )]
    Future,
    /// It was built with `defer!`.
    #[error(
        "`defer!` calls a function that is not known by name elsewhere: write one with \
         `#[delayed(remote)]` that calls it"
    )]
    Deferred,
    /// It is an operator on a type of the user's.
    #[error(
        "its operator is built in for numbers, `bool` and `Duration`, not for `{0}`: write a \
         function with `#[delayed(remote)]` instead"
    )]
    Operator(&'static str),
    /// Its result cannot come back.
    #[error(
        "its result, a `{0}`, cannot be read here: no function with `remote` takes or gives one, \
         nor is it built in"
    )]
    Result(&'static str),
    /// It waits between its attempts.
    #[error(
        "its `backoff` cannot be honoured there, where a failed task is tried again at once: call a \
         function without it, with `retries` alone"
    )]
    Backoff,
    /// A function says after which errors it is tried again.
    #[error(
        "its `retry_if` cannot be honoured there, where a task is tried again after every failure: call \
         a function without it, which tries again by itself"
    )]
    RetryIf,
    /// A part of a tuple or an array cannot be told from the next.
    #[error(
        "a part of the tuple or array is a `{0}`, which no function with `remote` takes or gives, \
         nor is it built in"
    )]
    Part(&'static str),
    /// It needs nothing of a resource.
    #[error(
        "it needs 0 of the resource `{0}`: say how much it needs, from 1 on, or leave \
         `.resource(\"{0}\", 0)` out"
    )]
    NoAmount(String),
    /// Its function limits how many of its tasks run at once.
    #[error(
        "its function says `at_most = {0}`, which holds on one machine, and not on a cluster: say \
         `resource(…)` instead, of something that only so many workers have"
    )]
    AtMost(u32),
    /// Its arguments cannot be encoded.
    #[error(transparent)]
    Arguments(#[from] NotEncodable),
}

impl Plan {
    /// Claims a task to run it in another process, whether or not its dependencies have ended.
    ///
    /// # Safety
    /// The handles that the plan was made from still exist, and no task of the plan was started.
    /// After `Now` follows [`give_back`](Plan::give_back) or [`settle`](Plan::settle); after `Busy`
    /// this may be called again.
    pub unsafe fn claim_to_submit(&self, index: u32) -> Claimed {
        // SAFETY: no task of the plan was started, so what holds this one still does; a claim uses
        // no dependency, and the task is not run here.
        unsafe { self.claim(index) }
    }

    /// Gives a claimed task back, as if it had not been claimed. Returns whether another run must
    /// be told to claim it again.
    ///
    /// # Safety
    /// [`claim_to_submit`](Plan::claim_to_submit) returned `Now` for this index, nothing ended that
    /// claim since, and no dependent of the task was [settled](Plan::settle), unless another handle
    /// holds the task.
    pub unsafe fn give_back(&self, index: u32) -> bool {
        // SAFETY: what holds a claimed task does so until the claim ends.
        self.publish(index, unsafe { self.header(index) }, Phase::Waiting)
    }

    /// Describes a claimed task, and leaves it as it is.
    ///
    /// # Errors
    /// Why the task can run in this process alone.
    ///
    /// # Safety
    /// As for [`give_back`](Plan::give_back).
    pub unsafe fn remote_call(&self, index: u32) -> Result<RemoteCall, Refused> {
        let mut needed = Vec::new();
        if self.limited().binary_search(&index).is_ok() {
            // SAFETY: as in `give_back`.
            let Needs { resources, at_most } = unsafe { self.needs(index) };
            if let Some(at_most) = at_most {
                return Err(Refused::AtMost(at_most.tasks));
            }
            if let Some((name, _)) = resources.iter().find(|&&(_, amount)| amount == 0) {
                return Err(Refused::NoAmount(name.to_string()));
            }
            needed = resources;
        }
        // SAFETY: as in `give_back`.
        let task = &unsafe { self.header(index) }.vtable.remote;
        let mut template = Template::default();
        let function = match task.kind {
            RemoteKind::Unregistered => return Err(Refused::Unregistered),
            RemoteKind::Closure => return Err(Refused::Closure),
            RemoteKind::Dynamic => return Err(Refused::Dynamic),
            RemoteKind::Future => return Err(Refused::Future),
            RemoteKind::Deferred => return Err(Refused::Deferred),
            RemoteKind::Registered(name) => Some(name),
            RemoteKind::Operator(name) => {
                let value_type: TypeId = (task.value_type)();
                let refused = || Refused::Operator((task.value_type_name)());
                Some(registry::operator(name, value_type).ok_or_else(refused)?)
            }
            RemoteKind::Nothing => None,
            RemoteKind::Part { skipped, kept } => {
                template.length(skipped.len());
                for name in skipped.iter().chain([&kept]) {
                    let name = name();
                    if !registry::knows_type(name) {
                        return Err(Refused::Part(name));
                    }
                    template.constant(&name);
                }
                Some(PART)
            }
        };
        // SAFETY: the task is claimed, so its body is there and this thread's alone.
        let attempts = unsafe {
            (task.describe)(self.pointer(index), &mut template);
            self.pointer(index).attempts()
        };
        if attempts.backoff.is_some() {
            return Err(Refused::Backoff);
        }
        if attempts.has_retry_if {
            return Err(Refused::RetryIf);
        }
        Ok(RemoteCall { function, arguments: template.finish()?, attempts, resources: needed })
    }

    /// Says whether the result of an output can be read in this process.
    ///
    /// # Errors
    /// [`Refused::Result`] when it cannot.
    ///
    /// # Safety
    /// As for [`number`](Plan::number).
    pub unsafe fn check_return(&self, index: u32) -> Result<(), Refused> {
        // SAFETY: promised by the caller.
        let task = &unsafe { self.header(index) }.vtable.remote;
        let refused = || Refused::Result((task.value_type_name)());
        (task.can_return)().then_some(()).ok_or_else(refused)
    }

    /// Encodes the result of a task that has ended.
    ///
    /// # Errors
    /// Its type does not travel, or serde cannot write it.
    ///
    /// # Safety
    /// The task has ended `Done`, and its dependents in this plan, or an output's handle, hold it;
    /// those dependents are claimed by the caller.
    pub unsafe fn encoded_result(&self, index: u32) -> Result<Vec<u8>, NotEncodable> {
        let task = self.pointer(index);
        // SAFETY: held, as promised by the caller; nobody else can run a claimed dependent, so
        // nobody takes the result.
        unsafe { (task.header().vtable.remote.encode_result)(task) }
    }

    /// Ends a claimed task with its encoded result, or with the cause of its failure.
    ///
    /// The task drops its inputs, so tasks that only it has held are freed: give those back before.
    ///
    /// # Safety
    /// As for [`give_back`](Plan::give_back).
    pub unsafe fn settle(&self, index: u32, outcome: Result<&[u8], Cause>) -> Ran {
        let task = self.pointer(index);
        // SAFETY: as in `give_back`.
        let header = unsafe { self.header(index) };
        // SAFETY: the task is claimed.
        let phase = unsafe { (header.vtable.remote.settle)(task, outcome) };
        Ran { ended: ended(phase), awaited: self.publish(index, header, phase) }
    }
}
