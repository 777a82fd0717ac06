//! A `tracing` span per task, inside the span in which the run was called for.
//!
//! The span is open on the worker while the task runs, so what the task itself logs is inside it.

use graph_core::__run::{Ended, Signature};
use tracing::{
    Dispatch, Level, Span,
    dispatcher::{self, DefaultGuard},
    field::Empty,
    span::EnteredSpan,
};

/// Where the spans of a run belong.
pub(crate) struct Spans {
    caller: Span,
    /// A subscriber may be set for the caller's thread only.
    dispatch: Dispatch,
}

impl Spans {
    /// `None` when nobody collects them.
    pub(crate) fn of_caller() -> Option<Self> {
        tracing::enabled!(Level::INFO).then(|| Spans {
            caller: Span::current(),
            dispatch: dispatcher::get_default(Dispatch::clone),
        })
    }

    /// Opens the span of a task on this thread.
    pub(crate) fn open(&self, signature: &Signature, worker: u32) -> OpenSpan {
        let subscribed = dispatcher::set_default(&self.dispatch);
        let span = tracing::info_span!(
            parent: &self.caller,
            "task",
            function = (signature.function)().path(),
            label = signature.label.as_deref(),
            worker,
            failed = Empty,
        );
        OpenSpan { span: Some(span.entered()), _subscribed: subscribed }
    }
}

/// The span of a task that runs on this thread.
pub(crate) struct OpenSpan {
    span: Option<EnteredSpan>,
    /// Closed after the span.
    _subscribed: DefaultGuard,
}

impl OpenSpan {
    pub(crate) fn close(mut self, ended: Ended) {
        if let Some(span) = self.span.take()
            && ended == Ended::Failed
        {
            span.record("failed", true);
        }
    }
}
