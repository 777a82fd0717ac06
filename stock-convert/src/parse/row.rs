//! The general path: the object on a line to one cell per column, without a map in between.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::keys::Keys;
use crate::frame::cell::Cell;

/// Reads the object on `line` into `cells`, one for each key, and adds keys that are new.
///
/// Of equal keys the last one counts. With `flatten`, an object in a value gives cells of its own.
#[inline]
pub(super) fn read<'line>(
    line: &'line str,
    flatten: bool,
    keys: &mut Keys,
    cells: &mut Vec<Cell<'line>>,
) -> serde_json::Result<()> {
    cells.clear();
    cells.resize(keys.len(), Cell::Missing);
    let mut json = serde_json::Deserializer::from_str(line);
    if flatten {
        json.deserialize_map(Flat { keys, cells, prefix: "" })?;
    } else {
        json.deserialize_map(Row { keys, cells })?;
    }
    json.end()
}

struct Row<'a, 'line> {
    keys: &'a mut Keys,
    cells: &'a mut Vec<Cell<'line>>,
}

impl<'line> Visitor<'line> for Row<'_, 'line> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'line>>(self, mut map: A) -> Result<(), A::Error> {
        let mut hint = 0;
        while let Some(place) = map.next_key_seed(Key { keys: self.keys, hint })? {
            let cell = map.next_value_seed(Value)?;
            match self.cells.get_mut(place) {
                Some(old) => *old = cell,
                None => self.cells.push(cell),
            }
            hint = place + 1;
        }
        Ok(())
    }
}

struct Key<'a> {
    keys: &'a mut Keys,
    hint: usize,
}

impl<'line> DeserializeSeed<'line> for Key<'_> {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'line>>(self, json: D) -> Result<usize, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        Ok(self.keys.place(key, self.hint))
    }
}

struct Value;

impl<'line> DeserializeSeed<'line> for Value {
    type Value = Cell<'line>;

    #[inline]
    fn deserialize<D: Deserializer<'line>>(self, json: D) -> Result<Cell<'line>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'line> Visitor<'line> for Value {
    type Value = Cell<'line>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Cell<'line>, E> {
        Ok(Cell::Missing)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Cell<'line>, E> {
        Ok(Cell::Bool(value))
    }

    #[inline]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Cell<'line>, E> {
        Ok(Cell::Int(value))
    }

    #[inline]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Cell<'line>, E> {
        Ok(i64::try_from(value).map_or(Cell::BeyondInt, Cell::Int))
    }

    #[inline]
    fn visit_f64<E: Error>(self, value: f64) -> Result<Cell<'line>, E> {
        Ok(Cell::Float(value))
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, value: &'line str) -> Result<Cell<'line>, E> {
        Ok(Cell::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Cell<'line>, E> {
        Ok(Cell::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_map<A: MapAccess<'line>>(self, mut map: A) -> Result<Cell<'line>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Object)
    }

    fn visit_seq<A: SeqAccess<'line>>(self, mut seq: A) -> Result<Cell<'line>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Array)
    }
}

/// An object whose columns are named by `prefix` and its keys.
struct Flat<'a, 'line> {
    keys: &'a mut Keys,
    cells: &'a mut Vec<Cell<'line>>,
    prefix: &'a str,
}

impl<'line> Visitor<'line> for Flat<'_, 'line> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'line>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { keys, cells, prefix } = self;
        while let Some(key) = map.next_key::<String>()? {
            let name = format!("{prefix}{key}");
            map.next_value_seed(FlatValue { keys, cells, name })?;
        }
        Ok(())
    }
}

/// A value that goes to a cell, or an object whose values go to cells of their own.
struct FlatValue<'a, 'line> {
    keys: &'a mut Keys,
    cells: &'a mut Vec<Cell<'line>>,
    name: String,
}

impl<'line> FlatValue<'_, 'line> {
    fn put(self, cell: Cell<'line>) {
        let place = self.keys.place_or_add(&self.name);
        match self.cells.get_mut(place) {
            Some(old) => *old = cell,
            None => self.cells.push(cell),
        }
    }
}

impl<'line> DeserializeSeed<'line> for FlatValue<'_, 'line> {
    type Value = ();

    fn deserialize<D: Deserializer<'line>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'line> Visitor<'line> for FlatValue<'_, 'line> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Value.visit_unit().map(|cell| self.put(cell))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        Value.visit_bool(value).map(|cell| self.put(cell))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        Value.visit_i64(value).map(|cell| self.put(cell))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        Value.visit_u64(value).map(|cell| self.put(cell))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        Value.visit_f64(value).map(|cell| self.put(cell))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'line str) -> Result<(), E> {
        Value.visit_borrowed_str(value).map(|cell| self.put(cell))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        Value.visit_str(value).map(|cell| self.put(cell))
    }

    fn visit_map<A: MapAccess<'line>>(self, map: A) -> Result<(), A::Error> {
        let prefix = &format!("{}.", self.name);
        Flat { keys: self.keys, cells: self.cells, prefix }.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'line>>(self, seq: A) -> Result<(), A::Error> {
        Value.visit_seq(seq).map(|cell| self.put(cell))
    }
}
