//! The head of a page: which program, when, where, on how many cores and threads, under which limits.

use std::time::{SystemTime, UNIX_EPOCH};

use graph_core::__run::format::{bytes, counted};
use jiff::Timestamp;

use super::escape::Escaped;
use crate::record::run_record::RunRecord;

/// The head as a list.
pub(super) fn write(record: &RunRecord) -> String {
    let origin = record.origin();
    let mut items = vec![format!("<strong>{}</strong>", Escaped(&origin.program))];
    items.push(moment(origin.began));
    if let Some(machine) = &origin.machine {
        items.push(format!("on {}", Escaped(machine)));
    }
    items.push(Escaped(&origin.system).to_string());
    items.push(format!(
        "{}, {}",
        counted(record.workers(), "worker"),
        counted(record.cores(), "core")
    ));
    if let Some(memory) = record.memory() {
        items.push(format!("memory limit {}", bytes(memory.limit)));
    }
    items.push(concat!("graph-exec ", env!("CARGO_PKG_VERSION")).to_owned());
    let command = origin.command_line.map_or_else(String::new, |line| {
        format!("<p class=\"command\"><code>{}</code></p>", Escaped(&line))
    });
    let items: String = items.iter().map(|item| format!("<li>{item}</li>")).collect();
    format!("<ul class=\"head\">{items}</ul>{command}")
}

/// A moment in UTC, to the second; the script adds the reader's own time.
fn moment(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let timestamp = Timestamp::from_second(seconds as i64).unwrap_or_default();
    let text = timestamp.to_string();
    format!("<time datetime=\"{text}\">{}</time>", text.replace('T', " ").replace('Z', " UTC"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_said_in_utc() {
        let at = UNIX_EPOCH + Duration::from_secs(1_796_000_000);
        let said = moment(at);
        assert_eq!(said, "<time datetime=\"2026-11-30T00:53:20Z\">2026-11-30 00:53:20 UTC</time>");
    }
}
