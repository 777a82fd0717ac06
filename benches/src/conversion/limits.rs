//! The time that this machine needs to move as many bytes, whatever program does it.

use std::{
    fs::{self, File},
    hint::black_box,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// The times on one core, and the speed-up that more cores give.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Copying the input in memory.
    pub copy: Duration,
    /// Finding its newlines.
    pub scan: Duration,
    /// Reading it from the page cache.
    pub read: Duration,
    /// Writing as many bytes as the output has to the page cache.
    pub write: Duration,
    /// Speed-up on all workers of arithmetic in registers, which shares no memory. It is less than
    /// the number of workers where cores share an execution unit, a frequency or a host.
    pub arithmetic_speed_up: f64,
}

impl Limits {
    /// Measures each limit once.
    ///
    /// # Errors
    /// When an input cannot be read, or a file in `scratch` cannot be written.
    pub fn measure(
        inputs: &[PathBuf],
        output_bytes: u64,
        scratch: &Path,
        workers: usize,
    ) -> io::Result<Self> {
        let contents = inputs.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
        let mut target = vec![0; contents.iter().map(Vec::len).max().unwrap_or(0)];
        let copy = timed(|| {
            contents.iter().for_each(|content| target[..content.len()].copy_from_slice(content));
            Ok(())
        })?;
        let mut lines = 0;
        let scan = timed(|| {
            lines = contents.iter().map(|c| memchr::memchr_iter(b'\n', c).count()).sum();
            Ok(())
        })?;
        assert!(lines > 0, "there is something to be found");
        let mut buffer = vec![0; 256 * 1024];
        let read = timed(|| {
            for input in inputs {
                let mut file = File::open(input)?;
                while file.read(&mut buffer)? > 0 {}
            }
            Ok(())
        })?;
        let write = timed(|| {
            for (index, _) in inputs.iter().enumerate() {
                let mut file = File::create(scratch.join(format!("{index}.bytes")))?;
                let mut left = output_bytes / inputs.len() as u64;
                while left > 0 {
                    let now = left.min(buffer.len() as u64) as usize;
                    file.write_all(&buffer[..now])?;
                    left -= now as u64;
                }
            }
            Ok(())
        })?;
        for (index, _) in inputs.iter().enumerate() {
            fs::remove_file(scratch.join(format!("{index}.bytes")))?;
        }
        let arithmetic_speed_up = arithmetic(1).as_secs_f64() / arithmetic(workers).as_secs_f64();
        Ok(Self { copy, scan, read, write, arithmetic_speed_up })
    }
}

/// The time of a fixed amount of arithmetic, divided among threads.
fn arithmetic(threads: usize) -> Duration {
    const STEPS: u64 = 60_000_000;
    let started = Instant::now();
    thread::scope(|scope| {
        for seed in 0..threads as u64 {
            scope.spawn(move || {
                let mix =
                    |state: u64, step: u64| (state ^ step).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                black_box((0..STEPS / threads as u64).fold(black_box(seed), mix))
            });
        }
    });
    started.elapsed()
}

fn timed(stage: impl FnOnce() -> io::Result<()>) -> io::Result<Duration> {
    let started = Instant::now();
    stage()?;
    Ok(started.elapsed())
}
