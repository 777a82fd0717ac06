//! Reports and traces of real runs: their bytes, and what a browser shows of them.
//!
//! Without Debian's `chromium` and `chromium-driver`, the tests with a browser print `SKIPPED`; with
//! `DELAYED_REQUIRE_CLIENTS` set they fail. `DELAYED_SCREENSHOTS` names a folder for pictures of what the
//! browser showed.

mod browser;
mod files;
mod page;
mod runs;
mod traces;
