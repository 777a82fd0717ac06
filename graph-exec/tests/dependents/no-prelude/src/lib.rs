//! Nothing is in scope that is not named.
#![no_implicit_prelude]
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

use ::graph_exec::delayed;

/// Adds.
#[delayed]
pub fn add(a: i64, b: &i64) -> i64 {
    a + *b
}

/// May fail, and is tried again.
#[delayed(retries = 3, bytes = size, plain = half_now)]
pub fn half<T: ::std::clone::Clone>(
    x: T,
    _text: &str,
) -> ::std::result::Result<T, ::std::string::String> {
    ::std::result::Result::Ok(x)
}

fn size<T>(_: &T, text: &str) -> usize {
    text.len()
}

/// A model.
pub struct Model(f64);

#[delayed]
impl Model {
    /// Predicts.
    pub fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }
}

impl Model {
    /// A new one.
    #[delayed]
    pub fn new(slope: f64) -> Self {
        Model(slope)
    }
}

/// Builds.
pub fn build() {
    let model = Model::new(::graph_exec::value(1.0)).shared();
    ::std::mem::drop((model.predict(2.0), add(1, 2), half(1, "a"), half_now(1, "a")));
    ::std::mem::drop(::graph_exec::defer!(::std::cmp::max::<i64>(1, 2)));
}
