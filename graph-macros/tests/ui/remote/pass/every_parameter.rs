//! What a function with `remote` may take and give, under lints that users turn on.
#![deny(unsafe_code, warnings, clippy::all)]

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use graph_exec::{Delayed, delayed, value};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub struct Table {
    rows: Vec<f64>,
}

/// Documented.
#[delayed(remote)]
pub fn read(path: &Path, limit: Option<usize>) -> std::io::Result<Table> {
    let text = std::fs::read_to_string(path)?;
    let rows = text.lines().take(limit.unwrap_or(usize::MAX)).filter_map(|l| l.parse().ok());
    Ok(Table { rows: rows.collect() })
}

#[delayed(remote, retries = 2, infallible)]
fn keep(r#type: String, mut list: Vec<i64>, pair: (u8, PathBuf)) -> Result<usize, String> {
    list.push(1);
    Ok(r#type.len() + list.len() + pair.1.components().count())
}

#[delayed(remote)]
fn maps<'a>(
    names: &'a HashMap<String, f64>,
    order: BTreeMap<u32, Arc<Table>>,
    text: &str,
    _: [i64; 3],
    tables: &[Arc<Table>],
) {
    drop((names.len(), order, text.len(), tables.len()));
}

#[delayed(remote)]
fn r#loop() -> i64 {
    1
}

mod inside {
    #[graph_exec::delayed(remote)]
    pub(super) fn read(x: i64) -> i64 {
        x
    }
}

fn main() {
    let table = read("x", None::<usize>).shared();
    let tables: Vec<_> = (0..2).map(|_| table.clone()).collect();
    drop(keep("a", vec![value(1), value(2)], (1, PathBuf::new())));
    let (names, order) = (HashMap::<String, f64>::new(), BTreeMap::<u32, Arc<Table>>::new());
    drop(maps(names, order, "x", [1, 2, 3], tables));
    let sum: Delayed<i64> = r#loop() + inside::read(2);
    drop(sum);
}
