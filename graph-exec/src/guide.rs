//! Longer pages than an item's own documentation can be.
//!
//! The documentation of [`#[delayed]`](macro@crate::delayed) says what a function may take and return, and what
//! the options are; the [front page](crate) has a map of all items. The pages here are in reading order; whoever
//! is in a hurry reads the first one and the cookbook:
//!
//! - [A first graph](first_graph): from an empty folder to a result and a picture.
//! - [Sharing](sharing): `Delayed` or `Shared`, who may use a result how often, and when it is freed.
//! - [Many handles at once](gathering): containers, tuples and structs of handles, sums, trees, batches.
//! - [Errors](errors): what stops, what goes on, the error's own type, retries, cancelling.
//! - [Cookbook](cookbook): short programs for what is wanted often.
//! - [Running](running): which threads run tasks, how many at once, whose turn it is, rayon inside tasks.
//! - [Performance](performance): when a graph pays, what a task costs, and how to read the verdict.
//! - [Memory](memory): sizes, limits, inputs larger than memory.
//! - [Limits](limits): resources that tasks share, functions of which few run at once.
//! - [In the background](background): spawn, `.await`, results as they end, time limits, defaults.
//! - [Services](services): a run for each request, clients that go away, 404 and 503, async functions as tasks.
//! - [Graphs that grow while they run](dynamic): loops, fan-outs of unknown width, recursion.
//! - [Records](records): was it faster, what limited it, and why did it fail?
//! - [Mistakes](mistakes): what the compiler says, what it means, and what to write instead.
//! - [From Dask](from_dask): what each feature of Dask's `delayed` is called here, or why it is not there.
//! - [Pictures](crate::pictures): formats, options, and how good the drawings are.
#![cfg_attr(
    feature = "cluster",
    doc = "- [Clusters](cluster): from a program on one machine to the same on many, with \
           [Dask](https://distributed.dask.org)."
)]

pub mod background;
#[cfg(feature = "cluster")]
#[doc = include_str!("../docs/first_cluster.md")]
pub mod cluster {}
pub mod cookbook;
pub mod dynamic;
pub mod errors;
pub mod first_graph;
#[doc = include_str!("../docs/from_dask.md")]
pub mod from_dask {}
pub mod gathering;
pub mod limits;
pub mod memory;
pub mod mistakes;
pub mod performance;
pub mod records;
pub mod running;
pub mod services;
pub mod sharing;
