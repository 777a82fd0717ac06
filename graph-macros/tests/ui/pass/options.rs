//! `retries`, `bytes` and `result_bytes` on every kind of function.

use std::{collections::HashMap, path::Path, sync::Arc};

use graph_exec::{Delayed, delayed, value};

mod size {
    pub fn text(text: &str) -> usize {
        text.len()
    }
    pub fn of<T>(rows: &Vec<T>) -> usize {
        size_of::<T>() * rows.len()
    }
    pub fn file(path: &std::path::Path, _: &String) -> usize {
        path.as_os_str().len()
    }
    pub fn nothing() -> usize {
        0
    }
    pub fn result(rows: &[f64]) -> usize {
        8 * rows.len()
    }
}

#[delayed(retries = 1)]
fn no_parameter() {}

#[delayed(bytes = size::nothing, retries = 255u8)]
fn only_bytes() -> Result<i64, String> {
    Ok(1)
}

#[delayed(retries = 3, bytes = size::file, result_bytes = size::result)]
fn read(path: &Path, kind: String) -> std::io::Result<Vec<f64>> {
    let _ = (path, kind);
    Ok(vec![])
}

#[delayed(infallible, retries = 3)]
fn kept(text: &'static str) -> Result<i64, String> {
    text.parse().map_err(|_| text.to_owned())
}

#[delayed(bytes = crate::size::of::<T>)]
fn last<T: Clone>(rows: Vec<T>) -> Option<T> {
    rows.last().cloned()
}

#[delayed(bytes = size::text, result_bytes = size::text)]
fn coerced(text: String) -> String {
    text
}

#[delayed(retries = 2)]
fn maps(rows: HashMap<String, f64>, shared: &[Arc<f64>], mut rest: Vec<f64>) -> f64 {
    rest.push(1.0);
    rows.values().sum::<f64>() + shared.len() as f64
}

struct Model<T>(T);

impl<T: Clone + Send + Sync + 'static> Model<T> {
    fn size(&self, _: &u8) -> usize {
        size_of::<T>()
    }

    #[delayed(retries = 2, bytes = Self::size)]
    fn run(&self, x: u8) -> Option<T> {
        (x > 0).then(|| self.0.clone())
    }
}

#[delayed(resource("gpu"), resource("disk", 2,), at_most = 3, retries = 1)]
fn limited<T: Clone + Send + 'static>(x: u8, _value: T) -> u8 {
    x
}

struct Plain(f64);

#[delayed]
impl Plain {
    #[delayed(retries = 2, bytes = Self::size, result_bytes = size_of_val)]
    pub fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }

    #[delayed(at_most = 1, resource("gpu", 2))]
    pub fn explain(&self) -> f64 {
        self.0
    }

    fn size(&self, _: &f64) -> usize {
        size_of::<Self>()
    }
}

fn main() {
    let numbers: Vec<Delayed<f64>> = vec![value(1.0)];
    let model = value(Plain(1.0)).shared();
    drop((no_parameter(), only_bytes(), read("a", "b"), kept("1"), last(vec![1]), coerced("a")));
    drop((maps(HashMap::<String, f64>::new(), vec![value(1.0).shared()], numbers).priority(1)));
    drop((limited::<i64>(1, 2).resource("gpu", 1), model.explain()));
    drop((Model::run(value(Model(1)), 1), model.predict(1.0), Plain(1.0).predict(2.0)));
}
