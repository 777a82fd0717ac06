//! The terminal that progress bars are drawn on.

use std::{io, sync::LazyLock};

use console::Term;
use indicatif::{MultiProgress, ProgressDrawTarget, TermLike};

/// All bars of the program, one below the other.
pub(super) static SCREEN: LazyLock<MultiProgress> = LazyLock::new(|| {
    let terminal = Margin(Term::buffered_stderr());
    MultiProgress::with_draw_target(ProgressDrawTarget::term_like(Box::new(terminal)))
});

/// How many columns are left free at the right edge.
const FREE_COLUMNS: u16 = 3;

/// A terminal that seems a little narrower than it is.
///
/// A bar is drawn up to the edge, and the cursor stays there. Ctrl-C makes the terminal write `^C`
/// at the cursor. At the real edge this would wrap to a new line, and the bar on the line above would
/// never be cleared.
#[derive(Debug)]
struct Margin(Term);

impl TermLike for Margin {
    fn width(&self) -> u16 {
        self.0.size().1.saturating_sub(FREE_COLUMNS).max(1)
    }
    fn height(&self) -> u16 {
        self.0.size().0
    }
    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }
    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }
    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }
    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }
    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }
    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
