//! What this project is compared with, one file each.

pub mod dag_exec;
pub mod dagx;
pub mod dask;
pub mod onetbb;
pub mod ours;
pub mod rayon;
