//! What this machine needs for as many bytes, whoever moves them.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Times on one core.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Copying the input in memory.
    pub copy: Duration,
    /// Looking for its newlines.
    pub scan: Duration,
    /// Reading it from the page cache.
    pub read: Duration,
    /// Writing as many bytes as the output has to the page cache.
    pub write: Duration,
}

impl Limits {
    /// Measures once.
    ///
    /// # Errors
    /// Those of the files.
    pub fn measure(inputs: &[PathBuf], output_bytes: u64, scratch: &Path) -> io::Result<Self> {
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
        Ok(Self { copy, scan, read, write })
    }
}

fn timed(stage: impl FnOnce() -> io::Result<()>) -> io::Result<Duration> {
    let started = Instant::now();
    stage()?;
    Ok(started.elapsed())
}
