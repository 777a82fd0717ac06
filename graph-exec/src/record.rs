//! What a run did and when: the data that answers "is it really faster?".

pub(crate) mod analysis;
pub(crate) mod by_function;
#[cfg(feature = "cluster")]
pub(crate) mod cluster;
mod compare;
pub(crate) mod entries;
pub(crate) mod failures;
pub(crate) mod finished;
mod graph;
pub(crate) mod outcome;
pub(crate) mod recorder;
pub(crate) mod run_data;
pub(crate) mod run_record;
pub(crate) mod task;
mod verdict;

pub use analysis::{
    fate::{Fate, TaskCounts},
    idle::IdleTime,
    task_time::TaskTime,
};
pub use by_function::FunctionRecord;
pub use compare::{Comparison, FunctionChange};
pub use failures::FailureRecord;
pub use finished::Finished;
pub use outcome::RunOutcome;
pub use run_data::{
    memory::MemoryRecord,
    origin::Origin,
    resources::{ResourceKind, ResourceRecord},
};
pub use run_record::RunRecord;
pub use task::TaskRecord;
pub use verdict::{limit::Limit, timeline::Timeline};
