//! Documents that pandas' `to_json` writes in the orients `index`, `columns` and `split`, and lists by the
//! names of columns.

use std::collections::HashSet;
use std::fmt;

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::json;
use serde_json::value::RawValue;

use super::collector::Collector;
use super::record::{Raw, Records};
use crate::error::ConvertError;
use crate::error::line::LineProblem;
use crate::parse::spans::value_spans;
use crate::source::lines::RecordPlace;

/// The most bytes that a document may have that is written column by column: it has to be in memory whole.
const COLUMNS_BYTES: usize = 1 << 30;

/// The name of the column of row labels, as pandas has it.
const LABELS: &str = "index";

fn own_labels<T, E: Error>(collector: &mut Collector<'_>) -> Result<T, E> {
    collector.refuse(
        "it has a column called \"index\" beside the labels of its rows, which get that name",
        "write it with another name for that column, or with orient='records'",
    )
}

/// Refuses a document that names two things alike, of which only one would count: the second is at `place`.
fn twice<T, E: Error>(
    collector: &mut Collector<'_>,
    place: (u64, u64),
    what: &'static str,
    name: &str,
) -> Result<T, E> {
    let ((line, column), path) = (place, collector.path.to_owned());
    let problem = LineProblem::Duplicate { what, name: name.to_owned() };
    collector.stop(ConvertError::Line { path, line, column, problem })
}

/// Takes in an object of records by their labels.
pub(super) fn by_label<'de, A: MapAccess<'de>>(
    collector: &mut Collector<'_>,
    mut map: A,
) -> Result<(), A::Error> {
    let mut labels = HashSet::new();
    while let Some(label) = map.next_key::<String>()? {
        let record = map.next_value_seed(Raw(collector.position))?;
        let (record, written) = (record.get(), json!(label));
        let place = collector.position.start_of(record);
        if !labels.insert(label) {
            return twice(collector, place, "label", &written.to_string());
        }
        let Some(members) = record.strip_prefix('{') else {
            collector.push_line(record, RecordPlace::of_written(place))?;
            continue;
        };
        if value_spans(record, |_| false)
            .is_some_and(|all| all.iter().any(|(key, _)| key == LABELS))
        {
            return own_labels(collector);
        }
        let comma = if members.trim_start().starts_with('}') { "" } else { "," };
        collector.push_line(
            &format!("{{\"{LABELS}\":{written}{comma}{members}"),
            RecordPlace::of_written(place).of_rewritten(),
        )?;
    }
    Ok(())
}

/// Takes in an object of columns, each an object of values by the labels of rows.
pub(super) fn by_column<'de, A: MapAccess<'de>>(
    collector: &mut Collector<'_>,
    mut map: A,
) -> Result<(), A::Error> {
    let mut rows = IndexMap::new();
    let mut names = HashSet::new();
    let mut bytes = 0;
    while let Some(name) = map.next_key::<String>()? {
        let written = json!(name).to_string();
        if name == LABELS {
            return own_labels(collector);
        }
        if !names.insert(name) {
            let place = collector.position.start_of(&written);
            return twice(collector, place, "column", &written);
        }
        let number = names.len();
        let column = Column { name: written, number, rows: &mut rows, collector };
        bytes += map.next_value_seed(column)?;
        if bytes > COLUMNS_BYTES {
            return too_large(collector);
        }
    }
    let place = RecordPlace::of_written(collector.position.start_of("")).of_rewritten();
    let rows = rows.into_values();
    rows.map(|row| row.members + "}").try_for_each(|row| collector.push_line(&row, place))
}

fn too_large<T, E: Error>(collector: &mut Collector<'_>) -> Result<T, E> {
    collector.refuse(
        "it is written column by column and too large to be turned around in memory",
        "write it with orient='records', lines=True",
    )
}

/// Takes in an object of columns, each a list of values; a single value stands in each row.
pub(super) fn lists<'de, A: MapAccess<'de>>(
    collector: &mut Collector<'_>,
    mut map: A,
) -> Result<(), A::Error> {
    // name, as JSON → values, and whether they are a list
    let mut columns: IndexMap<String, (Vec<Box<RawValue>>, bool)> = IndexMap::new();
    let mut bytes = 0;
    while let Some(name) = map.next_key::<String>()? {
        let (name, value) = (json!(name).to_string(), map.next_value::<Box<RawValue>>()?);
        bytes += value.get().len();
        if bytes > COLUMNS_BYTES {
            return too_large(collector);
        }
        if columns.contains_key(&name) {
            let place = collector.position.start_of(value.get());
            return twice(collector, place, "column", &name);
        }
        let column = match value.get().starts_with('[') {
            true => (serde_json::from_str(value.get()).map_err(Error::custom)?, true),
            false => (vec![value], false),
        };
        columns.insert(name, column);
    }
    let lists = columns.iter().filter(|(_, (_, is_list))| *is_list);
    let mut lengths = lists.map(|(name, (values, _))| (name, values.len()));
    let Some((first, rows)) = lengths.next() else {
        return collector.refuse("there is no list in it", "without --orient it is one record");
    };
    if let Some((other, length)) = lengths.find(|(_, length)| *length != rows) {
        return collector.refuse(
            &format!("its lists differ in length: {rows} in {first}, {length} in {other}"),
            "where it is one record, --as-text and --drop say what becomes of its lists",
        );
    }
    let place = RecordPlace::of_written(collector.position.start_of("")).of_rewritten();
    for row in 0..rows {
        let members = columns.iter().filter_map(|(name, (values, _))| {
            let value = values.get(row).or(values.first())?;
            Some(format!("{name}:{}", value.get()))
        });
        let line = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        collector.push_line(&line, place)?;
    }
    Ok(())
}

/// The values of a column by the labels of rows.
struct Column<'a, 'c> {
    /// As JSON.
    name: String,
    /// Counted from 1.
    number: usize,
    /// label → row
    rows: &'a mut IndexMap<String, Row>,
    collector: &'a mut Collector<'c>,
}

/// A row that is put together.
struct Row {
    /// As JSON without the end.
    members: String,
    /// The last column that has a value in it.
    last: usize,
}

impl<'de> DeserializeSeed<'de> for Column<'_, '_> {
    /// How many bytes it takes.
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<usize, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Column<'_, '_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let Self { name, number, rows, collector } = self;
        let mut bytes = 0;
        while let Some(label) = map.next_key::<String>()? {
            let label_json = json!(label).to_string();
            let place = collector.position.start_of(&label_json);
            let row = rows.entry(label).or_insert_with(|| Row {
                members: format!("{{\"{LABELS}\":{label_json}"),
                last: 0,
            });
            if std::mem::replace(&mut row.last, number) == number {
                return twice(collector, place, "label", &label_json);
            }
            let value = map.next_value::<Box<RawValue>>()?;
            bytes += name.len() + value.get().len() + 2;
            row.members += &format!(",{name}:{}", value.get());
        }
        Ok(bytes)
    }
}

/// Takes in an object of the names of columns, the labels of rows and the rows as arrays.
pub(super) fn split<'de, A: MapAccess<'de>>(
    collector: &mut Collector<'_>,
    mut map: A,
) -> Result<(), A::Error> {
    let mut keys = HashSet::new();
    while let Some(key) = map.next_key::<String>()? {
        if !keys.insert(key.clone()) {
            let key = json!(key).to_string();
            let place = collector.position.start_of(&key);
            return twice(collector, place, "key", &key);
        }
        match &*key {
            "columns" => {
                let names = map.next_value::<Vec<serde_json::Value>>()?;
                let name = |name: serde_json::Value| match name {
                    serde_json::Value::String(name) => name,
                    other => other.to_string(),
                };
                collector.names = names.into_iter().map(name).collect();
                let mut seen = HashSet::new();
                let mut names = collector.names.iter();
                if let Some(name) = names.find(|name| !seen.insert(*name)) {
                    let (place, name) = (collector.position.start_of(""), json!(name));
                    return twice(collector, place, "column", &name.to_string());
                }
            }
            "index" => {
                collector.labels = map.next_value()?;
                collector.labels.reverse();
            }
            "data" if collector.names.is_empty() => {
                return collector.refuse(
                    "the names of its columns come behind its data",
                    "write it with orient='records', lines=True",
                );
            }
            "data" => {
                if !collector.labels.is_empty() {
                    if collector.names.iter().any(|name| name == LABELS) {
                        return own_labels(collector);
                    }
                    collector.names.insert(0, LABELS.to_owned());
                }
                map.next_value_seed(Records(collector))?;
            }
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
    }
    match collector.labels.is_empty() {
        true => Ok(()),
        false => collector.refuse("its index has more labels than it has rows", "write it anew"),
    }
}
