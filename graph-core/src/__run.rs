//! What an executor needs. No stability is promised for anything here.

#[cfg(feature = "save")]
pub use crate::atomic_file;
#[cfg(feature = "draw")]
pub use crate::draw::{Colours, FixedColours, FunctionColours};
pub use crate::{
    escape, format,
    plan::{
        Plan, RunningTask,
        claim::{Claimed, Ended, Ran, Reserved},
        collect::Unfolded,
        future::Parked,
        needs::{AtMost, Needs},
    },
    task::{
        execution::{
            Charge, Execution,
            attempts::{AttemptRun, AttemptSettings, Attempts, Backoff, Overrun},
            waker_set::WakerSet,
        },
        failure::{call_quietly, drop_quietly, quiet::QuietFailure},
        header::Signature,
    },
};
#[cfg(feature = "remote")]
pub use crate::{
    plan::remote::{Refused, RemoteCall},
    remote::{Fault, error::NotEncodable, invoke, named_twice, names, template::Piece},
};
