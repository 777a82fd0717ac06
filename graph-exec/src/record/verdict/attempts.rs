//! What a record says of tasks that were tried again.

use std::{collections::HashMap, time::Duration};

use graph_core::__run::format::{counted, time};

use crate::record::run_record::RunRecord;

impl RunRecord {
    /// What there is to say of tasks that were tried again: how many, after how many attempts that failed, and
    /// how long they waited in between. Empty when there were none.
    ///
    /// ```
    /// use graph_exec::{Executor, prelude::*};
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// static BUSY: AtomicBool = AtomicBool::new(true);
    ///
    /// #[delayed(retries = 2)]
    /// fn fetch(station: u32) -> Result<u32, String> {
    ///     if BUSY.swap(false, Ordering::Relaxed) { Err("busy".into()) } else { Ok(station) }
    /// }
    ///
    /// let record = Executor::default().run(fetch(7))?.into_record();
    /// assert_eq!(record.attempt_notes(), ["1 task was tried again, after 1 failed attempt"]);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn attempt_notes(&self) -> Vec<String> {
        let again = self.tasks().filter(|task| task.attempts() > 1);
        let (mut tasks, mut failed, mut waited) = (0, 0, Duration::ZERO);
        for task in again {
            tasks += 1;
            failed += task.attempts() as usize - 1;
            waited += task.waited_between_attempts();
        }
        if tasks == 0 {
            return Vec::new();
        }
        let mut note = format!(
            "{} {} tried again, after {}",
            counted(tasks, "task"),
            if tasks == 1 { "was" } else { "were" },
            counted(failed, "failed attempt"),
        );
        if !waited.is_zero() {
            note += &format!(" and waits of {} in all", time(waited));
        }
        vec![note]
    }

    /// How long the tasks of the critical path have waited between their attempts.
    pub(super) fn waited_on_critical_path(&self) -> Duration {
        self.critical_tasks().map(|task| task.waited_between_attempts()).sum()
    }

    /// The function whose tasks on the critical path have waited the longest between their attempts, and how
    /// long. `None` when none has waited.
    pub(super) fn waited_longest(&self) -> Option<(&'static str, Duration)> {
        let mut waited: HashMap<&'static str, Duration> = HashMap::new();
        for task in self.critical_tasks() {
            *waited.entry(task.function().name).or_default() += task.waited_between_attempts();
        }
        // Of two that have waited as long, always the same one.
        let longest = waited.into_iter().max_by_key(|&(name, waited)| (waited, name));
        longest.filter(|(_, waited)| !waited.is_zero())
    }
}
