use std::time::Duration;

use graph_exec::{delayed, value};

#[delayed(retries = 1, timeout = "1s")]
fn fetch(url: &str) -> std::io::Result<String> {
    Ok(url.to_owned())
}

fn main() {
    let named = fetch("a").shared().named("prices");
    let urgent = fetch("a").shared().priority(1);
    let patient = fetch("a").shared().retries(5);
    let polite = fetch("a").shared().backoff(Duration::from_secs(1)..=Duration::from_secs(9));
    let quick = fetch("a").shared().timeout(Duration::from_secs(1));
    let limited = fetch("a").shared().resource("gpu", 1);
    let later = fetch("a").shared().after([&value(1)]);
    let last = fetch("a").shared().after_each([]);
    let table = fetch("a").shared();
    drop(table.named("a"));
}
