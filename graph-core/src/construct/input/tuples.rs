//! Tuples of inputs are inputs: of a tuple of values. Those of two stand beside [`Input`], since every
//! body's list of inputs is made of them.

use crate::{
    construct::input::{Input, InputKind},
    remote::template::Template,
    task::{failure::kept::KeptArguments, header::Edges},
};

/// The kind of inputs together.
macro_rules! kind {
    ($last:ident) => { $last::Kind };
    ($first:ident $($rest:ident)+) => { <$first::Kind as InputKind>::And<kind!($($rest)+)> };
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: Input),+> Input for ($($name,)+) {
            type Taken = ($($name::Taken,)+);
            type Kind = kind!($($name)+);

            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn edges(&self, edges: &mut Edges) {
                let ($($name,)+) = self;
                $($name.edges(edges);)+
            }
            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn take(self) -> Self::Taken {
                let ($($name,)+) = self;
                ($($name.take(),)+)
            }
            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn arguments(&self, texts: &mut Vec<String>) {
                let ($($name,)+) = self;
                $($name.arguments(texts);)+
            }
            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn keep(&self, kept: &mut KeptArguments) {
                let ($($name,)+) = self;
                $($name.keep(kept);)+
            }
            #[expect(non_snake_case, reason = "the type parameters name the elements")]
            fn template(&self, template: &mut Template) {
                let ($($name,)+) = self;
                $($name.template(template);)+
            }
        }
    };
}

tuples!(A);
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
