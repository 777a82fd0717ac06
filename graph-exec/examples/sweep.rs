//! A parameter sweep that stops as soon as a result is good enough.
//!
//! `cargo run --release -p graph-exec --example sweep`
//!
//! Each trial is a small graph: simulate with a seed, then score. All trials need the same target, which is
//! computed once. Results are taken in the order in which they end, and what is not needed is cancelled.

use std::time::Instant;

use graph_exec::{as_completed, prelude::*, task};

/// What the trials are to hit: π, by a series.
#[delayed]
fn target(terms: u64) -> f64 {
    let term = |n: u64| if n.is_multiple_of(2) { 4.0 } else { -4.0 } / (2 * n + 1) as f64;
    (0..terms).map(term).sum()
}

/// π again, by throwing darts; a pseudorandom walk of the seed.
#[delayed]
fn simulate(seed: u64, darts: u64) -> Result<f64, task::Cancelled> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut coordinate = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut inside = 0;
    for dart in 0..darts {
        if dart % 65_536 == 0 {
            task::check()?;
        }
        let (x, y) = (coordinate(), coordinate());
        inside += u64::from(x * x + y * y <= 1.0);
    }
    Ok(4.0 * inside as f64 / darts as f64)
}

#[delayed]
fn distance(found: f64, target: &f64) -> f64 {
    (found - target).abs()
}

fn main() -> Result<(), graph_exec::Error> {
    let begin = Instant::now();
    let target = target(1_000_000).shared();
    let trials = (1..=1000).map(|seed| distance(simulate(seed, 200_000), &target));
    let mut tried = 0;
    let mut best = (0, f64::INFINITY);
    for (index, distance) in as_completed(trials) {
        tried += 1;
        let distance = distance?;
        if distance < best.1 {
            best = (index + 1, distance);
        }
        if distance < 1e-4 {
            break;
        }
    }
    println!(
        "seed {} is {:.6} off, after {tried} of 1000 trials and {:.2?}",
        best.0,
        best.1,
        begin.elapsed(),
    );
    Ok(())
}
