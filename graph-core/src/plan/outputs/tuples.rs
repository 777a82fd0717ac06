//! Tuples of handles, and borrows of them.

use crate::plan::{
    outputs::{Outputs, borrowed::BorrowedOutputs},
    roots::Roots,
};

macro_rules! tuples {
    ($($name:ident)+) => {
        #[expect(non_snake_case, reason = "the type parameters name the elements")]
        impl<$($name: Outputs),+> Outputs for ($($name,)+) {
            type Values = ($($name::Values,)+);
            type Results<Error> = ($($name::Results<Error>,)+);
            type Owned = ($($name::Owned,)+);

            fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
                let ($($name,)+) = self;
                $($name.roots(roots);)+
            }
            fn results<Error>(
                self,
                next: &mut dyn FnMut() -> Result<(), Error>,
            ) -> Self::Results<Error> {
                let ($($name,)+) = self;
                ($($name.results(next),)+)
            }
            fn values(self) -> Self::Values {
                let ($($name,)+) = self;
                ($($name.values(),)+)
            }
            fn into_owned(self) -> Self::Owned {
                let ($($name,)+) = self;
                ($($name.into_owned(),)+)
            }
        }

        #[diagnostic::do_not_recommend]
        #[expect(non_snake_case, reason = "the type parameters name the elements")]
        impl<$($name: BorrowedOutputs),+> BorrowedOutputs for ($($name,)+) {
            type Owned = ($($name::Owned,)+);

            fn add_roots<'a>(&'a self, roots: &mut Roots<'a>) {
                let ($($name,)+) = self;
                $($name.add_roots(roots);)+
            }
            fn clone_results<Error>(
                &self,
                next: &mut dyn FnMut() -> Result<(), Error>,
            ) -> <Self::Owned as Outputs>::Results<Error> {
                let ($($name,)+) = self;
                ($($name.clone_results(next),)+)
            }
            fn clone_handles(&self) -> Self::Owned {
                let ($($name,)+) = self;
                ($($name.clone_handles(),)+)
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
