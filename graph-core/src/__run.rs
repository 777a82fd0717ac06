//! What an executor needs. No stability is promised for anything here.

pub use crate::{
    draw::{
        colours::{Colours, FixedColours, FunctionColours},
        text::grouped,
    },
    execution::{Charge, Execution},
    plan::{Claimed, Ended, Plan, Ran, Reserved, Started},
    task::Signature,
};
#[cfg(feature = "remote")]
pub use crate::{
    plan::elsewhere::{Departing, Refused},
    remote::{Fault, invoke, named_twice, names},
    template::{NotEncodable, Piece},
};
