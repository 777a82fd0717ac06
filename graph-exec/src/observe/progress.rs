//! Progress on stderr: what each worker is at, read from time to time by a thread of its own.
//!
//! Workers write to a *board*, each to its own *desk*: two plain stores a task. They never wait,
//! draw or look at a clock. On a terminal the *ticker* draws a bar; elsewhere it prints a line
//! every ten seconds. Nothing ever goes to stdout.

mod line;
mod screen;

use std::{
    io::{IsTerminal, Write},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crossbeam_utils::CachePadded;
use graph_core::Function;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    memory::Account,
    sync::{AtomicUsize, Ordering, lock},
};
use line::Snapshot;
use screen::SCREEN;

/// How often the bar is drawn.
const FRAME: Duration = Duration::from_millis(100);
/// How often a line is printed where no bar can be drawn.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// What the workers of one run are at.
pub(crate) struct Board {
    tasks: usize,
    begin: Instant,
    desks: Vec<CachePadded<DeskState>>,
    /// Functions that have been at a desk; a desk holds an index + 1.
    functions: Mutex<Vec<fn() -> Function>>,
    account: Option<Arc<Account>>,
}

#[derive(Default)]
struct DeskState {
    settled: AtomicUsize,
    /// 0 when there is no task.
    function: AtomicUsize,
}

impl Board {
    pub(crate) fn new(
        begin: Instant,
        tasks: usize,
        workers: usize,
        account: Option<Arc<Account>>,
    ) -> Self {
        let desks = (0..workers).map(|_| CachePadded::default()).collect();
        Board { tasks, begin, desks, functions: Mutex::default(), account }
    }

    /// The desk of a worker, who alone writes to it.
    pub(crate) fn desk(&self, worker: usize) -> Desk<'_> {
        let settled = self.desks[worker].settled.load(Ordering::Relaxed);
        Desk { board: self, state: &self.desks[worker], settled, function: None }
    }

    fn number_of(&self, function: fn() -> Function) -> usize {
        let mut functions = lock(&self.functions);
        let known = functions.iter().position(|&known| std::ptr::fn_addr_eq(known, function));
        known.unwrap_or_else(|| {
            functions.push(function);
            functions.len() - 1
        }) + 1
    }

    fn snapshot(&self) -> Snapshot {
        let settled = self.desks.iter().map(|desk| desk.settled.load(Ordering::Relaxed)).sum();
        let functions = lock(&self.functions);
        let at_desk = |desk: &CachePadded<DeskState>| {
            let number = desk.function.load(Ordering::Relaxed).checked_sub(1)?;
            functions.get(number).map(|function| function().name)
        };
        let running = self.desks.iter().filter_map(at_desk).collect();
        Snapshot {
            settled,
            tasks: self.tasks,
            running,
            elapsed: self.begin.elapsed(),
            memory: self.account.as_ref().map(|account| (account.live(), account.limit())),
        }
    }
}

/// Where one worker says what it is at.
pub(crate) struct Desk<'a> {
    board: &'a Board,
    state: &'a DeskState,
    settled: usize,
    /// The function of the last task, and its number on the board.
    function: Option<(fn() -> Function, usize)>,
}

impl Desk<'_> {
    #[inline]
    pub(crate) fn begin(&mut self, function: fn() -> Function) {
        let number = match self.function {
            Some((last, number)) if std::ptr::fn_addr_eq(last, function) => number,
            _ => {
                let number = self.board.number_of(function);
                self.function = Some((function, number));
                number
            }
        };
        self.state.function.store(number, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn settled(&mut self, count: usize) {
        self.settled += count;
        self.state.settled.store(self.settled, Ordering::Relaxed);
    }

    /// The worker has nothing to do.
    pub(crate) fn pause(&self) {
        self.state.function.store(0, Ordering::Relaxed);
    }
}

/// Shows a board until it is dropped.
pub(crate) struct Ticker {
    over: Arc<(Mutex<bool>, Condvar)>,
    /// `None` where the system refused a thread: then nothing is shown, and nothing else is lost.
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    pub(crate) fn start(board: Arc<Board>) -> Self {
        let over = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&over);
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(move || {
            if std::io::stderr().is_terminal() {
                draw(&board, &told);
            } else {
                print_lines(&board, &told);
            }
        });
        Ticker { over, thread: thread.ok() }
    }
}

impl Drop for Ticker {
    /// Clears the bar before it returns, so that what is printed next stands alone.
    fn drop(&mut self) {
        *lock(&self.over.0) = true;
        self.over.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // It holds no lock and runs no user code; if it panicked, the run is over all the same.
            let _ = thread.join();
        }
    }
}

/// Waits for the end or so long. Returns whether it is over.
fn is_over_after((over, changed): &(Mutex<bool>, Condvar), time: Duration) -> bool {
    let over = lock(over);
    let waited = changed.wait_timeout_while(over, time, |over| !*over);
    *waited.unwrap_or_else(PoisonError::into_inner).0
}

fn draw(board: &Board, over: &(Mutex<bool>, Condvar)) {
    // A run that is over at once shows nothing.
    if is_over_after(over, FRAME * 2) {
        return;
    }
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // The message is cut where the terminal ends: of a bar that wraps, a part would stay.
    let template = if colour { "{bar:16.cyan/dim} {wide_msg}" } else { "{bar:16} {wide_msg}" };
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━─");
    let bar = SCREEN.add(ProgressBar::new(board.tasks as u64).with_style(style));
    loop {
        let snapshot = board.snapshot();
        bar.set_position(snapshot.settled as u64);
        bar.set_message(snapshot.to_string());
        if is_over_after(over, FRAME) {
            break;
        }
    }
    bar.finish_and_clear();
    SCREEN.remove(&bar);
}

fn print_lines(board: &Board, over: &(Mutex<bool>, Condvar)) {
    while !is_over_after(over, BETWEEN_LINES) {
        // Nobody may be listening any more; that is no reason to stop working.
        let _ = writeln!(std::io::stderr(), "{}", board.snapshot());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Function {
        Function { module: "a", name: "load", file: "", line: 0, column: 0 }
    }

    fn store() -> Function {
        Function { module: "a", name: "store", file: "", line: 0, column: 0 }
    }

    #[test]
    fn a_board_shows_who_is_at_what_and_how_much_is_settled() {
        let board = Board::new(Instant::now(), 10, 3, None);
        let (mut first, mut second) = (board.desk(0), board.desk(2));
        first.begin(load);
        first.settled(1);
        first.begin(store);
        second.begin(load);
        second.settled(4);
        let snapshot = board.snapshot();
        assert_eq!((snapshot.settled, snapshot.tasks), (5, 10));
        assert_eq!(snapshot.running, ["store", "load"]);
        first.pause();
        assert_eq!(board.snapshot().running, ["load"]);
        assert_eq!(lock(&board.functions).len(), 2, "each function is known once");
    }

    #[test]
    fn a_worker_that_comes_back_goes_on_counting() {
        let board = Board::new(Instant::now(), 10, 1, None);
        board.desk(0).settled(3);
        board.desk(0).settled(2);
        assert_eq!(board.snapshot().settled, 5);
    }

    #[test]
    fn a_ticker_ends_at_once() {
        let begin = Instant::now();
        drop(Ticker::start(Arc::new(Board::new(begin, 1, 1, None))));
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
}
