//! Splitting a shared handle: each part is cloned out of the whole, which stays for others.

use crate::{
    construct::{
        call::{call, call_closure},
        diagnostics::CloneToPass,
        input::{Borrowed, SharedValue},
        unzip::{Part, Skips, TypeNames},
    },
    handle::{Delayed, Shared},
};

/// The task that clones one part.
#[track_caller]
fn part<Skipped: TypeNames, Kept: Clone + Send + 'static, Whole: Send + Sync + 'static>(
    whole: &Shared<Whole>,
    choose: fn(&Whole) -> &Kept,
) -> Delayed<Kept> {
    call_closure::<Part<Skipped, Kept>, _, _, _>(
        (Skips(1), (Borrowed(whole.clone()), ())),
        move |(_, (whole, ())): (usize, (SharedValue<Whole>, ()))| choose(&whole).clone(),
    )
}

/// Writes a tuple of the tasks that clone the parts; the first brackets hold the types in front of a part.
macro_rules! split {
    ($whole:ident [$($before:ident)*] [$($made:expr,)*]) => {
        ($($made,)*)
    };
    ($whole:ident [$($before:ident)*] [$($made:expr,)*] $name:ident $index:tt $($rest:tt)*) => {
        split!(
            $whole
            [$($before)* $name]
            [$($made,)* part::<($($before,)*), $name, _>($whole, |whole| &whole.$index),]
            $($rest)*
        )
    };
}

macro_rules! tuples {
    ($($name:ident $index:tt),+) => {
        impl<$($name: CloneToPass + Send + Sync + 'static),+> Shared<($($name,)+)> {
            /// Splits the handle of a tuple. Each part is cloned, and the whole stays for others.
            ///
            /// ```
            /// # extern crate graph_core as graph_exec;
            /// let range = graph_exec::value((1, 9)).shared();
            /// let (low, high) = range.unzip();
            /// let width = high - low;
            /// # drop((range, width));
            /// ```
            #[track_caller]
            pub fn unzip(&self) -> ($(Delayed<$name>,)+) {
                split!(self [] [] $($name $index)+)
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

impl<T: CloneToPass + Send + Sync + 'static, const N: usize> Shared<[T; N]> {
    /// Splits the handle of an array. Each element is cloned, and the whole stays for others.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let ends = graph_exec::value([1, 9]).shared();
    /// let [first, last] = ends.unzip();
    /// # drop((ends, first, last));
    /// ```
    #[track_caller]
    pub fn unzip(&self) -> [Delayed<T>; N] {
        std::array::from_fn(|index| {
            call::<Part<(T,), T>, _, _, _>(
                (Skips(index), (Borrowed(self.clone()), ())),
                |(index, (whole, ())): (usize, (SharedValue<[T; N]>, ()))| whole[index].clone(),
            )
        })
    }
}
