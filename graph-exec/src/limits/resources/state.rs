//! What is free, who holds the rest, and who waits: plain data behind the lock of a limiter.

use std::{collections::HashMap, sync::Weak};

use graph_core::{__run::Signature, Function, SourceLocation};

use super::{
    request::Request,
    waiting::{Place, WaitingList},
};
use crate::{
    error::WantedResource,
    limits::unpark::{Unpark, WaitsFor},
    observe::observer::named,
    run::{failures::Reason, nesting::Nesting},
};

/// What a limiter knows.
#[derive(Default)]
pub(super) struct State {
    pub(super) resources: Vec<Resource>,
    /// Number of a hold → who has it.
    pub(super) holders: HashMap<u64, Holder>,
    pub(super) waiting: WaitingList,
    pub(super) holds: u64,
}

/// Something of which there is so much.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) name: ResourceName,
    pub(super) capacity: u32,
    pub(super) free: u32,
}

/// What a resource is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResourceName {
    /// The executor has declared it.
    Declared(String),
    /// The limit of a function: its path, and what tells functions apart.
    AtMost(String, usize),
}

impl ResourceName {
    /// The name alone.
    pub(crate) fn into_name(self) -> String {
        match self {
            ResourceName::Declared(name) | ResourceName::AtMost(name, _) => name,
        }
    }
}

/// A task that has what it needs.
pub(super) struct Holder {
    /// Its creation number.
    pub(super) number: u64,
    pub(super) signature: Signature,
    pub(super) request: Request,
}

/// Why a task would wait for ever.
#[derive(Debug, Clone)]
pub(crate) struct Circle {
    /// What it needs.
    pub(crate) resource: ResourceName,
    /// The task that holds it, and waits for the one that needs it.
    pub(crate) holder: String,
    pub(crate) holder_built_at: SourceLocation,
}

impl Circle {
    /// Why the task with this name and place fails.
    pub(crate) fn into_reason(self, (task, built_at): (String, SourceLocation)) -> Reason {
        let wants = WantedResource::new(self.resource.into_name(), task, built_at);
        Reason::WouldDeadlock {
            task: self.holder,
            built_at: self.holder_built_at,
            wants: Some(Box::new(wants)),
        }
    }
}

impl State {
    /// Index → the name of a declared resource; `None` for the limit of a function.
    pub(super) fn declared(&self) -> impl Iterator<Item = Option<&str>> {
        self.resources.iter().map(|one| match &one.name {
            ResourceName::Declared(name) => Some(name.as_str()),
            ResourceName::AtMost(..) => None,
        })
    }

    /// Sees to it that there is so much of a declared resource at least.
    pub(super) fn provide(&mut self, name: &str, amount: u32) {
        let name = ResourceName::Declared(name.to_owned());
        match self.resources.iter_mut().find(|one| one.name == name) {
            Some(one) => {
                let more = amount.saturating_sub(one.capacity);
                one.capacity += more;
                one.free += more;
            }
            None => self.resources.push(Resource { name, capacity: amount, free: amount }),
        }
    }

    /// The index of a function's limit.
    pub(super) fn function(
        &mut self,
        address: usize,
        tasks: u32,
        function: fn() -> Function,
    ) -> usize {
        let is_it =
            |one: &Resource| matches!(one.name, ResourceName::AtMost(_, other) if other == address);
        self.resources.iter().position(is_it).unwrap_or_else(|| {
            let name = ResourceName::AtMost(function().path(), address);
            self.resources.push(Resource { name, capacity: tasks, free: tasks });
            self.resources.len() - 1
        })
    }

    pub(super) fn free(&self) -> Vec<u32> {
        self.resources.iter().map(|one| one.free).collect()
    }

    /// Says whether a task that waits fits, and need not wait for those before it.
    pub(super) fn may_overtake(&mut self, place: Place, request: &Request) -> bool {
        let fits = request.iter().all(|need| self.resources[need.resource].free >= need.amount);
        fits && self.waiting.get_mut(place).is_some_and(|waiting| waiting.may_overtake)
    }

    /// Lets a task have what it needs, which is free. Returns the number of the hold.
    pub(super) fn take(&mut self, holder: Holder) -> u64 {
        for need in &*holder.request {
            self.resources[need.resource].free -= need.amount;
        }
        self.holds += 1;
        self.holders.insert(self.holds, holder);
        self.holds
    }

    /// Why a task can never start: the tasks that wait for it hold too much of something. One that is
    /// `doomed` can never start in any case, whoever holds what it needs.
    pub(super) fn circle(
        &self,
        request: &Request,
        nesting: &Nesting,
        is_doomed: bool,
    ) -> Option<Circle> {
        if !nesting.is_nested() && !is_doomed {
            return None;
        }
        let around: Vec<u64> = nesting.waiting_tasks().collect();
        let mut holders: Vec<_> = self.holders.iter().collect();
        holders.sort_unstable_by_key(|&(hold, _)| hold);
        let find = |only_around: bool| {
            request.iter().find_map(|need| {
                let holds = |holder: &Holder| {
                    let of_this =
                        holder.request.iter().filter(|held| held.resource == need.resource);
                    of_this.map(|held| held.amount).sum::<u32>()
                };
                let counts = |holder: &Holder| !only_around || around.contains(&holder.number);
                let held: u32 = holders
                    .iter()
                    .filter(|(_, holder)| counts(holder))
                    .map(|(_, holder)| holds(holder))
                    .sum();
                let resource = &self.resources[need.resource];
                if resource.capacity - held >= need.amount {
                    return None;
                }
                let (_, holder) = holders.iter().find(|(_, one)| counts(one) && holds(one) > 0)?;
                Some(Circle {
                    resource: resource.name.clone(),
                    holder: holder.name(),
                    holder_built_at: holder.signature.built_at(),
                })
            })
        };
        find(true).or_else(|| if is_doomed { find(false) } else { None })
    }

    /// Calls those who can start now.
    pub(super) fn call(&mut self) -> Calls {
        if self.waiting.is_empty() {
            return Calls::default();
        }
        let free = self.free();
        Calls(self.waiting.call(free))
    }
}

impl Holder {
    /// `function (label)`, as people read it.
    fn name(&self) -> String {
        named((self.signature.function)(), self.signature.label.as_deref())
    }
}

/// Tasks to go back to their runs, once the lock is released.
#[must_use]
#[derive(Default)]
pub(super) struct Calls(pub(super) Vec<(Weak<dyn Unpark>, u32)>);

impl Calls {
    pub(super) fn make(self) {
        for (run, task) in self.0 {
            if let Some(run) = run.upgrade() {
                run.unpark(&[task], WaitsFor::Resource);
            }
        }
    }
}
