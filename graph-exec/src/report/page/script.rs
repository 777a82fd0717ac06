//! The script of a page.

/// The one script, with its parts in the order in which they run.
pub(super) const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("script/decode.js"),
    include_str!("script/time.js"),
    include_str!("script/view.js"),
    include_str!("script/theme.js"),
    include_str!("script/tooltip.js"),
    include_str!("script/axis.js"),
    include_str!("script/transfers.js"),
    include_str!("script/stream.js"),
    include_str!("script/series.js"),
    include_str!("script/controls.js"),
    include_str!("script/table.js"),
    include_str!("script/graph.js"),
    include_str!("script/start.js"),
    "})();\n",
);
