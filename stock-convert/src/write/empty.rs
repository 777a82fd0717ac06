//! The layout for a table without a cell, which the default layout cannot say: pandas takes a
//! table of 0 rows for a missing one, and HDF5 has no compound of 0 fields.
//!
//! Instead: what pandas itself stores for an empty frame, two axes and no block between them.

use hdf5::{DatatypeMessage, H5Group};

use super::Failure;
use super::stamp::text;

/// Writes a frame of `rows` rows and no columns into `group`.
pub(super) fn write(group: &H5Group, rows: usize) -> Result<(), Failure> {
    for (name, value) in [
        ("pandas_type", "frame"),
        ("pandas_version", "0.15.2"),
        ("encoding", "UTF-8"),
        ("errors", "strict"),
        ("axis0_variety", "regular"),
        ("axis1_variety", "regular"),
    ] {
        let (datatype, value) = text(value);
        group.set_attr_typed(name, datatype, value)?;
    }
    group.set_attr_numeric("ndim", &2i64)?;
    group.set_attr_numeric("nblocks", &0i64)?;
    for (name, len) in [("axis0", 0), ("axis1", rows)] {
        let labels: Vec<i64> = (0i64..).take(len).collect();
        let axis = group
            .new_dataset::<i64>()
            .datatype(DatatypeMessage::i64_type())
            .shape([len])
            .create(name)?;
        if len > 0 {
            axis.write_raw(&labels)?;
        }
        let (datatype, value) = text("integer");
        axis.set_attr_typed("kind", datatype, value)?;
    }
    Ok(())
}
