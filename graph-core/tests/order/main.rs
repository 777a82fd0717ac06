//! The static order: its laws, and how few results it keeps alive on graphs of many kinds.
//!
//! Every test orders its graph in several orders of creation, so that none passes by accident of
//! numbering.

mod bars;
mod dask;
mod dask_workloads;
mod laws;
mod named;
mod shapes;
mod simulator;
mod speed;
