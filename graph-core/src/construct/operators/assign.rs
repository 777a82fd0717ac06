//! `total += part`: the task of the sum takes the place of the handle, and nothing else is built than by
//! `total = total + part`.

use std::{
    ops::{
        Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div,
        DivAssign, Mul, MulAssign, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
    },
    panic::Location,
};

use crate::{
    construct::operators::{
        AddTask, BitAndTask, BitOrTask, BitXorTask, DivTask, MulTask, RemTask, ShlTask, ShrTask,
        SubTask, binary_from,
    },
    handle::{Delayed, Shared},
};

/// `left op= right` for one type on the right.
macro_rules! assign_impl {
    ($trait:ident $method:ident $operator:ident $operate:ident $task:ident: $right:ty; $($clone:tt)*) => {
        #[diagnostic::do_not_recommend]
        impl<T> $trait<$right> for Delayed<T>
        where
            T: $operator<Output = T> + Send + 'static $($clone)*,
        {
            #[track_caller]
            fn $method(&mut self, right: $right) {
                let caller = Location::caller();
                self.replace_with(|left| {
                    binary_from::<$task, T, _>(caller, left, right, <T as $operator>::$operate)
                });
            }
        }
    };
}

macro_rules! assign_impls {
    ($($trait:ident $method:ident $operator:ident $operate:ident $task:ident;)*) => {$(
        assign_impl!($trait $method $operator $operate $task: Delayed<T>;);
        assign_impl!($trait $method $operator $operate $task: Shared<T>; + Clone + Sync);
        assign_impl!($trait $method $operator $operate $task: &Shared<T>; + Clone + Sync);
        assign_impl!($trait $method $operator $operate $task: T;);
    )*};
}

assign_impls! {
    AddAssign add_assign Add add AddTask;
    SubAssign sub_assign Sub sub SubTask;
    MulAssign mul_assign Mul mul MulTask;
    DivAssign div_assign Div div DivTask;
    RemAssign rem_assign Rem rem RemTask;
    BitAndAssign bitand_assign BitAnd bitand BitAndTask;
    BitOrAssign bitor_assign BitOr bitor BitOrTask;
    BitXorAssign bitxor_assign BitXor bitxor BitXorTask;
    ShlAssign shl_assign Shl shl ShlTask;
    ShrAssign shr_assign Shr shr ShrTask;
}

#[cfg(test)]
mod tests {
    use crate::{construct::combinators::value, graph::Graph, handle::Handle, task::test_run::run};

    #[test]
    fn every_operator_assigns() {
        let mut n = value(100);
        n += 4; // 104
        n -= 2; // 102
        n *= 3; // 306
        n /= 2; // 153
        n %= 100; // 53
        n &= 0b11_1110; // 52
        n |= 1; // 53
        n ^= 0b11; // 54
        n <<= 2; // 216
        n >>= 1; // 108
        assert_eq!(run(n), Ok(108));
    }

    #[test]
    fn every_kind_of_handle_is_added() {
        let shared = value(1).shared();
        let mut sum = value(0);
        sum += value(1);
        sum += &shared;
        sum += shared;
        sum += 1;
        assert_eq!(run(sum), Ok(4));
    }

    #[test]
    fn no_task_is_built_but_the_sums() {
        let mut sum = value(0);
        for n in 1..=10 {
            sum += n;
        }
        let graph = Graph::of(&sum).unwrap();
        assert_eq!((graph.nodes().len(), graph.edges().len()), (11, 10));
        assert_eq!(sum.task().header().strong_count(), 1);
        sum = sum.named("total");
        assert!(format!("{sum:?}").contains("total"));
    }

    #[test]
    fn a_task_is_built_where_the_operator_stands() {
        let mut sum = value(1);
        sum += 2;
        assert_eq!(sum.built_at().line, line!() - 1);
    }
}
