#![deny(warnings)]
//! A function that gives handles builds a task when it calls itself; any other calls itself at once.

use graph_exec::{Delayed, Shared, delayed, value};

#[delayed]
fn fib(n: u64) -> Delayed<u64> {
    if n < 2 { value(n) } else { fib(n - 1).flatten() + fib(n - 2).flatten() }
}

#[delayed]
fn fact(n: u64) -> u64 {
    if n < 2 { 1 } else { n * fact(n - 1) }
}

// Both are there: the lazy one by the function's name, the function itself by the other.
#[delayed(plain = leaves_now)]
fn leaves(items: &[u8], least: usize) -> Vec<Delayed<Vec<u8>>> {
    if items.len() <= least.max(1) {
        return vec![value(items.to_vec())];
    }
    let (left, right) = items.split_at(items.len() / 2);
    let mut all = leaves_now(left, least);
    all.push(leaves(right.to_vec(), least).flatten().map(|parts| parts.concat()));
    all
}

#[delayed]
fn fallible(n: u64) -> Result<Shared<u64>, String> {
    let n = n.checked_sub(1).ok_or("nothing is left")?;
    Ok(fallible(n).flatten().map(|n| *n).shared())
}

struct Tree(u64);

impl Tree {
    #[delayed]
    fn sum(&self, depth: u64) -> Delayed<u64> {
        let below = match depth {
            0 => return value(self.0),
            1 => self.sum(0),
            _ => Self::sum(Tree(self.0 + 1), depth - 1).flatten(),
        };
        below.map(|n| n + 1)
    }
}

fn main() {
    let lazy: (Delayed<Delayed<u64>>, Delayed<u64>) = (fib(10), fact(value(5)));
    let parts: Delayed<Vec<Delayed<Vec<u8>>>> = leaves(vec![1_u8; 9], 2_usize);
    drop((lazy, parts, fallible(3_u64), Tree::sum(value(Tree(1)), 3_u64)));
}
