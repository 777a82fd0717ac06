//! The operators and the types that need no function with `remote`.

use std::{
    any::TypeId,
    iter::{Product, Sum},
    ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Rem, Shl, Shr, Sub},
    path::PathBuf,
    time::Duration,
};

use super::{
    codec::{Codec, Travels},
    function::{Arguments, Call, Fault, Plain, RemoteReturn},
};
use crate::{construct::diagnostics::TaskResult, primitives::primitives};

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
    let operand = arguments.by_value()?;
    arguments.end()?;
    Plain::encoded(operator(operand))
}

fn two<T: Travels + TaskResult>(
    arguments: &mut Arguments<'_>,
    operator: fn(T, T) -> T,
) -> Result<Vec<u8>, Fault> {
    let (left, right) = (arguments.by_value()?, arguments.by_value()?);
    arguments.end()?;
    Plain::encoded(operator(left, right))
}

/// An operator on any number of operands.
fn many<T: Travels + TaskResult>(
    arguments: &mut Arguments<'_>,
    operator: fn(std::vec::IntoIter<T>) -> T,
) -> Result<Vec<u8>, Fault>
where
    Vec<T>: Travels,
{
    let operands: Vec<T> = arguments.by_value()?;
    arguments.end()?;
    Plain::encoded(operator(operands.into_iter()))
}

/// Adds operators to a list, each for all types of one kind. Before each operator stands the number
/// of its operands.
macro_rules! add_operators {
    ($list:ident, $kind:ident: $($operands:ident $trait:ident $method:ident),+) => {
        $(primitives!($kind: add_operators! $list $operands $trait $method);)+
    };
    ($list:ident $operands:ident $trait:ident $method:ident [$($type:ty)+]) => {
        $list.extend([$(Operator {
            operator: stringify!($method),
            type_id: TypeId::of::<$type>(),
            type_name: std::any::type_name::<$type>(),
            call: |arguments| $operands::<$type>(arguments, <$type as $trait>::$method),
        }),+]);
    };
}

/// The operators that are built in.
pub(super) fn operators() -> Vec<Operator> {
    let mut list = Vec::new();
    add_operators!(list, numbers: two Add add, two Sub sub, two Mul mul, two Div div, two Rem rem);
    add_operators!(list, numbers: many Sum sum, many Product product);
    add_operators!(list, integers_and_bool: two BitAnd bitand, two BitOr bitor, two BitXor bitxor);
    add_operators!(list, integers_and_bool: one Not not);
    add_operators!(list, integers: two Shl shl, two Shr shr);
    add_operators!(list, signed_numbers: one Neg neg);
    add_operators!(list two Add add [Duration]);
    add_operators!(list two Sub sub [Duration]);
    list
}

macro_rules! add_codecs {
    ($list:ident [$($type:ty)+]) => {$(
        $list.extend([
            Codec::new::<$type>(),
            Codec::new::<Vec<$type>>(),
            Codec::new::<Option<$type>>(),
        ]);
    )+};
}

/// The codecs of the types that travel although no function with `remote` takes or gives them.
pub(super) fn codecs() -> Vec<Codec> {
    let mut list = vec![Codec::static_text()];
    primitives!(all: add_codecs! list);
    add_codecs!(list [() String PathBuf Duration]);
    list
}
