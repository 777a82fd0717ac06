//! What the environment says about programs that do not say it themselves.

use std::{env, sync::OnceLock};

use crate::error::Error;

/// Who runs graphs for which no executor was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheduler {
    Threads,
    Serial,
}

const SCHEDULER: &str = "DELAYED_SCHEDULER";
const WORKERS: &str = "DELAYED_NUM_WORKERS";

/// What `DELAYED_SCHEDULER` names; threads when it is not set, or empty. Read once.
pub(crate) fn scheduler() -> Result<Scheduler, Error> {
    static READ: OnceLock<Result<Scheduler, Error>> = OnceLock::new();
    READ.get_or_init(|| {
        let expected = "`serial` or `threads`";
        parse(SCHEDULER, expected, |text| match text {
            "serial" => Some(Scheduler::Serial),
            "threads" => Some(Scheduler::Threads),
            _ => None,
        })
        .map(|scheduler| scheduler.unwrap_or(Scheduler::Threads))
    })
    .clone()
}

/// How many threads `DELAYED_NUM_WORKERS` asks for; `None` when it is not set, or empty.
pub(crate) fn workers() -> Result<Option<usize>, Error> {
    let positive = |text: &str| text.parse().ok().filter(|&workers| workers > 0);
    parse(WORKERS, "a number of threads, at least 1", positive)
}

fn parse<T>(
    name: &'static str,
    expected: &'static str,
    meaning: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let meant = value.to_str().and_then(|text| meaning(text.trim()));
    let refused =
        || Error::Environment { name, value: value.to_string_lossy().into_owned(), expected };
    meant.map(Some).ok_or_else(refused)
}
