//! Reports and traces of real runs: their bytes, and what a browser makes of them.
//!
//! Where Debian's `chromium` and `chromium-driver` are missing the browser's checks say `SKIPPED`;
//! with `DELAYED_REQUIRE_CLIENTS` set they fail. Set `DELAYED_SCREENSHOTS` to a folder to keep what
//! the browser showed.

mod browser;
mod files;
mod page;
mod runs;
mod traces;
