//! Containers and tuples of arguments, for parameters taken by value.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::construct::{
    by_value::IntoArg,
    input::{Sealed, whole::Whole},
    shape::Each,
};

impl<T: Send + 'static, S, A: IntoArg<T, S>> IntoArg<Vec<T>, Each<S>> for Vec<A> {
    type Input = Whole<Vec<A::Input>, Vec<T>>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        Whole::new(self.into_iter().map(|argument| argument.into_arg(sealed)).collect())
    }
}

impl<T: Send + 'static, S, A: IntoArg<T, S>> IntoArg<VecDeque<T>, Each<S>> for VecDeque<A> {
    type Input = Whole<VecDeque<A::Input>, VecDeque<T>>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        Whole::new(self.into_iter().map(|argument| argument.into_arg(sealed)).collect())
    }
}

impl<T: Send + 'static, S, A: IntoArg<T, S>> IntoArg<Box<[T]>, Each<S>> for Box<[A]> {
    type Input = Whole<Box<[A::Input]>, Box<[T]>>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        Whole::new(self.into_iter().map(|argument| argument.into_arg(sealed)).collect())
    }
}

impl<T: Send + 'static, S, A: IntoArg<T, S>, const N: usize> IntoArg<[T; N], Each<S>> for [A; N] {
    type Input = Whole<[A::Input; N], [T; N]>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        Whole::new(self.map(|argument| argument.into_arg(sealed)))
    }
}

impl<T: Send + 'static, S, A: IntoArg<T, S>> IntoArg<Option<T>, Each<S>> for Option<A> {
    type Input = Whole<Option<A::Input>, Option<T>>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        Whole::new(self.map(|argument| argument.into_arg(sealed)))
    }
}

impl<K, T, S, A, H> IntoArg<HashMap<K, T, H>, Each<S>> for HashMap<K, A, H>
where
    K: Eq + Hash + Send + 'static,
    T: Send + 'static,
    A: IntoArg<T, S>,
    H: BuildHasher + Default + Send + 'static,
{
    type Input = Whole<HashMap<K, A::Input, H>, HashMap<K, T, H>>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        Whole::new(self.into_iter().map(|(key, value)| (key, value.into_arg(sealed))).collect())
    }
}

impl<K, T, S, A> IntoArg<BTreeMap<K, T>, Each<S>> for BTreeMap<K, A>
where
    K: Ord + Send + 'static,
    T: Send + 'static,
    A: IntoArg<T, S>,
{
    type Input = Whole<BTreeMap<K, A::Input>, BTreeMap<K, T>>;
    fn into_arg(self, sealed: Sealed) -> Self::Input {
        Whole::new(self.into_iter().map(|(key, value)| (key, value.into_arg(sealed))).collect())
    }
}

macro_rules! tuples {
    ($($argument:ident $value:ident $shape:ident),+) => {
        impl<$($argument, $value, $shape),+> IntoArg<($($value,)+), Each<($($shape,)+)>>
            for ($($argument,)+)
        where
            $($value: Send + 'static, $argument: IntoArg<$value, $shape>,)+
        {
            type Input = Whole<($($argument::Input,)+), ($($value,)+)>;
            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn into_arg(self, sealed: Sealed) -> Self::Input {
                let ($($argument,)+) = self;
                Whole::new(($($argument.into_arg(sealed),)+))
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
