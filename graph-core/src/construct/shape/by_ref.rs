//! Containers and tuples of arguments, for parameters taken by reference: the task puts the value
//! together and lends it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::construct::{
    input::Sealed,
    shape::{Each, IntoShapedArg, IntoShapedRef},
};

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedRef<Vec<T>, Each<S>> for Vec<A> {
    type Input = <Self as IntoShapedArg<Vec<T>, Each<S>>>::Input;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedRef<[T], Each<S>> for Vec<A> {
    type Input = Vec<A::Input>;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>, const N: usize> IntoShapedRef<[T], Each<S>>
    for [A; N]
{
    type Input = [A::Input; N];
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedRef<VecDeque<T>, Each<S>>
    for VecDeque<A>
{
    type Input = <Self as IntoShapedArg<VecDeque<T>, Each<S>>>::Input;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedRef<Box<[T]>, Each<S>> for Box<[A]> {
    type Input = <Self as IntoShapedArg<Box<[T]>, Each<S>>>::Input;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>, const N: usize> IntoShapedRef<[T; N], Each<S>>
    for [A; N]
{
    type Input = <Self as IntoShapedArg<[T; N], Each<S>>>::Input;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<T: Send + 'static, S, A: IntoShapedArg<T, S>> IntoShapedRef<Option<T>, Each<S>> for Option<A> {
    type Input = <Self as IntoShapedArg<Option<T>, Each<S>>>::Input;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<K, T, S, A, H> IntoShapedRef<HashMap<K, T, H>, Each<S>> for HashMap<K, A, H>
where
    K: Eq + Hash + Send + 'static,
    T: Send + 'static,
    A: IntoShapedArg<T, S>,
    H: BuildHasher + Default + Send + 'static,
{
    type Input = <Self as IntoShapedArg<HashMap<K, T, H>, Each<S>>>::Input;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

impl<K, T, S, A> IntoShapedRef<BTreeMap<K, T>, Each<S>> for BTreeMap<K, A>
where
    K: Ord + Send + 'static,
    T: Send + 'static,
    A: IntoShapedArg<T, S>,
{
    type Input = <Self as IntoShapedArg<BTreeMap<K, T>, Each<S>>>::Input;
    fn into_shaped_ref(self) -> Self::Input {
        self.into_shaped_arg(Sealed)
    }
}

macro_rules! tuples {
    ($($argument:ident $value:ident $shape:ident),+) => {
        impl<$($argument, $value, $shape),+> IntoShapedRef<($($value,)+), Each<($($shape,)+)>>
            for ($($argument,)+)
        where
            $($value: Send + 'static, $argument: IntoShapedArg<$value, $shape>,)+
        {
            type Input = <Self as IntoShapedArg<($($value,)+), Each<($($shape,)+)>>>::Input;
            fn into_shaped_ref(self) -> Self::Input {
                self.into_shaped_arg(Sealed)
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
