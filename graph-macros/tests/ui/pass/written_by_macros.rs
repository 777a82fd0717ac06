#![deny(warnings)]
//! Functions that a macro of the user's writes, from fragments of every kind.

use graph_exec::{Delayed, delayed, value};

macro_rules! by_ident {
    ($name:ident, $type:ident) => {
        #[delayed]
        fn $name(x: $type) -> $type {
            x
        }
    };
}
by_ident!(of_ident, i64);

macro_rules! by_tokens {
    ($name:ident, $($type:tt)*) => {
        #[delayed]
        fn $name(x: $($type)*) -> $($type)* {
            x
        }
    };
}
by_tokens!(of_tokens, Vec<i64>);

macro_rules! by_item {
    ($item:item) => {
        #[delayed]
        $item
    };
}
by_item! {
    fn of_item(x: i64) -> i64 {
        x
    }
}

macro_rules! by_block {
    ($visibility:vis $name:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block) => {
        #[delayed]
        $visibility fn $name($($argument: $type),*) -> $result $body
    };
}
by_block!(pub(crate) of_block(a: i64, b: &str) -> i64 { a + b.len() as i64 });

struct Model(i64);

macro_rules! methods {
    ($name:ident, $second:ident, $result:ty, $third:ident) => {
        impl Model {
            #[delayed]
            fn $name(&self, x: i64) -> $result {
                self.0 + x
            }
            #[delayed]
            fn $second() -> Self {
                Model(1)
            }
        }

        #[delayed]
        impl Model {
            fn $third(&self, x: $result) -> $result {
                self.0 * x
            }
        }
    };
}
methods!(plus, new, i64, times);

macro_rules! with_parts {
    ($name:ident, $generic:ident: $($bound:tt)*) => {
        #[delayed]
        fn $name<$generic: $($bound)*>(first: $generic, rest: &[$generic]) -> Vec<$generic> {
            let mut all = rest.to_vec();
            all.push(first);
            all
        }
    };
}
with_parts!(of_bounds, T: Clone + Send);

macro_rules! with_options {
    (#[$meta:meta] $name:ident, $retries:literal, $bytes:path, $lifetime:lifetime, $result:path) => {
        #[$meta]
        #[delayed(retries = $retries, bytes = $bytes)]
        fn $name<$lifetime>(a: &$lifetime str, _: &$lifetime str) -> $result {
            Ok(a.len())
        }
    };
}
fn two(a: &str, b: &str) -> usize {
    a.len() + b.len()
}
with_options!(#[inline] of_options, 3, two, 'a, Result<usize, String>);

fn main() {
    drop((of_ident(1), of_tokens(vec![1]), of_item(1), of_block(1, "a")));
    let model = Model::new().shared();
    drop((Model::plus(&model, 1), model.times(2), of_bounds(1, vec![2])));
    let length: Delayed<usize> = of_options("a", value("b"));
    drop(length);
}
