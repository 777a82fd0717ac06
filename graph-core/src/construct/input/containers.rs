//! Containers of inputs are inputs: of the same container of values.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::{construct::input::Input, remote::template::Template, task::header::Edges};

impl<I: Input> Input for Vec<I> {
    type Taken = Vec<I::Taken>;
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.iter().for_each(|input| input.edges(edges));
    }
    fn take(self) -> Self::Taken {
        self.into_iter().map(I::take).collect()
    }
    fn template(&self, template: &mut Template) {
        template.length(self.len());
        self.iter().for_each(|input| input.template(template));
    }
}

impl<I: Input, const N: usize> Input for [I; N] {
    type Taken = [I::Taken; N];
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.iter().for_each(|input| input.edges(edges));
    }
    fn take(self) -> Self::Taken {
        self.map(I::take)
    }
    fn template(&self, template: &mut Template) {
        self.iter().for_each(|input| input.template(template));
    }
}

impl<I: Input> Input for Option<I> {
    type Taken = Option<I::Taken>;
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.iter().for_each(|input| input.edges(edges));
    }
    fn take(self) -> Self::Taken {
        self.map(I::take)
    }
    fn template(&self, template: &mut Template) {
        template.presence(self.is_some());
        self.iter().for_each(|input| input.template(template));
    }
}

impl<I: Input> Input for VecDeque<I> {
    type Taken = VecDeque<I::Taken>;
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.iter().for_each(|input| input.edges(edges));
    }
    fn take(self) -> Self::Taken {
        self.into_iter().map(I::take).collect()
    }
    fn template(&self, template: &mut Template) {
        template.length(self.len());
        self.iter().for_each(|input| input.template(template));
    }
}

impl<I: Input> Input for Box<[I]> {
    type Taken = Box<[I::Taken]>;
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.iter().for_each(|input| input.edges(edges));
    }
    fn take(self) -> Self::Taken {
        self.into_iter().map(I::take).collect()
    }
    fn template(&self, template: &mut Template) {
        template.length(self.len());
        self.iter().for_each(|input| input.template(template));
    }
}

impl<K, I, S> Input for HashMap<K, I, S>
where
    K: Eq + Hash + Send + 'static,
    I: Input,
    S: BuildHasher + Default + Send + 'static,
{
    type Taken = HashMap<K, I::Taken, S>;
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.values().for_each(|input| input.edges(edges));
    }
    fn take(self) -> Self::Taken {
        self.into_iter().map(|(key, input)| (key, input.take())).collect()
    }
    fn template(&self, template: &mut Template) {
        template.length(self.len());
        for (key, input) in self {
            template.constant(key);
            input.template(template);
        }
    }
}

impl<K: Ord + Send + 'static, I: Input> Input for BTreeMap<K, I> {
    type Taken = BTreeMap<K, I::Taken>;
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.values().for_each(|input| input.edges(edges));
    }
    fn take(self) -> Self::Taken {
        self.into_iter().map(|(key, input)| (key, input.take())).collect()
    }
    fn template(&self, template: &mut Template) {
        template.length(self.len());
        for (key, input) in self {
            template.constant(key);
            input.template(template);
        }
    }
}
