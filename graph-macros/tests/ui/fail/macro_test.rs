use graph_exec::delayed;

#[delayed]
#[test]
fn never_runs() {}

#[delayed]
#[delayed]
fn twice() {}

#[delayed]
#[target_feature(enable = "avx2")]
fn fast(x: i64) -> i64 {
    x
}

#[delayed]
fn main() {}
