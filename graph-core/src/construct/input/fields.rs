//! What the fields of a struct become, and the struct that is made of them.

use crate::{
    construct::input::Input,
    remote::template::Template,
    task::{failure::kept::KeptArguments, header::Edges},
};

/// An input that pictures show under the name of a field.
#[derive(Debug)]
pub struct Field<I> {
    name: &'static str,
    input: I,
}

impl<I: Input> Field<I> {
    /// The input for the field of that name.
    #[inline]
    pub fn new(name: &'static str, input: I) -> Self {
        Field { name, input }
    }
}

impl<I: Input> Input for Field<I> {
    type Taken = I::Taken;
    type Kind = I::Kind;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.input.edges(edges);
    }
    #[inline]
    fn take(self) -> I::Taken {
        self.input.take()
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        let mut own = Vec::new();
        self.input.arguments(&mut own);
        if !own.is_empty() {
            texts.push(format!("{} = {}", self.name, own.join(", ")));
        } else if self.input.constant().is_none() {
            // Its value comes along an edge.
            texts.push(format!("{} = …", self.name));
        }
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.input.keep(kept);
    }
    fn constant(&self) -> Option<&I::Taken> {
        self.input.constant()
    }
    fn template(&self, template: &mut Template) {
        self.input.template(template);
    }
}

/// Inputs that a function puts together when they are taken. Its value has the encoding of theirs, one
/// behind the other.
#[derive(Debug)]
pub struct Assembled<I: Input, T> {
    inputs: I,
    assemble: fn(I::Taken) -> T,
}

impl<I: Input, T> Assembled<I, T> {
    /// The inputs and the function.
    #[inline]
    pub fn new(inputs: I, assemble: fn(I::Taken) -> T) -> Self {
        Assembled { inputs, assemble }
    }
}

impl<I: Input, T: Send + 'static> Input for Assembled<I, T>
where
    I::Taken: 'static,
{
    type Taken = T;
    type Kind = I::Kind;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.inputs.edges(edges);
    }
    #[inline]
    fn take(self) -> T {
        (self.assemble)(self.inputs.take())
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        self.inputs.arguments(texts);
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.inputs.keep(kept);
    }
    fn template(&self, template: &mut Template) {
        self.inputs.template(template);
    }
}
