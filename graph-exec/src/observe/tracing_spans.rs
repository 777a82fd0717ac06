//! A `tracing` span for each task, inside the span in which the run was started.
//!
//! A task's span is entered on the worker while the task runs, so what the task logs is inside it.

use graph_core::__run::{Ended, Signature};
use tracing::{
    Dispatch, Level, Span,
    dispatcher::{self, DefaultGuard},
    field::Empty,
    span::EnteredSpan,
};

/// Where the spans of a run's tasks belong.
pub(crate) struct Spans {
    /// The span that the caller was in.
    caller: Span,
    /// The caller's subscriber, which may be set for the caller's thread only.
    dispatch: Dispatch,
}

impl Spans {
    /// Takes them from the calling thread; `None` when its subscriber does not want them.
    pub(crate) fn from_caller() -> Option<Self> {
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
    /// `None` once it is closed.
    span: Option<EnteredSpan>,
    /// Dropped after the span, so that the span is closed at the right subscriber.
    _subscribed: DefaultGuard,
}

impl OpenSpan {
    /// Closes the span, with the field `failed` when the task has failed.
    pub(crate) fn close(mut self, ended: Ended) {
        if let Some(span) = self.span.take()
            && ended == Ended::Failed
        {
            span.record("failed", true);
        }
    }
}
