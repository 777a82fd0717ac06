//! With the feature `tracing`, each task is a span inside the span in which the run was started.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use graph_exec::{Executor, prelude::*};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*, registry::LookupSpan};

/// What is known of a span when it is closed.
#[derive(Debug, Clone, Default)]
struct Seen {
    name: &'static str,
    parent: Option<&'static str>,
    fields: HashMap<&'static str, String>,
    events: Vec<String>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        if field.name() == "message" {
            self.events.push(value);
        } else {
            self.fields.insert(field.name(), value);
        }
    }
}

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Seen>>>);

impl Collector {
    fn tasks(&self) -> Vec<Seen> {
        let mut tasks: Vec<Seen> =
            self.0.lock().unwrap().iter().filter(|seen| seen.name == "task").cloned().collect();
        tasks.sort_by_key(|task| task.fields["function"].clone());
        tasks
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let parent = span.parent().map(|parent| parent.name());
        let mut seen = Seen { name: span.name(), parent, ..Seen::default() };
        attributes.record(&mut seen);
        span.extensions_mut().insert(seen);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        values.record(context.span(id).unwrap().extensions_mut().get_mut::<Seen>().unwrap());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if let Some(span) = context.event_span(event) {
            event.record(span.extensions_mut().get_mut::<Seen>().unwrap());
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let seen = context.span(&id).unwrap().extensions_mut().remove::<Seen>().unwrap();
        self.0.lock().unwrap().push(seen);
    }
}

#[delayed]
fn doubled(n: i64) -> i64 {
    tracing::info!("inside");
    2 * n
}

#[delayed]
fn refused(n: i64) -> Result<i64, String> {
    Err(format!("{n} is refused"))
}

fn check(executor: &Executor) {
    let collector = Collector::default();
    let subscriber = tracing_subscriber::registry().with(collector.clone());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("request").in_scope(|| {
            let result = executor.compute(refused(doubled(21).named("half of it")));
            assert!(result.is_err());
        });
    });
    let tasks = collector.tasks();
    let [doubled, refused] = &tasks[..] else { panic!("{tasks:?}") };
    assert_eq!(doubled.parent, Some("request"));
    assert_eq!(doubled.fields["function"], "\"spans::doubled\"");
    assert_eq!(doubled.fields["label"], "\"half of it\"");
    assert!(doubled.fields["worker"].parse::<usize>().unwrap() < executor.threads());
    assert_eq!(doubled.events, ["inside"], "what a task logs is inside its span");
    assert!(!doubled.fields.contains_key("failed"));
    assert_eq!(refused.parent, Some("request"));
    assert_eq!(refused.fields["failed"], "true");
}

#[test]
fn a_span_per_task_inside_the_callers() {
    check(&Executor::builder().threads(2).build().unwrap());
}

#[test]
fn the_serial_executor_has_the_same_spans() {
    check(&Executor::serial());
}

#[test]
fn a_task_that_panics_leaves_its_span() {
    let collector = Collector::default();
    let subscriber = tracing_subscriber::registry().with(collector.clone());
    tracing::subscriber::with_default(subscriber, || {
        let result = Executor::serial().compute(value(1).map(|n: i32| -> i32 { panic!("{n}") }));
        assert!(result.is_err());
        assert!(tracing::Span::current().is_none(), "no span stays open");
    });
    assert_eq!(
        collector.tasks().iter().filter(|task| task.fields.contains_key("failed")).count(),
        1
    );
}

#[test]
fn nested_runs_hang_below_the_task_that_computes_them() {
    let collector = Collector::default();
    let subscriber = tracing_subscriber::registry().with(collector.clone());
    tracing::subscriber::with_default(subscriber, || {
        let outer = value(20).map(|n| doubled(n).compute().unwrap());
        assert_eq!(Executor::builder().threads(2).build().unwrap().compute(outer).unwrap(), 40);
    });
    let parents: Vec<_> = collector.tasks().iter().map(|task| task.parent).collect();
    assert_eq!(parents.iter().filter(|parent| **parent == Some("task")).count(), 1, "{parents:?}");
}
