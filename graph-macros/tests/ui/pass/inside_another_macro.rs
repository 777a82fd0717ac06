#![deny(warnings)]

mod graph_exec {
    // A module of the user's own with the runtime's name is in nobody's way.
}

macro_rules! increment {
    ($name:ident, $type:ty, $by:expr) => {
        /// Adds.
        #[::graph_exec::delayed]
        pub fn $name(x: $type, log: &$type) -> Result<$type, String> {
            let _ = log;
            Ok(x + $by)
        }
    };
}

increment!(add_two, i64, 2);

macro_rules! referenced {
    ($parameter:ty) => {
        #[::graph_exec::delayed]
        fn length(text: $parameter) -> usize {
            text.len()
        }
    };
}

referenced!(&str);

fn main() {
    drop(add_two(::graph_exec::value(1), 2));
    drop(length("text"));
}
