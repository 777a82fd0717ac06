//! A container, a tuple or a struct whose parts are inputs.

use crate::{
    construct::input::Input,
    remote::template::Template,
    task::{failure::kept::KeptArguments, header::Edges},
};

/// Parts that become a `T`, or the `T` itself when no part waits for a task.
///
/// So a plain value costs what it costs without handles: it is moved, its task looks at none of its
/// elements, and it travels to a cluster as the one value that it is.
#[derive(Debug)]
pub enum Whole<P, T> {
    /// The value, which was there when the task was built.
    Value(T),
    /// What it will be made of.
    Parts(P),
}

impl<P: Input<Taken = T>, T> Whole<P, T> {
    /// Puts parts together, at once if none of their kind waits for a task.
    #[inline]
    pub fn new(parts: P) -> Self {
        if P::IS_CONSTANT { Whole::Value(parts.take()) } else { Whole::Parts(parts) }
    }
}

impl<P: Input<Taken = T>, T: Send + 'static> Input for Whole<P, T> {
    type Taken = T;
    const IS_CONSTANT: bool = P::IS_CONSTANT;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        if let Whole::Parts(parts) = self {
            parts.edges(edges);
        }
    }
    #[inline]
    fn take(self) -> T {
        match self {
            Whole::Value(value) => value,
            Whole::Parts(parts) => parts.take(),
        }
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        if let Whole::Parts(parts) = self {
            parts.arguments(texts);
        }
    }
    fn keep(&self, kept: &mut KeptArguments) {
        if let Whole::Parts(parts) = self {
            parts.keep(kept);
        }
    }
    fn constant(&self) -> Option<&T> {
        match self {
            Whole::Value(value) => Some(value),
            Whole::Parts(_) => None,
        }
    }
    fn template(&self, template: &mut Template) {
        match self {
            Whole::Value(value) => template.constant(value),
            Whole::Parts(parts) => parts.template(template),
        }
    }
}
