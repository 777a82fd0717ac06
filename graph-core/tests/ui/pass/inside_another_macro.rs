#![deny(warnings)]

mod graph_core {
    // A module of the user's own with the runtime's name is in nobody's way.
}

macro_rules! increment {
    ($name:ident, $type:ty, $by:expr) => {
        /// Adds.
        #[::graph_core::delayed]
        pub fn $name(x: $type, log: &$type) -> Result<$type, String> {
            let _ = log;
            Ok(x + $by)
        }
    };
}

increment!(add_two, i64, 2);

macro_rules! referenced {
    ($parameter:ty) => {
        #[::graph_core::delayed]
        fn length(text: $parameter) -> usize {
            text.len()
        }
    };
}

referenced!(&str);

fn main() {
    drop(add_two(::graph_core::value(1), 2));
    drop(length("text"));
}
