#![deny(warnings)]
//! A `#[delayed] impl` gives handles the methods that take `self` too; what no task can do stays ordinary.

use graph_exec::{Delayed, delayed, value};

#[derive(Clone)]
struct Model(Vec<f64>);

#[delayed]
impl Model {
    fn new(n: usize) -> Self {
        Model(vec![1.0; n])
    }

    fn norm(&self) -> f64 {
        self.0.iter().sum()
    }

    fn scaled(mut self, by: f64) -> Self {
        self.0.iter_mut().for_each(|weight| *weight *= by);
        self
    }

    fn only_plainly(self) -> usize {
        self.0.len()
    }

    fn weights(self) -> impl Iterator<Item = f64> {
        self.0.into_iter()
    }

    // Handles have a method of this name, which a call reaches.
    fn named(self, _: &str) -> Self {
        self
    }

    fn push(&mut self, weight: f64) {
        self.0.push(weight);
    }
}

struct Pair<A>(A, A);

// No method borrows.
#[delayed]
impl<A: Clone> Pair<A> {
    fn first(self) -> A {
        self.0
    }

    fn with<B>(self, other: B) -> (A, B) {
        (self.1, other)
    }
}

fn main() {
    let mut model = Model::new(3);
    model.push(2.0);
    assert_eq!(model.clone().named("plain").only_plainly() + model.clone().weights().count(), 8);
    let norm: Delayed<f64> = value(model).scaled(2.0).named("twice").norm();
    let shared = value(Model::new(2)).shared();
    let of_shared: Delayed<Model> = shared.scaled(value(3.0)); // clones it
    let first: Delayed<u8> = value(Pair(1_u8, 2)).first();
    let with: Delayed<(u8, char)> = value(Pair(1_u8, 2)).with('c');
    drop((norm, of_shared, first, with));
}
