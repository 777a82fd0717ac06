//! The functions that the tests run on clusters.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    thread::sleep,
    time::Duration,
};

use graph_exec::prelude::*;

#[delayed(remote)]
pub(crate) fn inc(x: i64) -> i64 {
    x + 1
}

#[delayed(remote)]
pub(crate) fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[delayed(remote)]
pub(crate) fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

#[delayed(remote)]
pub(crate) fn slow_inc(x: i64, milliseconds: u64) -> i64 {
    sleep(Duration::from_millis(milliseconds));
    x + 1
}

#[delayed(remote)]
pub(crate) fn is_even(x: i64) -> bool {
    x % 2 == 0
}

/// As many bytes, each of them `seed`.
#[delayed(remote)]
pub(crate) fn block(seed: u8, bytes: usize) -> serde_bytes::ByteBuf {
    sleep(Duration::from_millis(50));
    serde_bytes::ByteBuf::from(vec![seed; bytes])
}

#[delayed(remote)]
pub(crate) fn pass_on(block: serde_bytes::ByteBuf) -> serde_bytes::ByteBuf {
    block
}

#[delayed(remote)]
pub(crate) fn first_of_both(big: &serde_bytes::ByteBuf, small: &serde_bytes::ByteBuf) -> u64 {
    u64::from(big[0]) * 256 + u64::from(small[0])
}

#[delayed(remote)]
pub(crate) fn extremes(rows: Vec<f64>) -> (f64, f64) {
    let low = rows.iter().copied().fold(f64::INFINITY, f64::min);
    (low, rows.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

#[delayed(remote)]
pub(crate) fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

#[delayed(remote)]
pub(crate) fn panics(x: i64) -> i64 {
    panic!("no {x} today")
}

#[delayed(remote)]
pub(crate) fn aborts(_x: i64) -> i64 {
    std::process::abort()
}

#[delayed(remote)]
pub(crate) fn prints(x: i64) -> i64 {
    println!("a task may print");
    x
}

/// Fails until the file at `path` has enough bytes; adds one each time.
#[delayed(remote, retries = 3)]
pub(crate) fn fails_at_first(path: &Path, times: u64) -> Result<u64, String> {
    let tried = fs::read(path).unwrap_or_default();
    fs::write(path, [&tried[..], b"x"].concat()).map_err(|error| error.to_string())?;
    let tried = tried.len() as u64;
    if tried < times { Err(format!("attempt {tried}")) } else { Ok(tried) }
}

/// Fails and adds a byte to the file at `path` each time; says nothing of retries.
#[delayed(remote)]
pub(crate) fn fails_once_more(path: &Path) -> Result<u64, String> {
    let tried = fs::read(path).unwrap_or_default();
    fs::write(path, [&tried[..], b"x"].concat()).map_err(|error| error.to_string())?;
    Err("once more".into())
}

/// The number in the file at `path`, and `more`.
#[delayed(remote, resettable)]
pub(crate) fn reads(path: &Path, more: i64) -> Result<i64, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    text.parse::<i64>().map(|number| number + more).map_err(|error| error.to_string())
}

#[delayed(remote, retries = 3, backoff = "1s..2s")]
pub(crate) fn waits_between(x: i64) -> i64 {
    x
}

fn any(_: &String) -> bool {
    true
}

#[delayed(remote, retries = 3, retry_if = any)]
pub(crate) fn judges(x: i64) -> Result<i64, String> {
    Ok(x)
}

/// The processes of the task and of its dask worker.
#[delayed(remote)]
pub(crate) fn processes(milliseconds: u64) -> (u32, u32) {
    sleep(Duration::from_millis(milliseconds));
    (std::process::id(), std::os::unix::process::parent_id())
}

/// Writes the processes of the task and of its worker into `folder`, then sleeps.
#[delayed(remote)]
pub(crate) fn says_where(folder: &Path, x: i64, milliseconds: u64) -> i64 {
    let name = folder.join(format!("{x}"));
    let processes = format!("{} {}", std::process::id(), std::os::unix::process::parent_id());
    let unfinished = folder.join(format!("{x}.unfinished-{}", std::process::id()));
    fs::write(&unfinished, processes).unwrap();
    fs::rename(unfinished, name).unwrap();
    sleep(Duration::from_millis(milliseconds));
    x + 1
}

/// Adds a line with its process to `file`, and never ends.
#[delayed(remote)]
pub(crate) fn endless(file: &Path) -> i64 {
    let line = format!("{}\n", std::process::id());
    let file = File::options().create(true).append(true).open(file);
    file.and_then(|mut file| file.write_all(line.as_bytes())).unwrap();
    loop {
        sleep(Duration::from_secs(60));
    }
}

/// Takes so much memory, bit by bit; returns how many bytes.
#[delayed(remote)]
pub(crate) fn holds(mebibytes: u64) -> u64 {
    let mut blocks = Vec::new();
    for _ in 0..mebibytes {
        blocks.push(std::hint::black_box(vec![1_u8; 1 << 20]));
        sleep(Duration::from_millis(1));
    }
    blocks.iter().map(|block| block.len() as u64).sum()
}

#[delayed(remote)]
pub(crate) fn inc_size(size: u64) -> u64 {
    size + 1
}

/// The value of a variable that the worker was started with; empty without it.
#[delayed(remote)]
pub(crate) fn place(_after: i64, milliseconds: u64) -> String {
    sleep(Duration::from_millis(milliseconds));
    std::env::var("PLACE").unwrap_or_default()
}

/// Has the file at `path` for itself for a while.
#[delayed(remote, resource("gpu"))]
pub(crate) fn uses_alone(path: &Path, milliseconds: u64) -> Result<(), String> {
    File::create_new(path).map_err(|error| format!("another has it: {error}"))?;
    sleep(Duration::from_millis(milliseconds));
    fs::remove_file(path).map_err(|error| error.to_string())
}

#[delayed(remote, at_most = 1)]
pub(crate) fn one_at_a_time(x: i64) -> i64 {
    x
}

#[delayed]
pub(crate) fn not_remote(x: i64) -> i64 {
    x
}

/// A tree of `2 * leaves - 1` tasks.
pub(crate) fn tree(leaves: i64) -> Delayed<i64> {
    let mut level: Vec<Delayed<i64>> = (0..leaves).map(inc).collect();
    while level.len() > 1 {
        let mut next = Vec::new();
        let mut nodes = level.into_iter();
        while let Some(left) = nodes.next() {
            next.push(match nodes.next() {
                Some(right) => add(left, right),
                None => left,
            });
        }
        level = next;
    }
    level.remove(0)
}
