//! The general path: the object on a line to one cell per column, without a map in between.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fmt;

use indexmap::IndexSet;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::frame::cell::Cell;
use crate::options::{ColumnAction, NESTED, ReadOptions, dotted};

/// How many objects may be inside each other that are flattened, as each takes some of the stack.
const DEPTH: usize = 128;

/// Reads the object on `line` into `cells`, one for each key that is a column, and adds keys that are new.
///
/// Columns that the options leave out go to `dropped`. Of equal keys the last one counts. With `flatten`, an object in a value gives cells of its own.
#[inline]
pub(super) fn read<'line>(
    line: &'line str,
    options: &ReadOptions,
    (keys, dropped): (&mut IndexSet<String>, &mut BTreeSet<String>),
    cells: &mut Vec<Cell<'line>>,
) -> serde_json::Result<()> {
    cells.clear();
    cells.resize(keys.len(), Cell::Missing);
    let mut json = serde_json::Deserializer::from_str(line);
    let is_plain = !options.flatten && options.columns.is_plain();
    let row = Row { keys, cells, dropped, options };
    match is_plain {
        true => json.deserialize_map(row)?,
        false => json.deserialize_map(ChosenColumns { row, prefix: "" })?,
    }
    json.end()
}

/// The place of `name`; a new name is added at the end.
fn place_or_add(keys: &mut IndexSet<String>, name: &str) -> usize {
    keys.get_index_of(name).unwrap_or_else(|| keys.insert_full(name.to_owned()).0)
}

struct Row<'a, 'line> {
    keys: &'a mut IndexSet<String>,
    cells: &'a mut Vec<Cell<'line>>,
    /// The columns that are left out because the options say so.
    dropped: &'a mut BTreeSet<String>,
    options: &'a ReadOptions,
}

impl<'line> Row<'_, 'line> {
    #[inline]
    fn put(&mut self, place: usize, cell: Cell<'line>) {
        match self.cells.get_mut(place) {
            Some(old) => *old = cell,
            None => self.cells.push(cell),
        }
    }
}

impl<'line> Visitor<'line> for Row<'_, 'line> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'line>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut hint = 0;
        while let Some(place) = map.next_key_seed(Key { keys: self.keys, hint })? {
            let cell = map.next_value_seed(Value { nulls: &[] })?;
            self.put(place, cell);
            hint = place + 1;
        }
        Ok(())
    }
}

struct Key<'a> {
    keys: &'a mut IndexSet<String>,
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
        // Most lines have their keys in the same order.
        match self.keys.get_index(self.hint) {
            Some(hinted) if hinted == key => Ok(self.hint),
            _ => Ok(place_or_add(self.keys, key)),
        }
    }
}

/// A value as a cell, of which an object or array says only that it is one.
#[derive(Clone, Copy)]
struct Value<'a> {
    nulls: &'a [String],
}

impl Value<'_> {
    fn text<'line>(self, text: Cow<'line, str>) -> Cell<'line> {
        match self.nulls.iter().any(|null| *null == text) {
            true => Cell::Missing,
            false => Cell::Text(text),
        }
    }

    /// The cell of a value that is to be a text: one that is none stays as it is written.
    fn raw(self, raw: &RawValue) -> serde_json::Result<Cell<'_>> {
        Ok(match raw.get() {
            "null" => Cell::Missing,
            text if text.starts_with('"') => {
                self.text(Cow::Owned(serde_json::from_str::<String>(text)?))
            }
            other => Cell::Text(Cow::Borrowed(other)),
        })
    }
}

impl<'line> DeserializeSeed<'line> for Value<'_> {
    type Value = Cell<'line>;

    #[inline]
    fn deserialize<D: Deserializer<'line>>(self, json: D) -> Result<Cell<'line>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'line> Visitor<'line> for Value<'_> {
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
        Ok(self.text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Cell<'line>, E> {
        Ok(self.text(Cow::Owned(value.to_owned())))
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

/// An object of which the options say what becomes of each key.
struct ChosenColumns<'a, 'line> {
    row: Row<'a, 'line>,
    /// The keys of the objects around it, each with the separator behind it.
    prefix: &'a str,
}

impl<'line> Visitor<'line> for ChosenColumns<'_, 'line> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'line>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { mut row, prefix } = self;
        let options = row.options;
        let value = Value { nulls: &options.columns.null };
        // JSON takes the last of equal keys; of objects, which are taken apart, both would count.
        let (mut seen, mut objects) = (HashSet::new(), HashSet::new());
        while let Some(key) = map.next_key::<Cow<'line, str>>()? {
            let name = format!("{prefix}{key}");
            let action = options.columns.action(&name);
            if options.flatten && action != ColumnAction::Drop && key.contains(NESTED) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} holds a NUL character"
                )));
            }
            let mut is_object = false;
            match action {
                ColumnAction::AsText => {
                    let cell = value.raw(map.next_value::<&'line RawValue>()?).map_err(custom)?;
                    let place = place_or_add(row.keys, &name);
                    row.put(place, cell);
                }
                ColumnAction::Keep | ColumnAction::Inside
                    if options.flatten || action == ColumnAction::Keep =>
                {
                    let Row { keys, cells, dropped, options } = &mut row;
                    let row = Row { keys, cells, dropped, options };
                    let inside = action == ColumnAction::Inside;
                    is_object = map.next_value_seed(Nested { row, value, name, inside })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    let name = dotted(&name);
                    if action == ColumnAction::Drop && !row.dropped.contains(&name) {
                        row.dropped.insert(name);
                    }
                }
            }
            if options.flatten {
                if objects.contains(&key) || (is_object && seen.contains(&key)) {
                    let twice = format_args!("the key {key:?} is there twice, once with an object");
                    return Err(A::Error::custom(twice));
                }
                if is_object {
                    objects.insert(key.clone());
                }
                seen.insert(key);
            }
        }
        Ok(())
    }
}

/// The error without its place, which is one in a part of the line.
fn custom<E: Error>(error: serde_json::Error) -> E {
    let message = error.to_string();
    E::custom(message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message))
}

/// A value that goes to a cell, or an object that is flattened.
struct Nested<'a, 'line> {
    row: Row<'a, 'line>,
    value: Value<'a>,
    name: String,
    /// Whether only columns that are nested in it are taken.
    inside: bool,
}

impl<'line> DeserializeSeed<'line> for Nested<'_, 'line> {
    /// Whether it was an object that is flattened.
    type Value = bool;

    fn deserialize<D: Deserializer<'line>>(mut self, json: D) -> Result<bool, D::Error> {
        let raw = <&'line RawValue as serde::Deserialize>::deserialize(json)?.get();
        let mut json = serde_json::Deserializer::from_str(raw);
        if self.row.options.flatten && raw.starts_with('{') {
            let prefix = &format!("{}{NESTED}", self.name);
            if prefix.matches(NESTED).count() > DEPTH {
                let message = format_args!("more than {DEPTH} objects inside each other");
                return Err(D::Error::custom(message));
            }
            let nested = ChosenColumns { row: self.row, prefix };
            json.deserialize_map(nested).map_err(custom)?;
            return Ok(true);
        }
        let cell = self.value.deserialize(&mut json).map_err(custom)?;
        if !self.inside {
            let place = place_or_add(self.row.keys, &self.name);
            self.row.put(place, cell);
        }
        Ok(false)
    }
}
