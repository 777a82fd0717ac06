//! The keys of lines, each with the number of its column.

use std::collections::HashMap;

/// The keys so far, in the order of their first appearance. The place of a key is the number of its column.
#[derive(Debug, Default)]
pub(super) struct Keys {
    names: Vec<String>,
    /// name → its place in `names`
    places: HashMap<String, usize>,
}

impl Keys {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        let mut all = Self::default();
        names.for_each(|name| {
            all.place_or_add(&name);
        });
        all
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn get(&self, index: usize) -> &str {
        &self.names[index]
    }

    pub(super) fn all(&self) -> &[String] {
        &self.names
    }

    /// The place of `name`; none where it is not known.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Forgets all but the first `len`.
    pub(super) fn truncate(&mut self, len: usize) {
        for name in self.names.drain(len..) {
            self.places.remove(&name);
        }
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = String> {
        self.names.into_iter()
    }

    /// The place of `name`, which probably is `hint`; a new name is added at the end.
    #[inline]
    pub(super) fn place(&mut self, name: &str, hint: usize) -> usize {
        match self.names.get(hint) {
            Some(hinted) if hinted == name => hint,
            _ => self.place_or_add(name),
        }
    }

    /// The place of `name`; a new name is added at the end.
    pub(super) fn place_or_add(&mut self, name: &str) -> usize {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = self.names.len();
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}
