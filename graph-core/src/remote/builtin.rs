//! The operators and the types that need no function with `remote`.

use std::{
    any::TypeId,
    ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Rem, Shl, Shr, Sub},
    path::PathBuf,
    time::Duration,
};

use super::{
    codec::{Codec, Travels},
    function::{Arguments, Call, Fault, Plain, RemoteReturn},
};
use crate::construct::diagnostics::TaskResult;

/// An operator for one type of operands.
pub(super) struct Operator {
    pub(super) operator: &'static str,
    pub(super) type_id: TypeId,
    pub(super) type_name: &'static str,
    pub(super) call: Call,
}

fn one<T: Travels + TaskResult>(
    arguments: &mut Arguments<'_>,
    operator: fn(T) -> T,
) -> Result<Vec<u8>, Fault> {
    Plain::encoded(operator(arguments.by_value()?))
}

fn two<T: Travels + TaskResult>(
    arguments: &mut Arguments<'_>,
    operator: fn(T, T) -> T,
) -> Result<Vec<u8>, Fault> {
    let left = arguments.by_value()?;
    Plain::encoded(operator(left, arguments.by_value()?))
}

/// Lists operators with the number of their operands, each for all of some types.
macro_rules! operators {
    ($(($($side:ident $trait:ident $method:ident),+): $types:tt;)+) => {{
        let mut operators = Vec::new();
        $($(operators!(@types operators $side $trait $method $types);)+)+
        operators
    }};
    (@types $operators:ident $side:ident $trait:ident $method:ident [$($type:ty)+]) => {
        $operators.extend([$(Operator {
            operator: stringify!($method),
            type_id: TypeId::of::<$type>(),
            type_name: std::any::type_name::<$type>(),
            call: |arguments| $side::<$type>(arguments, <$type as $trait>::$method),
        }),+]);
    };
}

/// The operators that are built in.
pub(super) fn operators() -> Vec<Operator> {
    operators! {
        (two Add add, two Sub sub, two Mul mul, two Div div, two Rem rem):
            [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64];
        (two BitAnd bitand, two BitOr bitor, two BitXor bitxor, one Not not):
            [bool i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize];
        (two Shl shl, two Shr shr): [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize];
        (one Neg neg): [i8 i16 i32 i64 i128 isize f32 f64];
        (two Add add, two Sub sub): [Duration];
    }
}

macro_rules! codecs {
    ($($type:ty),+ $(,)?) => {
        vec![$(Codec::new::<$type>(), Codec::new::<Vec<$type>>(), Codec::new::<Option<$type>>()),+]
    };
}

/// The codecs of the types that travel although no function with `remote` takes or gives them.
pub(super) fn codecs() -> Vec<Codec> {
    let mut codecs = codecs!(
        (),
        bool,
        char,
        i8,
        i16,
        i32,
        i64,
        i128,
        isize,
        u8,
        u16,
        u32,
        u64,
        u128,
        usize,
        f32,
        f64,
        String,
        PathBuf,
        Duration,
    );
    codecs.push(Codec::static_text());
    codecs
}
