//! Converts stock prices from JSON lines to HDF5.
use stock_convert::*;
fn main() {
    for a in std::env::args().skip(1) {
        let p = std::path::PathBuf::from(a);
        let t = std::time::Instant::now();
        let l = match read(&p, BadLines::Refuse) {
            Ok(l) => l,
            Err(e) => {
                eprintln!("{e}\n  {:?}", e.remedy());
                continue;
            }
        };
        let w = write(&l, &Target { path: p.with_extension("h5"), mode: TargetMode::Replace });
        match w {
            Ok(w) => println!(
                "{} {} rows {} -> {} read {:.1} MB/s write {:.1} MB/s",
                p.display(),
                w.origin.rows,
                w.origin.bytes,
                w.bytes,
                w.origin.bytes as f64 / 1e6 / l.took.as_secs_f64(),
                w.bytes as f64 / 1e6 / (t.elapsed() - l.took).as_secs_f64()
            ),
            Err(e) => eprintln!("{e}"),
        }
    }
}
