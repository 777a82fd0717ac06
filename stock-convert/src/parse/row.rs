//! The general path: the object on a line to one cell per column, without a map in between.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fmt;

use indexmap::IndexSet;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::diagnosis::in_words;
use crate::frame::cell::Cell;
use crate::options::{ColumnAction, NESTED, ReadOptions, dotted};

/// How many objects may be inside each other that are flattened, as each takes some of the stack.
const DEPTH: usize = 128;

/// Reads the object on `line` into `cells`, one for each key that is a column, and adds keys that are new.
///
/// Columns that the options leave out go to `dropped`. Of equal keys the last one counts. With `flatten`, an
/// object in a value gives cells of its own.
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
    let mut row = Row { keys, cells, dropped, options };
    match !options.flatten && options.columns.is_plain() {
        true => json.deserialize_map(row)?,
        false => json.deserialize_map(ChosenColumns { row: &mut row, prefix: "" })?,
    }
    json.end()
}

/// The place of `name`; a new name is added at the end.
fn place_or_add(keys: &mut IndexSet<String>, name: &str) -> usize {
    keys.get_index_of(name).unwrap_or_else(|| keys.insert_full(name.to_owned()).0)
}

/// The cell of a value, as it is written on the line.
#[inline]
fn cell_of(written: &str) -> Cell<'_> {
    match written.as_bytes() {
        [b'"', ..] if !written.contains('\\') => {
            Cell::Text(Cow::Borrowed(written.trim_matches('"')))
        }
        [b'"', ..] => serde_json::from_str(written)
            .map_or(Cell::HalfCharacter, |text| Cell::Text(Cow::Owned(text))),
        [b'n', ..] => Cell::Missing,
        [b't' | b'f', ..] => Cell::Bool(written == "true"),
        [b'{', ..] => Cell::Object,
        [b'[', ..] => Cell::Array,
        number if number.iter().any(|byte| b".eE".contains(byte)) => match written.parse::<f64>() {
            Ok(value) if value.is_finite() => Cell::Float(value),
            _ => Cell::BeyondFloat,
        },
        _ => written.parse().map_or(Cell::BeyondInt, Cell::Int),
    }
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
        while let Some(Key(key)) = map.next_key()? {
            // Most lines have their keys in the same order.
            let place = match self.keys.get_index(hint) {
                Some(hinted) if *hinted == key => hint,
                _ => place_or_add(self.keys, &key),
            };
            self.put(place, cell_of(map.next_value::<&'line RawValue>()?.get()));
            hint = place + 1;
        }
        Ok(())
    }
}

/// A key, as it stands on the line where it has no escapes.
#[derive(Deserialize)]
struct Key<'line>(#[serde(borrow)] Cow<'line, str>);

/// An object of which the options say what becomes of each key.
struct ChosenColumns<'r, 'a, 'line> {
    row: &'r mut Row<'a, 'line>,
    /// The keys of the objects around it, each with the separator behind it.
    prefix: &'r str,
}

impl<'line> Visitor<'line> for ChosenColumns<'_, '_, 'line> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'line>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { row, prefix } = self;
        let options = row.options;
        // JSON takes the last of equal keys; of objects, which are taken apart, both would count.
        let (mut seen, mut objects) = (HashSet::new(), HashSet::new());
        while let Some(Key(key)) = map.next_key()? {
            let written = map.next_value::<&'line RawValue>()?.get();
            let name = format!("{prefix}{key}");
            let action = options.columns.action(&name);
            if options.flatten && action != ColumnAction::Drop && key.contains(NESTED) {
                let nul = format_args!("the key {key:?} holds a NUL character");
                return Err(A::Error::custom(nul));
            }
            let is_object = written.starts_with('{') && options.takes_apart(&name);
            match action {
                _ if is_object => row.read_nested(written, &name)?,
                ColumnAction::Keep => row.put_named(&name, written, false),
                ColumnAction::AsText => row.put_named(&name, written, true),
                ColumnAction::Drop => drop(row.dropped.insert(dotted(&name))),
                ColumnAction::Inside => {}
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

impl<'line> Row<'_, 'line> {
    /// Puts a value into the column called `name`; `as_text` makes a text of one that is none, as it is
    /// written.
    fn put_named(&mut self, name: &str, written: &'line str, as_text: bool) {
        let cell = match cell_of(written) {
            Cell::Text(text) if self.options.columns.null.iter().any(|null| *null == text) => {
                Cell::Missing
            }
            cell @ (Cell::Text(_) | Cell::HalfCharacter | Cell::Missing) => cell,
            _ if as_text => Cell::Text(Cow::Borrowed(written)),
            cell => cell,
        };
        let place = place_or_add(self.keys, name);
        self.put(place, cell);
    }

    /// Takes the object `written` apart that is the value of `name`.
    fn read_nested<E: Error>(&mut self, written: &'line str, name: &str) -> Result<(), E> {
        let prefix = &format!("{name}{NESTED}");
        if prefix.matches(NESTED).count() > DEPTH {
            let outermost = name.split(NESTED).next().unwrap_or_default();
            return Err(E::custom(format_args!(
                "column {outermost:?} is nested too deeply: more than {DEPTH} objects inside each other"
            )));
        }
        let nested = ChosenColumns { row: self, prefix };
        let mut json = serde_json::Deserializer::from_str(written);
        json.deserialize_map(nested).map_err(|error| E::custom(in_words(&error)))
    }
}
