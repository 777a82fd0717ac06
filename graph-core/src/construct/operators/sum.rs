//! `parts.into_iter().sum()`: one task that adds the results of all handles.

use std::{
    iter::{Product, Sum},
    panic::Location,
};

use crate::{
    construct::{
        call::{builtin_tasks, call_from},
        input::Cloned,
    },
    handle::{Delayed, Shared},
    remote::kind::RemoteKind,
};

builtin_tasks!(
    SumTask = "sum": RemoteKind::Operator("sum"),
    ProductTask = "product": RemoteKind::Operator("product"),
);

macro_rules! fold_impls {
    ($trait:ident $method:ident $task:ident) => {
        #[diagnostic::do_not_recommend]
        impl<T: $trait<T> + Send + 'static> $trait<Delayed<T>> for Delayed<T> {
            #[track_caller]
            fn $method<I: Iterator<Item = Delayed<T>>>(parts: I) -> Self {
                let parts: Vec<Delayed<T>> = parts.collect();
                call_from::<$task, _, _, _>(Location::caller(), (parts, ()), |(parts, ())| {
                    parts.into_iter().$method()
                })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: $trait<T> + Clone + Send + Sync + 'static> $trait<Shared<T>> for Delayed<T> {
            #[track_caller]
            fn $method<I: Iterator<Item = Shared<T>>>(parts: I) -> Self {
                let parts: Vec<Cloned<T>> = parts.map(Cloned).collect();
                call_from::<$task, _, _, _>(Location::caller(), (parts, ()), |(parts, ())| {
                    parts.into_iter().$method()
                })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, T: $trait<T> + Clone + Send + Sync + 'static> $trait<&'a Shared<T>>
            for Delayed<T>
        {
            #[track_caller]
            fn $method<I: Iterator<Item = &'a Shared<T>>>(parts: I) -> Self {
                parts.cloned().$method()
            }
        }
    };
}

fold_impls!(Sum sum SumTask);
fold_impls!(Product product ProductTask);
