//! What an executor needs. No stability is promised for anything here.

#[cfg(feature = "draw")]
pub use crate::draw::{Colours, FixedColours, FunctionColours};
pub use crate::{
    execution::{Charge, Execution},
    format::{self, grouped},
    plan::{Claimed, Ended, Plan, Ran, Reserved, Started},
    task::Signature,
};
#[cfg(feature = "remote")]
pub use crate::{
    plan::elsewhere::{Departing, Refused},
    remote::{Fault, invoke, named_twice, names},
    template::{NotEncodable, Piece},
};
