//! Whether the graph converts faster than a plain loop: measured on this machine and answered in words.
//!
//! ```text
//! dry_run ─► measure ─► report
//!      └───► sample
//! ```

pub(crate) mod dry_run;
pub(crate) mod measure;
pub(crate) mod report;
pub(crate) mod sample;
