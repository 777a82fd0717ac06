//! The conversion of a file.

pub(crate) mod up_to_date;
