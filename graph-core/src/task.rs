//! One task: a header that every task has, and behind it, in the same piece of memory, a slot.
//!
//! ```text
//!  TaskRef ──► ┌ Header ───────────────────────────────────┬ Slot ──────────────────────┐
//!              │ vtable │ state word │ strong │ weak │ ... │ body  or  result  or error │
//!              └───────────────────────────────────────────┴────────────────────────────┘
//! ```
//!
//! The slot's type differs from task to task; the header's does not, so a graph of many types is
//! walked through pointers to headers. From the bottom up: `phase` says who may touch the slot,
//! `header` what can be done without the slot's type, `body` what a task keeps and does, `slot` what happens
//! in the typed slot (`slot/call` for each function, `slot/resume` for bodies that may come back), `release` how it is emptied, `task_ref` how a task is made, held and freed.

pub(crate) mod body;
pub(crate) mod execution;
pub(crate) mod failure;
pub(crate) mod function;
pub(crate) mod header;
pub(crate) mod location;
pub(crate) mod phase;
mod release;
#[cfg(feature = "remote")]
mod remote_slot;
mod slab;
pub(crate) mod slot;
pub(crate) mod state;
pub(crate) mod task_ref;
#[cfg(test)]
pub(crate) mod test_run;
