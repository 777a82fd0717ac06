//! The primitive types, listed once.

/// Calls a macro with what is given for it and then the types of one kind, in brackets.
macro_rules! primitives {
    (integers: $macro:ident! $($given:tt)*) => {
        primitives!(@integers_and [] $macro! $($given)*);
    };
    (integers_and_bool: $macro:ident! $($given:tt)*) => {
        primitives!(@integers_and [bool] $macro! $($given)*);
    };
    (numbers: $macro:ident! $($given:tt)*) => {
        primitives!(@integers_and [f32 f64] $macro! $($given)*);
    };
    (signed_numbers: $macro:ident! $($given:tt)*) => {
        $macro!($($given)* [i8 i16 i32 i64 i128 isize f32 f64]);
    };
    (all: $macro:ident! $($given:tt)*) => {
        primitives!(@integers_and [f32 f64 bool char] $macro! $($given)*);
    };
    (@integers_and [$($more:ident)*] $macro:ident! $($given:tt)*) => {
        $macro!($($given)* [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize $($more)*]);
    };
}

pub(crate) use primitives;
