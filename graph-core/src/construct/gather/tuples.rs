//! Tuples of handles for `gather`.

use crate::construct::{gather::Gather, input::Sealed};

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: Gather),+> Gather for ($($name,)+) {
            type Value = ($($name::Value,)+);
            type Parts = ($($name::Parts,)+);

            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn parts(self, sealed: Sealed) -> Self::Parts {
                let ($($name,)+) = self;
                ($($name.parts(sealed),)+)
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
