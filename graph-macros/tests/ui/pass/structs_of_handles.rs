//! What `#[derive(Handles)]` writes is as clean as what its user writes, whatever names are in scope.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, clippy::all)]
#![forbid(unsafe_code)]

/// Names that hide those of the standard library.
#[allow(dead_code)]
mod hidden {
    pub(crate) struct Option;
    pub(crate) struct Result;
    pub(crate) trait Send {}
    pub(crate) fn drop() {}
}

mod inner {
    #[allow(unused_imports)]
    use super::hidden::{Option, Result, Send, drop};

    /// A kind.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Kind;

    /// Settings.
    #[derive(Debug, graph_exec::Handles)]
    pub(crate) struct Config {
        /// A raw name.
        pub(crate) r#type: Kind,
        pub(crate) kind: std::vec::Vec<Kind>,
        pub(crate) size: (usize, std::option::Option<[u8; 2]>),
        pub(crate) _0: u8,
    }

    /// Nothing to fill.
    #[derive(Debug, graph_exec::Handles)]
    pub(crate) struct Empty {}
}

use graph_exec::{Delayed, defer, delayed, value};
use inner::{Config, ConfigHandles, Empty, EmptyHandles, Kind};

#[delayed]
fn all(config: &Config, empty: Empty) -> usize {
    let _ = (&config.r#type, &config._0, empty);
    config.kind.len() + config.size.0
}

fn only_handles(config: ConfigHandles) -> Delayed<usize> {
    all(config, EmptyHandles {})
}

fn main() {
    let handles = ConfigHandles {
        r#type: value(Kind),
        kind: vec![value(Kind)],
        size: (value(1), Some([value(1), value(2)])),
        _0: 1,
    };
    drop(all(handles, EmptyHandles {}));
    drop(only_handles(ConfigHandles {
        r#type: value(Kind),
        kind: value(vec![Kind]),
        size: value((1, None)),
        _0: value(1),
    }));
    drop(defer!(Config { r#type: Kind, kind: vec![value(Kind)], size: value((1, None)), _0: 0 }));
}
