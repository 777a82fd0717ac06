//! The thread that shows the progress of a run on stderr.

use std::{
    io::{IsTerminal, Write},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Progress, screen::SCREEN};
use crate::sync::lock;

/// How often the bar is drawn.
const FRAME: Duration = Duration::from_millis(100);
/// How often a line is printed where no bar can be drawn.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Shows the progress of a run until it is dropped.
pub(crate) struct ProgressThread {
    /// Whether the run is over, and the signal that this has changed.
    over: Arc<(Mutex<bool>, Condvar)>,
    /// `None` where the system refused a thread: then nothing is shown, and the run goes on.
    thread: Option<JoinHandle<()>>,
}

impl ProgressThread {
    pub(crate) fn start(progress: Arc<Progress>) -> Self {
        let over = Arc::new((Mutex::new(false), Condvar::new()));
        let over_in_thread = Arc::clone(&over);
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(move || {
            if std::io::stderr().is_terminal() {
                draw(&progress, &over_in_thread);
            } else {
                print_lines(&progress, &over_in_thread);
            }
        });
        ProgressThread { over, thread: thread.ok() }
    }
}

impl Drop for ProgressThread {
    /// Waits until the bar is cleared, so that what is printed next starts on an empty line.
    fn drop(&mut self) {
        *lock(&self.over.0) = true;
        self.over.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // Its result does not matter: if it has panicked, the run is over all the same.
            let _ = thread.join();
        }
    }
}

/// Waits until the run is over, but no longer than `time`. Returns whether it is over.
fn is_over_after((over, changed): &(Mutex<bool>, Condvar), time: Duration) -> bool {
    let over = lock(over);
    let waited = changed.wait_timeout_while(over, time, |over| !*over);
    *waited.unwrap_or_else(PoisonError::into_inner).0
}

fn draw(progress: &Progress, over: &(Mutex<bool>, Condvar)) {
    // Nothing is shown of a run that is over this soon.
    if is_over_after(over, FRAME * 2) {
        return;
    }
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // The message is cut at the terminal's edge: a bar that wraps would not be cleared whole.
    let template = if colour { "{bar:16.cyan/dim} {wide_msg}" } else { "{bar:16} {wide_msg}" };
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━─");
    let bar = SCREEN.add(ProgressBar::new(0).with_style(style));
    loop {
        let snapshot = progress.snapshot();
        bar.set_length(snapshot.tasks as u64);
        bar.set_position(snapshot.settled as u64);
        bar.set_message(snapshot.to_string());
        if is_over_after(over, FRAME) {
            break;
        }
    }
    bar.finish_and_clear();
    SCREEN.remove(&bar);
}

fn print_lines(progress: &Progress, over: &(Mutex<bool>, Condvar)) {
    while !is_over_after(over, BETWEEN_LINES) {
        // A closed stderr must not stop the run.
        let _ = writeln!(std::io::stderr(), "{}", progress.snapshot());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_progress_thread_ends_at_once() {
        let begin = Instant::now();
        drop(ProgressThread::start(Arc::new(Progress::new(begin, 1, 1, None))));
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
}
