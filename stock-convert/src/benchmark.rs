//! Whether the graph converts faster than a plain loop: measured on this machine, and said in words.

pub(crate) mod dry_run;
pub(crate) mod measure;
pub(crate) mod report;
pub(crate) mod sample;
