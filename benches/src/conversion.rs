//! The conversion from JSON lines to HDF5, against the lesson's own cells and the best that Python
//! has, and against what the machine could do at best.

pub mod limits;
pub mod python;
