//! Containers and tuples of arguments, for parameters taken by value.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::construct::{
    input::Sealed,
    shape::{Each, IntoShapedArg},
};

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedArg<Vec<T>, Each<S>> for Vec<A> {
    type Input = Vec<A::Input>;
    fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
        self.into_iter().map(|argument| argument.into_shaped_arg(sealed)).collect()
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedArg<VecDeque<T>, Each<S>>
    for VecDeque<A>
{
    type Input = VecDeque<A::Input>;
    fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
        self.into_iter().map(|argument| argument.into_shaped_arg(sealed)).collect()
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedArg<Box<[T]>, Each<S>> for Box<[A]> {
    type Input = Box<[A::Input]>;
    fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
        self.into_iter().map(|argument| argument.into_shaped_arg(sealed)).collect()
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>, const N: usize> IntoShapedArg<[T; N], Each<S>>
    for [A; N]
{
    type Input = [A::Input; N];
    fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
        self.map(|argument| argument.into_shaped_arg(sealed))
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedArg<Option<T>, Each<S>> for Option<A> {
    type Input = Option<A::Input>;
    fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
        self.map(|argument| argument.into_shaped_arg(sealed))
    }
}

impl<K, T, S, A, H> IntoShapedArg<HashMap<K, T, H>, Each<S>> for HashMap<K, A, H>
where
    K: Eq + Hash + Send + 'static,
    T: Send + 'static,
    A: IntoShapedArg<T, S>,
    H: BuildHasher + Default + Send + 'static,
{
    type Input = HashMap<K, A::Input, H>;
    fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
        self.into_iter().map(|(key, value)| (key, value.into_shaped_arg(sealed))).collect()
    }
}

impl<K, T, S, A> IntoShapedArg<BTreeMap<K, T>, Each<S>> for BTreeMap<K, A>
where
    K: Ord + Send + 'static,
    T: Send + 'static,
    A: IntoShapedArg<T, S>,
{
    type Input = BTreeMap<K, A::Input>;
    fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
        self.into_iter().map(|(key, value)| (key, value.into_shaped_arg(sealed))).collect()
    }
}

macro_rules! tuples {
    ($($argument:ident $value:ident $shape:ident),+) => {
        impl<$($argument, $value, $shape),+> IntoShapedArg<($($value,)+), Each<($($shape,)+)>>
            for ($($argument,)+)
        where
            $($value: Send + 'static, $argument: IntoShapedArg<$value, $shape>,)+
        {
            type Input = ($($argument::Input,)+);
            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn into_shaped_arg(self, sealed: Sealed) -> Self::Input {
                let ($($argument,)+) = self;
                ($($argument.into_shaped_arg(sealed),)+)
            }
        }
    };
}

tuples!(A1 T1 S1);
tuples!(A1 T1 S1, A2 T2 S2);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5, A6 T6 S6);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5, A6 T6 S6, A7 T7 S7);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5, A6 T6 S6, A7 T7 S7, A8 T8 S8);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5, A6 T6 S6, A7 T7 S7, A8 T8 S8, A9 T9 S9);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5, A6 T6 S6, A7 T7 S7, A8 T8 S8, A9 T9 S9, A10 T10 S10);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5, A6 T6 S6, A7 T7 S7, A8 T8 S8, A9 T9 S9, A10 T10 S10, A11 T11 S11);
tuples!(A1 T1 S1, A2 T2 S2, A3 T3 S3, A4 T4 S4, A5 T5 S5, A6 T6 S6, A7 T7 S7, A8 T8 S8, A9 T9 S9, A10 T10 S10, A11 T11 S11, A12 T12 S12);
