#![deny(dead_code, missing_docs)]
//! Lints see a function that builds a task as the user's own.

mod inner {
    use graph_exec::delayed;

    #[delayed]
    fn nobody_calls_this(x: i64) -> i64 {
        x
    }

    pub struct Model;

    #[delayed]
    impl Model {
        fn nor_this(&self) {}
        fn but_this(&self) {}
        fn and_this_plainly(&self) {}
    }

    pub fn main() {
        drop(graph_exec::value(Model).but_this());
        Model.and_this_plainly();
    }
}

/// Its items are reachable.
pub mod outer {
    #[graph_exec::delayed]
    pub fn undocumented(x: i64) -> i64 {
        x
    }
}

fn main() {
    inner::main();
}
