//! Records one by one: values as they are written.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::collector::Collector;
use super::position::Position;

/// A value that is a record.
pub(super) struct Record<'a, 'c>(pub(super) &'a mut Collector<'c>);

impl<'de> DeserializeSeed<'de> for Record<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let record = Raw(self.0.position).deserialize(json)?;
        self.0.push(record.get())
    }
}

/// A value as it is written, which counts as a record meanwhile.
pub(super) struct Raw<'a>(pub(super) &'a Position);

impl<'de> DeserializeSeed<'de> for Raw<'_> {
    type Value = Box<RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        self.0.record.set(Some(self.0.characters.get()));
        let record = serde::Deserialize::deserialize(json);
        self.0.record.set(None);
        record
    }
}

/// An array of records.
pub(super) struct Records<'a, 'c>(pub(super) &'a mut Collector<'c>);

impl<'de> DeserializeSeed<'de> for Records<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.found = true;
        while seq.next_element_seed(Record(self.0))?.is_some() {}
        Ok(())
    }
}
