//! The report of a run: one page that shows what it did, where its time went, and what went wrong.
//!
//! ```text
//!                    ┌► catalogue ─► functions, places where tasks were built
//! RunRecord ─► data ─┼► stream ────► what each worker did, compact enough for a page
//!                    ├► memory ────► declared bytes over time
//!                    └► picture ───► the graph, and the colours of the functions
//!                           │
//!                         page ────► one HTML file: page.html, style/*.css, script/*.js, and the above
//! ```
//!
//! A page is made from the record alone. It refers to nothing outside itself, and its content policy
//! forbids the browser to load, run or send anything else.

pub(crate) mod data;
mod page;
#[cfg(test)]
mod tests;

use std::path::Path;

use data::ReportData;

use crate::{
    record::{finished::Finished, run_record::RunRecord},
    save::{SaveError, write_whole},
};

impl RunRecord {
    /// Saves a report of the run: one HTML file that any browser opens and that needs no other file.
    ///
    /// It shows the verdict, what each worker did when, running tasks and declared memory over time,
    /// a table by function, where the workers' time went, failed, retried and cancelled tasks, and the
    /// graph. When more than 120 000 tasks ran, short tasks that follow each other on a worker are
    /// put together, and the page says so; files stay around 2 MB however large the run.
    ///
    /// The file is written under a temporary name and renamed when it is complete. It replaces a file
    /// that was there before.
    ///
    /// # Errors
    /// [`SaveError`] when the file cannot be written.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("run.html");
    /// let record = Executor::default().run(value(1) + value(2))?.into_record();
    /// record.report(&path)?;
    /// assert!(std::fs::read_to_string(&path)?.contains(&record.verdict()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn report(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        write_whole(path.as_ref(), |file| file.write_all(self.to_html().as_bytes()))
    }

    /// The page that [`report`](RunRecord::report) saves.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.to_html().starts_with("<!doctype html>"));
    /// ```
    pub fn to_html(&self) -> String {
        page::write(&ReportData::new(self))
    }
}

impl<V> Finished<V> {
    /// Saves a report of the run; see [`RunRecord::report`].
    ///
    /// # Errors
    /// [`SaveError`] when the file cannot be written.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let run = Executor::default().run(value(1) + value(2))?;
    /// run.report(folder.path().join("run.html"))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn report(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        self.record().report(path)
    }
}
