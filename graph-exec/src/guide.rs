//! Longer pages than an item's own documentation can be.
//!
//! Start with the [front page](crate) and the documentation of [`#[delayed]`](macro@crate::delayed),
//! which says what a function may take and return, and what the options are. Beyond that:
//!
//! - [Running](running): which threads run tasks, how many at once, whose turn it is, rayon inside tasks.
//! - [In the background](background): spawn, `.await`, results as they end, time limits, defaults.
//! - [Many handles at once](gathering): containers, tuples and structs of handles, sums, trees, batches.
//! - [Graphs that grow while they run](dynamic): loops, fan-outs of unknown width, recursion.
//! - [Mistakes](mistakes): what the compiler says, what it means, and what to write instead.
//! - [Records](records): was it faster, what limited it, and why did it fail?
//! - [Pictures](crate::pictures): formats, options, and how good the drawings are.
#![cfg_attr(
    feature = "cluster",
    doc = "- [Clusters](crate::cluster): the same graph on [Dask](https://distributed.dask.org), from \
           what it needs to what can go wrong."
)]

pub mod background;
pub mod dynamic;
pub mod gathering;
pub mod mistakes;
pub mod records;
pub mod running;
