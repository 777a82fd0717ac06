//! What the conversion from JSON lines to HDF5 is compared with: the cells of the Dask lesson, the
//! fastest way in Python, and the limits of the machine.

pub mod limits;
pub mod python;
