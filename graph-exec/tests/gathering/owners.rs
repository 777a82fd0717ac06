//! Owners of what a function borrows, and statics.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    sync::Arc,
};

use graph_exec::{input::Constant, prelude::*};

use crate::size;

static TABLE: [f64; 3] = [1.0, 2.0, 3.0];
static NAMES: &[(&str, u8)] = &[("a", 1), ("b", 2)];
struct Big(i64);
static BIG: Big = Big(3);

#[delayed]
fn total(rows: &[f64]) -> f64 {
    rows.iter().sum()
}
#[delayed]
fn named(rows: &[(&'static str, u8)]) -> usize {
    rows.len()
}
#[delayed]
fn big(big: &Big) -> i64 {
    big.0
}
#[delayed]
fn length(text: &str) -> usize {
    text.len()
}
#[delayed]
fn name(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn what_is_counted_is_lent_as_what_it_owns() -> Result<(), graph_exec::Error> {
    let rows = Arc::new(vec![1.0, 2.0]);
    assert_eq!(total(&rows).compute()?, 3.0);
    assert_eq!(total(Arc::clone(&rows)).compute()?, 3.0);
    assert_eq!(total(value(Arc::clone(&rows))).compute()?, 3.0);
    let handle = value(rows).shared();
    assert_eq!(total(&handle).compute()?, 3.0);
    assert_eq!(total(Arc::new([1.0, 2.0])).compute()?, 3.0);
    assert_eq!(total(value(Arc::new([1.0, 2.0])).shared()).compute()?, 3.0);
    let text = Arc::new("abc".to_owned());
    assert_eq!(length(&text).compute()?, 3);
    assert_eq!(length(text).compute()?, 3);
    assert_eq!(length(Arc::<str>::from("abc")).compute()?, 3);
    let handle = Arc::new(PathBuf::from("x"));
    assert_eq!(name(&handle).compute()?, "x");
    let one = Arc::new(Big(1));
    assert_eq!(big(&one).compute()?, 1);
    assert_eq!(Arc::strong_count(&one), 1, "the task has given its own back");
    Ok(())
}

#[test]
fn borrowed_or_owned_texts_are_taken() -> Result<(), graph_exec::Error> {
    assert_eq!(length(Cow::Borrowed("abc")).compute()?, 3);
    assert_eq!(length(Cow::<str>::Owned("abc".to_owned())).compute()?, 3);
    assert_eq!(length(value(Cow::Borrowed("abc"))).compute()?, 3);
    let handle = value(Cow::Borrowed("abc")).shared();
    assert_eq!(length(&handle).compute()?, 3);
    assert_eq!(name(Cow::Borrowed(Path::new("x"))).compute()?, "x");
    Ok(())
}

#[test]
fn statics_are_lent_as_they_are() -> Result<(), graph_exec::Error> {
    assert_eq!(total(value(&TABLE)).compute()?, 6.0);
    assert_eq!(total(value(&TABLE[1..])).compute()?, 5.0);
    let handle = value(&TABLE).shared();
    assert_eq!(total(&handle).compute()?, 6.0);
    assert_eq!(total(Constant(&TABLE)).compute()?, 6.0);
    assert_eq!(total(Constant(&TABLE[1..])).compute()?, 5.0);
    assert_eq!(size(&total(Constant(&TABLE))), (1, 0));
    assert_eq!(named(Constant(NAMES)).compute()?, 2);
    assert_eq!(named(value(NAMES)).compute()?, 2);
    assert_eq!(big(Constant(&BIG)).compute()?, 3);
    assert_eq!(big(value(&BIG)).compute()?, 3);
    assert_eq!(length(value("abc")).compute()?, 3);
    Ok(())
}
