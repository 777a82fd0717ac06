#![deny(warnings, missing_docs)]
//! Names of arguments and of types that must not meet those that are generated, and parentheses.

use graph_exec::{Delayed, delayed, value};

/// Things with the names of the prelude.
mod own {
    pub trait Send {
        fn sent(&self) -> i64;
    }
    impl Send for i64 {
        fn sent(&self) -> i64 {
            *self
        }
    }
    pub struct Vec;
    pub struct String;
    pub struct Box;
    pub enum Option {
        None,
    }
}

/// Where the prelude's names mean something else.
mod shadowed {
    use super::own::{Box, Option, Send, String, Vec};
    use graph_exec::delayed;

    #[delayed]
    pub(crate) fn sent<T: Send>(x: T) -> i64 {
        x.sent()
    }
    #[delayed]
    pub(crate) fn sent_with_clause<T>(x: T) -> i64
    where
        T: Send + Clone,
    {
        x.sent()
    }
    #[delayed(retries = 3)]
    pub(crate) fn length(text: &str) -> usize {
        let _ = (Vec, String, Box, Option::None);
        text.len()
    }
}

/// A trait to borrow by.
trait Shape {
    fn area(&self) -> f64;
}
struct Square;
impl Shape for Square {
    fn area(&self) -> f64 {
        1.0
    }
}

#[delayed]
fn area(shape: &(dyn Shape + Send)) -> f64 {
    shape.area()
}

#[delayed]
fn names(_: i64, argument_1: i64, this: i64, inputs: i64, taken_0: i64, r#type: i64, names: i64) -> i64 {
    argument_1 + this + inputs + taken_0 + r#type + names
}

#[delayed]
fn conditions(
    #[cfg(unix)] x: i64,
    #[cfg(not(unix))] y: i64,
    #[cfg(all())] text: &str,
    #[cfg(any())] missing: NoSuchType,
    #[expect(unused_variables)] z: u8,
) -> Result<usize, String> {
    #[cfg(unix)]
    let first = x;
    #[cfg(not(unix))]
    let first = y;
    Ok(first as usize + text.len())
}

/// A model.
struct Model {
    slope: f64,
}

#[delayed]
impl Model {
    fn predict(&self, #[cfg(any())] missing: NoSuchType, x: f64) -> f64 {
        self.slope * x
    }
}

impl Model {
    // A field and a method of one name.
    #[delayed]
    fn slope(&self) -> f64 {
        self.slope
    }
    #[delayed]
    #[expect(unused_variables)]
    #[cfg(all())]
    fn new(slope: f64, unused: i64) -> Self {
        Model { slope }
    }
    #[delayed]
    #[cfg(any())]
    fn new(missing: NoSuchType) -> Self {
        missing
    }
}

/// A generic model, whose block does not ask for `T: Sync`.
struct Cells<T>(Vec<T>);

#[delayed]
impl<T> Cells<T> {
    fn count(&self) -> usize {
        self.0.len()
    }
}

fn main() {
    drop((shadowed::sent(1_i64), shadowed::sent_with_clause(1_i64), shadowed::length("a")));
    drop(area(Box::new(Square) as Box<dyn Shape + Send>));
    drop(names(1, 2, value(3), 4, 5, 6, 7));
    let both: Delayed<usize> = conditions(1, "text", 2);
    drop(both);
    let model = Model::new(2.0, 1).shared();
    drop((Model::slope(&model), model.predict(1.0)));
    let once: Delayed<usize> = value(Cells(vec![std::cell::Cell::new(1)])).count();
    drop(once);
    drop(value(Cells(vec![1])).shared().count());
}
