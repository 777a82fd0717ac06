//! Lazy operators: `a + b` on handles is a task that adds their results.
//!
//! Both sides and the result have one type, so that literals infer: a handle with a handle
//! (`Delayed`, `Shared` or `&Shared`), a handle with a value, and a primitive with a handle of one.
//! Anything else (`Instant` − `Instant`) is a task of its own: `defer!` or `.map`.

mod assign;
mod sum;

use std::{
    ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Rem, Shl, Shr, Sub},
    panic::Location,
};

use crate::{
    construct::{
        by_value::{IntoArg, by_value},
        call::{builtin_tasks, call_closure, call_from},
    },
    handle::{Delayed, Shared},
    primitives::primitives,
    remote::kind::RemoteKind,
    task::function::Named,
};

builtin_tasks!(
    AddTask = "add": RemoteKind::Operator("add"),
    SubTask = "sub": RemoteKind::Operator("sub"),
    MulTask = "mul": RemoteKind::Operator("mul"),
    DivTask = "div": RemoteKind::Operator("div"),
    RemTask = "rem": RemoteKind::Operator("rem"),
    NegTask = "neg": RemoteKind::Operator("neg"),
    NotTask = "not": RemoteKind::Operator("not"),
    BitAndTask = "bitand": RemoteKind::Operator("bitand"),
    BitOrTask = "bitor": RemoteKind::Operator("bitor"),
    BitXorTask = "bitxor": RemoteKind::Operator("bitxor"),
    ShlTask = "shl": RemoteKind::Operator("shl"),
    ShrTask = "shr": RemoteKind::Operator("shr"),
);

/// The task of an operator with two sides.
#[inline]
#[track_caller]
fn binary<N: Named, T, O>(
    left: impl IntoArg<T>,
    right: impl IntoArg<T>,
    operator: impl FnOnce(T, T) -> O + Send + 'static,
) -> Delayed<O>
where
    T: Send + 'static,
    O: Send + 'static,
{
    binary_from::<N, T, O>(Location::caller(), left, right, operator)
}

/// [`binary`] on behalf of `caller`.
#[inline]
fn binary_from<N: Named, T, O>(
    caller: &'static Location<'static>,
    left: impl IntoArg<T>,
    right: impl IntoArg<T>,
    operator: impl FnOnce(T, T) -> O + Send + 'static,
) -> Delayed<O>
where
    T: Send + 'static,
    O: Send + 'static,
{
    call_from::<N, _, _, _>(
        caller,
        (by_value::<T, _>(left), (by_value::<T, _>(right), ())),
        |(left, (right, ()))| operator(left, right),
    )
}

/// The task of an operator with one side.
#[inline]
#[track_caller]
fn unary<N: Named, T, O>(
    operand: impl IntoArg<T>,
    operator: impl FnOnce(T) -> O + Send + 'static,
) -> Delayed<O>
where
    T: Send + 'static,
    O: Send + 'static,
{
    call_closure::<N, _, _, _>((by_value::<T, _>(operand), ()), |(operand, ())| operator(operand))
}

/// `left op right` for one pair of types that become a `T`.
macro_rules! binary_impl {
    ($trait:ident $method:ident $task:ident: $left:ty, $right:ty; $($clone:tt)*) => {
        #[diagnostic::do_not_recommend]
        impl<T> $trait<$right> for $left
        where
            T: $trait<Output = T> + Send + 'static $($clone)*,
        {
            type Output = Delayed<T>;
            #[inline]
            #[track_caller]
            fn $method(self, right: $right) -> Self::Output {
                binary::<$task, T, _>(self, right, <T as $trait>::$method)
            }
        }
    };
}

macro_rules! binary_impls {
    ($($trait:ident $method:ident $task:ident;)*) => {$(
        binary_impl!($trait $method $task: Delayed<T>, Delayed<T>;);
        binary_impl!($trait $method $task: Delayed<T>, Shared<T>; + Clone + Sync);
        binary_impl!($trait $method $task: Delayed<T>, &Shared<T>; + Clone + Sync);
        binary_impl!($trait $method $task: Shared<T>, Delayed<T>; + Clone + Sync);
        binary_impl!($trait $method $task: Shared<T>, Shared<T>; + Clone + Sync);
        binary_impl!($trait $method $task: Shared<T>, &Shared<T>; + Clone + Sync);
        binary_impl!($trait $method $task: &Shared<T>, Delayed<T>; + Clone + Sync);
        binary_impl!($trait $method $task: &Shared<T>, Shared<T>; + Clone + Sync);
        binary_impl!($trait $method $task: &Shared<T>, &Shared<T>; + Clone + Sync);
        binary_impl!($trait $method $task: Delayed<T>, T;);
        binary_impl!($trait $method $task: Shared<T>, T; + Clone + Sync);
        binary_impl!($trait $method $task: &Shared<T>, T; + Clone + Sync);
    )*};
}

binary_impls! {
    Add add AddTask;
    Sub sub SubTask;
    Mul mul MulTask;
    Div div DivTask;
    Rem rem RemTask;
    BitAnd bitand BitAndTask;
    BitOr bitor BitOrTask;
    BitXor bitxor BitXorTask;
    Shl shl ShlTask;
    Shr shr ShrTask;
}

macro_rules! unary_impls {
    ($($trait:ident $method:ident $task:ident;)*) => {$(
        unary_impls!($trait $method $task: Delayed<T>;);
        unary_impls!($trait $method $task: Shared<T>; + Clone + Sync);
        unary_impls!($trait $method $task: &Shared<T>; + Clone + Sync);
    )*};
    ($trait:ident $method:ident $task:ident: $operand:ty; $($clone:tt)*) => {
        #[diagnostic::do_not_recommend]
        impl<T> $trait for $operand
        where
            T: $trait<Output = T> + Send + 'static $($clone)*,
        {
            type Output = Delayed<T>;
            #[inline]
            #[track_caller]
            fn $method(self) -> Self::Output {
                unary::<$task, T, _>(self, <T as $trait>::$method)
            }
        }
    };
}

unary_impls! {
    Neg neg NegTask;
    Not not NotTask;
}

/// `value op handle`: the left side is foreign, so each type has its own.
macro_rules! primitive_impls {
    ($kind:ident: $($trait:ident $method:ident $task:ident;)*) => {
        $(primitives!($kind: primitive_impls! @operator $trait $method $task);)*
    };
    (@operator $trait:ident $method:ident $task:ident [$($type:ty)*]) => {$(
        primitive_impls!(@one $trait $method $task $type, Delayed<$type>);
        primitive_impls!(@one $trait $method $task $type, Shared<$type>);
        primitive_impls!(@one $trait $method $task $type, &Shared<$type>);
    )*};
    (@one $trait:ident $method:ident $task:ident $type:ty, $handle:ty) => {
        #[diagnostic::do_not_recommend]
        impl $trait<$handle> for $type {
            type Output = Delayed<$type>;
            #[inline]
            #[track_caller]
            fn $method(self, right: $handle) -> Self::Output {
                binary::<$task, $type, _>(self, right, <$type as $trait>::$method)
            }
        }
    };
}

primitive_impls! {
    numbers:
    Add add AddTask;
    Sub sub SubTask;
    Mul mul MulTask;
    Div div DivTask;
    Rem rem RemTask;
}

primitive_impls! {
    integers_and_bool:
    BitAnd bitand BitAndTask;
    BitOr bitor BitOrTask;
    BitXor bitxor BitXorTask;
}

primitive_impls! {
    integers:
    Shl shl ShlTask;
    Shr shr ShrTask;
}

#[cfg(test)]
mod tests {
    use crate::{construct::combinators::value, handle::Handle};

    #[test]
    fn every_pair_of_handles_and_values_adds() {
        let shared = value(1).shared();
        let sums = [
            value(1) + value(2),
            value(1) + shared.clone(),
            value(1) + &shared,
            shared.clone() + value(1),
            shared.clone() + shared.clone(),
            shared.clone() + &shared,
            &shared + value(1),
            &shared + shared.clone(),
            &shared + &shared,
            value(1) + 2,
            shared.clone() + 2,
            &shared + 2,
            2 + value(1),
            2 + shared.clone(),
            2 + &shared,
        ];
        for sum in &sums {
            assert!(format!("{sum:?}").starts_with("Delayed<i32>(add at"), "{sum:?}");
        }
    }

    #[test]
    fn every_operator_names_its_task() {
        let a = || value(6);
        let results = [
            (a() - 2, "sub"),
            (a() * 2, "mul"),
            (a() / 2, "div"),
            (a() % 2, "rem"),
            (a() & 2, "bitand"),
            (a() | 2, "bitor"),
            (a() ^ 2, "bitxor"),
            (a() << 2, "shl"),
            (a() >> 2, "shr"),
            (-a(), "neg"),
            (!a(), "not"),
        ];
        for (result, name) in &results {
            assert!(format!("{result:?}").contains(&format!("({name} at")), "{result:?}");
        }
    }

    #[test]
    fn a_task_is_built_where_the_operator_stands() {
        let sum = value(1.5) * 2.0;
        assert_eq!(sum.built_at().line, line!() - 1);
        assert!(sum.built_at().file.ends_with("operators.rs"));
    }
}
