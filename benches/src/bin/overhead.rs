//! quick
use benches::{ours::*, shapes::Shape};
use graph_exec::prelude::*;
use std::time::Instant;
fn main() {
    let n: usize = std::env::args().nth(1).map(|a| a.parse().unwrap()).unwrap_or(1_000_000);
    let ex = Executor::builder().threads(2).build().unwrap();
    for _ in 0..5 {
        for s in Shape::ALL {
            let t = Instant::now();
            let h = s.build(&mut Ours, n);
            let b = t.elapsed();
            let t = Instant::now();
            let (v, d) = match h {
                Handle::Once(h) => (ex.compute(h).unwrap(), t.elapsed()),
                Handle::Shared(h) => {
                    let v = *ex.compute(&h).unwrap();
                    let r = t.elapsed();
                    drop(h);
                    (v, r)
                }
            };
            let all = t.elapsed() + b;
            assert_eq!(v, s.expected(n));
            let k = s.tasks(n) as f64;
            println!(
                "{:12} build {:6.1} run {:6.1} total {:6.1} ns/task",
                s.name(),
                b.as_nanos() as f64 / k,
                d.as_nanos() as f64 / k,
                all.as_nanos() as f64 / k
            );
        }
    }
}
