//! Three limits that hold: graphics cards, a service that allows few requests at once, and memory.
//!
//! `cargo run --release -p graph-exec --example limits`
//!
//! Pages are fetched, two at a time; each is loaded, as many as fit into memory; and looked at on one of two
//! cards, or on both at once. Eight threads do it, and a report is written beside them that needs nothing.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::Duration,
};

use graph_exec::{Executor, prelude::*};

/// How much of something is in use, and the most that ever was.
struct Gauge {
    now: AtomicU32,
    most: AtomicU32,
}

impl Gauge {
    const fn new() -> Self {
        Gauge { now: AtomicU32::new(0), most: AtomicU32::new(0) }
    }

    fn occupy(&self, amount: u32, length: Duration) {
        let now = self.now.fetch_add(amount, Ordering::SeqCst) + amount;
        self.most.fetch_max(now, Ordering::SeqCst);
        sleep(length);
        self.now.fetch_sub(amount, Ordering::SeqCst);
    }

    fn most(&self) -> u32 {
        self.most.load(Ordering::SeqCst)
    }
}

static REQUESTS: Gauge = Gauge::new();
static CARDS: Gauge = Gauge::new();

const PAGE: usize = 256 << 10;

/// The service answers with an error when it is asked three times at once.
#[delayed(at_most = 2)]
fn fetch(page: u32) -> u32 {
    REQUESTS.occupy(1, Duration::from_millis(4));
    page
}

fn bytes_of_page(_page: &u32) -> usize {
    PAGE
}

#[delayed(bytes = bytes_of_page)]
fn load(page: u32) -> Vec<u8> {
    vec![page as u8; PAGE]
}

#[delayed(resource("gpu"))]
fn recognise(pixels: &[u8]) -> u64 {
    CARDS.occupy(1, Duration::from_millis(6));
    pixels.iter().map(|&pixel| u64::from(pixel)).sum()
}

/// It does not fit on one card.
#[delayed(resource("gpu", 2))]
fn compare(found: &[u64]) -> u64 {
    CARDS.occupy(2, Duration::from_millis(6));
    found.iter().sum()
}

#[delayed]
fn write_report(line: usize) -> usize {
    sleep(Duration::from_millis(2));
    line
}

fn main() -> Result<(), graph_exec::Error> {
    let executor =
        Executor::builder().threads(8).resource("gpu", 2).memory_limit(4 * PAGE).build()?;
    let found: Vec<Delayed<u64>> = (0..24).map(|page| recognise(load(fetch(page)))).collect();
    let mut groups = Vec::new();
    let mut found = found.into_iter();
    while let (Some(first), Some(second)) = (found.next(), found.next()) {
        groups.push(compare([first, second]));
    }
    let report: Vec<Delayed<usize>> = (0..40).map(write_report).collect();

    let finished = executor.run((groups, report))?;
    let record = finished.record();
    println!("{record}");

    assert!(REQUESTS.most() <= 2, "{} requests at once", REQUESTS.most());
    assert!(CARDS.most() <= 2, "{} cards of two", CARDS.most());
    let memory = record.memory().expect("the executor has a limit");
    assert!(memory.peak <= memory.limit && memory.overcommitted == 0, "{memory:?}");
    for resource in record.resources() {
        assert!(resource.peak <= resource.capacity, "{resource:?}");
    }
    println!(
        "at most {} requests, {} cards and {} pages at once",
        REQUESTS.most(),
        CARDS.most(),
        memory.peak as usize / PAGE
    );
    let (groups, _) = finished.into_value();
    let all = (0..24_u64).sum::<u64>() * PAGE as u64;
    assert_eq!(groups.iter().sum::<u64>(), all);
    Ok(())
}
