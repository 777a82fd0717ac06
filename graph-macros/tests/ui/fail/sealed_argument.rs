//! An argument type of one's own for a by-value parameter: `IntoArg` is sealed.

use graph_exec::{IntoArg, input::Constant};

struct Cents(i64);

impl IntoArg<f64> for Cents {
    type Input = Constant<f64>;
    fn into_arg(self) -> Constant<f64> {
        Constant(self.0 as f64 / 100.0)
    }
}

fn main() {}
