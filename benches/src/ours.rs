//! This project, parallel and serial.

use graph_core::{__private::*, Delayed, Function, IntoArg, IntoRef, Shared};

use crate::shapes::{Build, step};
struct H;
impl Named for H {
    fn function() -> Function {
        Function { module: "", name: "f", file: "", line: 0, column: 0 }
    }
}
#[track_caller]
fn s(a: impl IntoArg<u64>, k: impl IntoArg<u64>) -> Delayed<u64> {
    call::<H, _, _, _>((by_value::<u64, _>(a), (by_value::<u64, _>(k), ())), |(a, (k, ()))| {
        step(a, k)
    })
}
#[track_caller]
fn add(a: impl IntoArg<u64>, k: impl IntoArg<u64>) -> Delayed<u64> {
    call::<H, _, _, _>((by_value::<u64, _>(a), (by_value::<u64, _>(k), ())), |(a, (k, ()))| {
        a.wrapping_add(k)
    })
}
#[track_caller]
fn leaf(a: impl IntoArg<u64>) -> Delayed<u64> {
    call::<H, _, _, _>((by_value::<u64, _>(a), ()), |(a, ())| a)
}
#[track_caller]
fn sum(a: impl IntoRef<[u64]>) -> Delayed<u64> {
    call::<H, _, _, _>((by_ref::<[u64], _>(a), ()), |(a, ())| {
        a.get().iter().fold(0, |a, b| u64::wrapping_add(a, *b))
    })
}

/// Handles of this project.
pub struct Ours;

/// A handle that is used once or more often.
pub enum Handle {
    /// Once.
    Once(Delayed<u64>),
    /// More often.
    Shared(Shared<u64>),
}
impl Handle {
    fn once(self) -> Delayed<u64> {
        match self {
            Handle::Once(h) => h,
            _ => unreachable!(),
        }
    }
}

impl Build for Ours {
    type Handle = Handle;
    fn leaf(&mut self, number: u64) -> Handle {
        Handle::Once(leaf(number))
    }
    fn step(&mut self, a: Handle, number: u64) -> Handle {
        Handle::Once(match a {
            Handle::Once(a) => s(a, number),
            Handle::Shared(a) => s(a, number),
        })
    }
    fn add(&mut self, a: Handle, b: Handle) -> Handle {
        Handle::Once(match (a, b) {
            (Handle::Once(a), Handle::Once(b)) => add(a, b),
            (Handle::Shared(a), Handle::Shared(b)) => add(a, b),
            _ => unreachable!(),
        })
    }
    fn sum(&mut self, all: Vec<Handle>) -> Handle {
        Handle::Once(sum(all.into_iter().map(Handle::once).collect::<Vec<_>>()))
    }
    fn again(&mut self, a: &Handle) -> Handle {
        match a {
            Handle::Shared(a) => Handle::Shared(a.clone()),
            _ => unreachable!(),
        }
    }
    fn shared(&mut self, a: Handle) -> Handle {
        match a {
            Handle::Once(a) => Handle::Shared(a.shared()),
            a => a,
        }
    }
}
