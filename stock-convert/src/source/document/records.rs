//! The records at the end of a path of keys.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::collector::Collector;
use super::pandas::{by_column, by_label, lists, split};
use super::record::Records;
use crate::error::line::quoted;
use crate::options::{Orient, written_path};
use crate::source::lines::RecordPlace;

/// A value in which records are, at the end of a path of keys.
pub(super) struct At<'a, 'c> {
    pub(super) keys: &'a [String],
    /// How they lie in it.
    pub(super) orient: Orient,
    pub(super) collector: &'a mut Collector<'c>,
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of records")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.collector.found |= self.keys.is_empty();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { keys, orient, collector } = self;
        if keys.is_empty() && orient == Orient::Records {
            return Records(collector).visit_seq(seq);
        }
        let wanted = keys.first().and_then(|key| key.parse::<usize>().ok());
        for index in 0.. {
            let next = match wanted {
                Some(wanted) if wanted == index => {
                    seq.next_element_seed(At { keys: &keys[1..], orient, collector })?
                }
                Some(_) => seq.next_element::<IgnoredAny>()?.map(drop),
                // What a key names is looked for in every element.
                None => seq.next_element_seed(At { keys, orient, collector })?,
            };
            if next.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { keys, orient, collector } = self;
        let Some((first, rest)) = keys.split_first() else {
            collector.found = true;
            match orient {
                Orient::Index => return by_label(collector, map),
                Orient::Columns => return by_column(collector, map),
                Orient::List => return lists(collector, map),
                Orient::Split => return split(collector, map),
                Orient::Records | Orient::Table => {}
            }
            // The object itself is the record; of it only the brace is read.
            let place = RecordPlace::of_written(collector.position.start_of("{")).of_rewritten();
            let mut members = Vec::new();
            while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                members.push(format!("{}:{}", serde_json::json!(key), value.get()));
            }
            return collector.push_at(&format!("{{{}}}", members.join(",")), place);
        };
        let (mut others, mut found) = (Vec::new(), false);
        while let Some(key) = map.next_key::<String>()? {
            if key != *first {
                map.next_value::<IgnoredAny>()?;
                others.push(key);
            } else if std::mem::replace(&mut found, true) {
                return collector.refuse(
                    &format!("the key {key:?} is there twice"),
                    "which of them holds the records, the document does not say",
                );
            } else {
                map.next_value_seed(At { keys: rest, orient, collector })?;
            }
        }
        if !found && collector.keys.len() < 100 {
            collector.keys.extend(others.into_iter().map(|key| quoted(&written_path(&[key]))));
        }
        Ok(())
    }
}
