//! Sixteen times the limit goes through a graph, and the process stays as small as was promised.
//!
//! The graph runs in a child process, whose memory the system counts from its start on, under an
//! allocator that counts what really lives.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    env, fs,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use graph_exec::prelude::*;

const BLOCK: usize = 64 * MIB;
const BLOCKS: usize = 4 * GIB / BLOCK;
const LIMIT: usize = 256 * MIB;
/// What the process may occupy at most: the limit, and the program itself.
const LARGEST: usize = 320 * MIB;

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "an allocator that counts and leaves the rest to the system's")]
// SAFETY: every call is handed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::SeqCst) + layout.size();
        MOST.fetch_max(live, Ordering::SeqCst);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(pointer, layout) };
        LIVE.fetch_sub(layout.size(), Ordering::SeqCst);
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn one_block(_: &u8) -> usize {
    BLOCK
}

#[delayed(bytes = one_block)]
fn load(fill: u8) -> Vec<u8> {
    vec![fill; BLOCK]
}

fn as_large(block: &[u8]) -> usize {
    block.len()
}

#[delayed(bytes = as_large)]
fn transform(block: Vec<u8>) -> Vec<u8> {
    let mut copy = block.clone();
    copy.iter_mut().step_by(4096).for_each(|byte| *byte = byte.wrapping_add(1));
    copy
}

fn a_number(_: &[u8]) -> usize {
    size_of::<u64>()
}

#[delayed(bytes = a_number)]
fn reduce(block: &[u8]) -> u64 {
    block.iter().step_by(4096).map(|&byte| u64::from(byte)).sum()
}

#[delayed]
fn total(parts: &[u64]) -> u64 {
    parts.iter().sum()
}

const CHILD: &str = "BOUNDED_MEMORY_CHILD";

/// ```text
///  load ── transform ── reduce ──┐
///  load ── transform ── reduce ──┼── total     64 times
///  …                             ┘
/// ```
#[test]
fn four_gibibytes_go_through_a_quarter_of_one() {
    if let Ok(threads) = env::var(CHILD) {
        return child(threads.parse().unwrap());
    }
    for threads in ["2", "4"] {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "four_gibibytes_go_through_a_quarter_of_one", "--nocapture"])
            .env(CHILD, threads)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{text}{}", String::from_utf8_lossy(&child.stderr));
        let number = |name: &str| -> usize {
            let found = text.split_whitespace().find_map(|word| word.strip_prefix(name));
            found.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
        };
        let (declared, allocated, resident) =
            (number("declared="), number("allocated="), number("resident="));
        eprintln!(
            "{threads} workers: {} MiB declared, {} allocated, {} resident",
            declared / MIB,
            allocated / MIB,
            resident / MIB
        );
        assert_eq!(number("forced="), 0);
        assert!(declared <= LIMIT, "{declared} declared");
        // What was declared is what lived: nothing was forgotten, and nothing counted twice.
        assert!(allocated <= declared + 4 * MIB, "{allocated} allocated, {declared} declared");
        assert!(allocated >= 2 * BLOCK, "{allocated} allocated: nothing ran side by side");
        if cfg!(target_os = "linux") {
            assert!(resident <= LARGEST, "{resident} resident");
        }
    }
}

fn child(threads: usize) {
    let before = LIVE.load(Ordering::SeqCst);
    let executor = Executor::builder().threads(threads).memory_limit(LIMIT).build().unwrap();
    let parts: Vec<Delayed<u64>> = (0..BLOCKS).map(|n| reduce(transform(load(n as u8)))).collect();
    let finished = executor.run(total(parts)).unwrap();
    let pages = (BLOCK / 4096) as u64;
    let expected: u64 = (0..BLOCKS as u64).map(|n| (n + 1) * pages).sum();
    assert_eq!(*finished.value(), expected);
    let memory = finished.record().memory().unwrap();
    println!(
        "\ndeclared={} allocated={} resident={} forced={}",
        memory.peak,
        MOST.load(Ordering::SeqCst) - before,
        peak_resident(),
        memory.overcommitted
    );
}

/// The most memory that this process has ever occupied; 0 where the system does not say.
fn peak_resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    kibibytes.unwrap_or(0usize) * KIB
}
