//! Records to blocks of lines, each with its place in the document.

use std::borrow::Cow;
use std::path::Path;

use serde::de::Error;
use serde_json::value::RawValue;

use super::position::Position;
use crate::error::ConvertError;
use crate::error::line::shortened;
use crate::source::lines::{LINE_END, Lines, RecordPlace};

/// What becomes of records: lines of a block, which is lent when it is full.
pub(super) struct Collector<'a> {
    pub(super) path: &'a Path,
    /// The columns of records that are arrays.
    pub(super) names: Vec<String>,
    /// The labels of the rows to come, in order, as JSON; there may be none.
    pub(super) labels: Vec<Box<RawValue>>,
    pub(super) position: &'a Position,
    pub(super) block_bytes: usize,
    pub(super) block: Vec<u8>,
    pub(super) places: Vec<RecordPlace>,
    /// Whether there was an array of records among the records.
    pub(super) has_pages: bool,
    /// Whether there was a place for records.
    pub(super) found: bool,
    /// Keys where the path to the records led nowhere.
    pub(super) keys: Vec<String>,
    pub(super) receive: &'a mut dyn FnMut(Lines<'_>) -> Result<(), ConvertError>,
    /// What ended the reading.
    pub(super) error: Option<ConvertError>,
}

impl Collector<'_> {
    /// Takes in a record, which ends where the parser is.
    pub(super) fn push<E: Error>(&mut self, record: &str) -> Result<(), E> {
        self.push_at(record, RecordPlace::of_written(self.position.start_of(record)))
    }

    /// Takes in the record that is at `place`.
    pub(super) fn push_at<E: Error>(&mut self, record: &str, place: RecordPlace) -> Result<(), E> {
        self.found = true;
        if self.names.is_empty() && record.starts_with('[') {
            let page: Vec<&RawValue> = serde_json::from_str(record).unwrap_or_default();
            // An array of records, as several answers of an API give when they are put together. An empty
            // one says that only behind others.
            let is_empty = page.is_empty() && !self.has_pages;
            if !is_empty && page.iter().all(|value| value.get().starts_with('{')) {
                self.has_pages = true;
                let place = place.of_rewritten();
                return page.into_iter().try_for_each(|one| self.push_line(one.get(), place));
            }
        }
        match self.line(record) {
            Ok(line @ Cow::Owned(_)) => self.push_line(&line, place.of_rewritten()),
            Ok(line) => self.push_line(&line, place),
            Err(problem) => self.stop(problem),
        }
    }

    /// The line of a record: an array gets its names.
    fn line<'r>(&mut self, record: &'r str) -> Result<Cow<'r, str>, ConvertError> {
        if !record.starts_with('[') {
            return Ok(Cow::Borrowed(record));
        }
        let values: Vec<&RawValue> = serde_json::from_str(record).unwrap_or_default();
        if self.names.is_empty() {
            let values: Vec<String> =
                (1..=values.len().max(1)).map(|number| format!("column{number}")).collect();
            return Err(ConvertError::Unreadable {
                path: self.path.to_owned(),
                problem: format!("its records are arrays, the first is {}", shortened(record)),
                remedy: Some(format!("--names {} names their values", values.join(","))),
            });
        }
        let label = match self.labels.is_empty() {
            true => None,
            false => self.labels.pop(),
        };
        if values.len() + usize::from(label.is_some()) != self.names.len() {
            return Ok(Cow::Borrowed(record));
        }
        let values = label.as_deref().into_iter().chain(values);
        let members = self.names.iter().zip(values);
        let members: Vec<String> = members
            .map(|(name, value)| format!("{}:{}", serde_json::json!(name), value.get()))
            .collect();
        Ok(Cow::Owned(format!("{{{}}}", members.join(","))))
    }

    pub(super) fn push_line<E: Error>(&mut self, line: &str, place: RecordPlace) -> Result<(), E> {
        // JSON has newlines only between its words, where one space is as good as another.
        let bytes = line.bytes().map(|byte| match byte {
            b'\n' => LINE_END as u8,
            b'\r' => b' ',
            byte => byte,
        });
        self.block.extend(bytes);
        self.block.push(b'\n');
        self.places.push(place);
        let full = self.block.len() >= self.block_bytes;
        let flushed = if full { self.flush(false) } else { Ok(()) };
        flushed.or_else(|error| self.stop(error))
    }

    /// Lends the block, and begins another; lends an empty one only if it is the last.
    pub(super) fn flush(&mut self, last: bool) -> Result<(), ConvertError> {
        if self.block.is_empty() && !last {
            return Ok(());
        }
        let places = Some(&*self.places);
        let lent = (self.receive)(Lines { places, ..Lines::of_stream(&self.block) });
        self.block.clear();
        self.places.clear();
        lent
    }

    /// Gives up because of an error.
    pub(super) fn stop<T, E: Error>(&mut self, error: ConvertError) -> Result<T, E> {
        self.error = Some(error);
        Err(E::custom("given up"))
    }

    /// Gives up because of what the document holds.
    pub(super) fn refuse<T, E: Error>(&mut self, problem: &str, remedy: &str) -> Result<T, E> {
        let (path, problem) = (self.path.to_owned(), problem.to_owned());
        self.stop(ConvertError::Unreadable { path, problem, remedy: Some(remedy.to_owned()) })
    }
}
