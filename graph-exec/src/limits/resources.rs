//! The resources of an executor, and the limits of functions, which are resources too: one each, of which
//! every task of the function needs 1.
//!
//! A task takes all that it needs at once when a thread is about to run it, or nothing, and gives it back
//! when it has ended, failed or waits for tasks that it has made. So nothing is held by a task that waits for
//! more, and two tasks that need the same things in another order cannot wait for each other.
//!
//! ```text
//!             ┌─ all is free, and nobody waits longer ──► running ── ended ──┐
//!  ready ── asks                                                             │ given back
//!    ▲        └─ else ──► parked ◄──────── is the next called ───────────────┤
//!    └────────────────────── called ◄────────────────────────────────────────┘
//! ```
//!
//! **Who is next.** Of the tasks that wait for the same resource, the one with the higher priority, and among
//! equals the one that has waited longer: what wants all of a resource is not overtaken for ever by those who
//! want a little of it. One thing comes first: tasks of a graph that a running task computes inside overtake
//! those of other runs, since that task may hold what the others wait for.
//!
//! **Who waits for ever.** A running task may hold a resource and compute a graph that needs it. When the
//! tasks around that graph hold so much that it can never start, it is told at once; when several such tasks
//! wait for each other, a caller that waits notices it ([`circles`]).

mod circles;
pub(crate) mod current;
pub(crate) mod error;
pub(crate) mod limiter;
pub(crate) mod request;
pub(crate) mod requests;
pub(crate) mod run_limits;
pub(crate) mod state;
#[cfg(test)]
mod tests;
mod waiting;
