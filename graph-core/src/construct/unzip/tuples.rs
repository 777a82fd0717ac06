//! Splitting the handle of a tuple that is used once: each part moves into its consumer.

use std::{any::type_name, sync::Mutex};

use crate::{
    construct::{
        call::{call, call_closure},
        input::{Borrowed, SharedValue},
        unzip::{Part, Skips, TypeNames, Unzip, Waiting, take_part},
    },
    handle::{Delayed, Shared},
};

impl TypeNames for () {
    const NAMES: &'static [fn() -> &'static str] = &[];
}

macro_rules! type_names {
    ($($name:ident)+) => {
        impl<$($name: 'static),+> TypeNames for ($($name,)+) {
            const NAMES: &'static [fn() -> &'static str] = &[$(type_name::<$name>),+];
        }
    };
}

type_names!(A);
type_names!(A B);
type_names!(A B C);
type_names!(A B C D);
type_names!(A B C D E);
type_names!(A B C D E F);
type_names!(A B C D E F G);
type_names!(A B C D E F G H);
type_names!(A B C D E F G H I);
type_names!(A B C D E F G H I J);
type_names!(A B C D E F G H I J K);

/// The task that takes one part.
#[track_caller]
fn part<Skipped: TypeNames, Kept: Send + 'static, Parts: Send + Sync + 'static>(
    parts: &Shared<Parts>,
    choose: fn(&Parts) -> &Waiting<Kept>,
) -> Delayed<Kept> {
    call_closure::<Part<Skipped, Kept>, _, _, _>(
        (Skips(1), (Borrowed(parts.clone()), ())),
        move |(_, (parts, ())): (usize, (SharedValue<Parts>, ()))| take_part(choose(&parts)),
    )
}

/// Writes a tuple of the tasks that take the parts; the first brackets hold the types in front of a part.
macro_rules! split {
    ($parts:ident [$($before:ident)*] [$($made:expr,)*]) => {
        ($($made,)*)
    };
    ($parts:ident [$($before:ident)*] [$($made:expr,)*] $name:ident $index:tt $($rest:tt)*) => {
        split!(
            $parts
            [$($before)* $name]
            [$($made,)* part::<($($before,)*), $name, _>(&$parts, |parts| &parts.$index),]
            $($rest)*
        )
    };
}

macro_rules! tuples {
    ($($name:ident $index:tt),+) => {
        impl<$($name: Send + 'static),+> Delayed<($($name,)+)> {
            /// Splits the handle of a tuple. Each part moves into its consumer, nothing is cloned.
            ///
            /// ```
            /// # extern crate graph_core as graph_exec;
            /// let (low, high, count) = graph_exec::value((1, 9, 3)).unzip();
            /// let mean = (high - low) / count;
            /// # drop(mean);
            /// ```
            #[track_caller]
            pub fn unzip(self) -> ($(Delayed<$name>,)+) {
                let parts = call::<Unzip, _, _, _>((self, ()), |(whole, ())| {
                    ($(Mutex::new(Some(whole.$index)),)+)
                })
                .shared();
                split!(parts [] [] $($name $index)+)
            }
        }
    };
}

tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
