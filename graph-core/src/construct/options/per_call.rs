//! Options of `#[delayed]` that one call changes for its own task: `.retries(…)`, `.backoff(…)`, `.timeout(…)`.

use std::{ops::RangeInclusive, time::Duration};

use crate::{
    graph::error::GraphError,
    handle::{Delayed, Handle},
    task::execution::attempts::{AttemptOptions, AttemptSettings, Backoff},
};

impl<T: Send + 'static> Delayed<T> {
    /// Lets this task be tried again up to `retries` times after a failure, whatever its function says; 0 for
    /// not at all. Its function must have [`#[delayed(retries = …)]`](macro@crate::delayed#options), which
    /// keeps the inputs for further attempts; a run refuses the graph otherwise.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, delayed};
    ///
    /// #[delayed(retries = 1)]
    /// fn fetch(url: &str) -> std::io::Result<String> {
    ///     Ok(format!("what {url} says"))
    /// }
    ///
    /// let patient: Delayed<String> = fetch("https://example.org").retries(5);
    /// # drop(patient);
    /// ```
    pub fn retries(self, retries: u8) -> Self {
        let can = |settings: AttemptSettings| settings.retries.is_some();
        self.with_option("retries", "retries", can, None, |options| {
            options.retries = Some(retries);
        })
    }

    /// Lets this task wait between its attempts, whatever its function says: at first for the shortest time
    /// or up to twice that, then for twice as long each time, but never longer than the longest. Its function
    /// must have [`#[delayed(retries = …)]`](macro@crate::delayed#options); a run refuses the graph otherwise,
    /// and when the first time is zero or longer than the second.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// # use graph_exec::{Delayed, delayed};
    /// use std::time::Duration;
    ///
    /// # #[delayed(retries = 1)]
    /// # fn fetch(url: &str) -> std::io::Result<String> {
    /// #     Ok(format!("what {url} says"))
    /// # }
    /// let polite: Delayed<String> =
    ///     fetch("https://example.org").backoff(Duration::from_secs(1)..=Duration::from_secs(60));
    /// # drop(polite);
    /// ```
    pub fn backoff(self, waits: RangeInclusive<Duration>) -> Self {
        let (first, last) = waits.into_inner();
        let problem = if first.is_zero() {
            Some("begins with no wait at all: give a first time that is longer than zero")
        } else {
            (first > last).then_some("ends before it begins: give the shortest time first")
        };
        let can = |settings: AttemptSettings| settings.retries.is_some();
        self.with_option("backoff", "retries", can, problem, |options| {
            options.backoff = Some(Backoff { first, last });
        })
    }

    /// Limits the time of each attempt of this task, whatever its function says. Its function must have
    /// [`#[delayed(timeout = …)]`](macro@crate::delayed#options); a run refuses the graph otherwise, and a
    /// limit of zero.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, delayed};
    /// use std::time::Duration;
    ///
    /// #[delayed(timeout = "30s")]
    /// fn solve(equations: Vec<f64>) -> f64 {
    ///     // … and now and then `graph_exec::task::check()?`
    ///     equations.iter().sum()
    /// }
    ///
    /// let quick: Delayed<f64> = solve(vec![1.0]).timeout(Duration::from_secs(1));
    /// # drop(quick);
    /// ```
    pub fn timeout(self, limit: Duration) -> Self {
        let problem =
            limit.is_zero().then_some("leaves no time at all: give one that is longer than zero");
        let can = |settings: AttemptSettings| settings.timeout.is_some();
        self.with_option("timeout", "timeout", can, problem, |options| {
            options.timeout = Some(limit);
        })
    }

    /// Sets what was called as `option`, or notes why no run can honour it.
    fn with_option(
        mut self,
        option: &'static str,
        attribute: &'static str,
        can: impl FnOnce(AttemptSettings) -> bool,
        problem: Option<&'static str>,
        set: impl FnOnce(&mut AttemptOptions),
    ) -> Self {
        let (task, built_at) = (|| self.task().header().name(), self.built_at());
        let refused = if self.task().header().vtable.future.is_some() {
            let remedy = match option {
                "timeout" => {
                    "limit the time inside the async function, with `tokio::time::timeout(limit, …)`, or that of \
                     the run, with `Executor::with_timeout`"
                }
                _ => {
                    "try again in a loop inside the async function, which may sleep between the attempts, and \
                     leave this call out"
                }
            };
            Some(GraphError::NotOfFutures { task: task(), built_at, option, remedy })
        } else if !can(self.attempts()) {
            Some(GraphError::NotAnOption { task: task(), built_at, option, attribute })
        } else {
            problem.map(|problem| GraphError::NoTime { task: task(), built_at, option, problem })
        };
        let metadata = self.metadata_mut();
        match refused {
            Some(error) => {
                metadata.refused.get_or_insert_with(|| Box::new(error));
            }
            None => set(&mut metadata.attempts.get_or_insert_default().options),
        }
        self
    }
}
