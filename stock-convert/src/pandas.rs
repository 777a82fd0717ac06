//! Where tables differ from those that pandas makes of the same lines, and why.
#![doc = ""]
#![doc = include_str!("../docs/pandas.md")]
