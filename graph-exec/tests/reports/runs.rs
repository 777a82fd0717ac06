//! The runs that the reports and traces are of.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use graph_exec::{Executor, MIB, RunRecord, prelude::*};

/// Labels with markup and control characters, which a page must show as text.
pub(crate) const WILD_LABELS: [&str; 5] = [
    "</script><script>window.attacked = true</script>",
    "\"quoted\" & 'quoted' <b>bold</b>",
    "first line\nsecond line",
    "📈 größer → naïve 日本語 \u{202e}reversed",
    "<!-- <img src=x onerror=\"window.attacked = true\"> a label that goes on and on and on, longer \
     than any box and any tooltip should have to be, until nobody reads it to its end",
];

#[delayed]
fn load(part: usize) -> usize {
    work(Duration::from_micros(900));
    part
}

#[delayed]
fn parse(part: usize) -> Result<usize, String> {
    work(Duration::from_micros(1600));
    if part == 3 { Err("line 7 is not a number".to_owned()) } else { Ok(part) }
}

#[delayed]
fn summarise(part: usize) -> usize {
    work(Duration::from_micros(700));
    part
}

#[delayed]
fn merge(a: usize, b: usize) -> usize {
    work(Duration::from_micros(300));
    a + b
}

/// Fails the first time and works from then on; declares a megabyte.
#[delayed(retries = 2, bytes = a_megabyte)]
fn flaky(tries: Arc<AtomicUsize>) -> Result<usize, String> {
    work(Duration::from_micros(400));
    if tries.fetch_add(1, Ordering::SeqCst) == 0 { Err("not yet".to_owned()) } else { Ok(1) }
}

#[delayed(bytes = a_megabyte_each)]
fn held(part: usize) -> usize {
    work(Duration::from_micros(700));
    part
}

fn a_megabyte_each(_: &usize) -> usize {
    MIB
}

/// Tasks that declare a megabyte each, under a limit of some megabytes.
pub(crate) fn limited(megabytes: usize) -> RunRecord {
    let executor = Executor::builder().threads(2).memory_limit(megabytes * MIB).build().unwrap();
    let sum = (0..12).map(held).reduce(merge).unwrap();
    executor.run(sum).unwrap().into_record()
}

fn a_megabyte(_: &Arc<AtomicUsize>) -> usize {
    MIB
}

/// Keeps a core busy for some time.
pub(crate) fn work(time: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < time {
        std::hint::spin_loop();
    }
}

pub(crate) fn executor() -> Executor {
    Executor::builder().threads(2).build().unwrap()
}

/// One task.
pub(crate) fn one() -> RunRecord {
    executor().run(value(1)).unwrap().into_record()
}

/// Ten parts of four tasks each and the nine tasks that merge them, all done, with wild labels.
pub(crate) fn forty_nine() -> RunRecord {
    let label = |part: usize| WILD_LABELS[part % WILD_LABELS.len()];
    let parts = (0..10).map(|part| {
        let loaded = load(part).named(label(part)).map(|part| part + 10);
        summarise(parse(loaded).named(format!("{part}"))).named(label(part + 1))
    });
    let sum = parts.reduce(merge).unwrap();
    let record = executor().run(sum).unwrap().into_record();
    assert_eq!(record.tasks().len(), 49);
    record
}

/// One task fails, and the one that needs it does not start; another is tried twice.
pub(crate) fn with_failures() -> RunRecord {
    let mut parts: Vec<Delayed<usize>> = (0..8)
        .map(|part| {
            summarise(parse(load(part)).named(WILD_LABELS[part % WILD_LABELS.len()]))
                .named("left out?")
        })
        .collect();
    parts.push(flaky(Arc::new(AtomicUsize::new(0))).named("flaky"));
    executor().keep_going().run(parts).unwrap().into_record()
}

/// About as many tasks of some microseconds: parts of four tasks, merged two by two.
pub(crate) fn with_tasks(tasks: usize, each: Duration) -> RunRecord {
    let mut level: Vec<Delayed<usize>> = (0..tasks / 4)
        .map(|part| {
            defer!(quick(part, each)).map(move |part| quick(part, each)).map(move |part| {
                // Some take longer than others.
                quick(part, each * if part % 50 == 0 { 6 } else { 1 })
            })
        })
        .collect();
    while level.len() > 1 {
        let mut pairs = level.into_iter();
        let mut next = Vec::new();
        while let Some(first) = pairs.next() {
            next.push(match pairs.next() {
                Some(second) => first + second,
                None => first,
            });
        }
        level = next;
    }
    let sum = level.pop().unwrap().map(|sum| sum + 1);
    executor().run(sum).unwrap().into_record()
}

fn quick(part: usize, time: Duration) -> usize {
    work(time);
    part
}

/// Twenty-four files, three tasks each, and the sum of them.
pub(crate) fn twenty_four() -> RunRecord {
    let files = (0..8).map(|part| {
        let loaded = defer!(wait_and_work(part)).named(format!("file {part}.json"));
        summarise(load(part).map(move |part| part + 1)) + loaded
    });
    executor().run(files.reduce(merge).unwrap()).unwrap().into_record()
}

fn wait_and_work(part: usize) -> usize {
    std::thread::sleep(Duration::from_millis(2 + part as u64));
    work(Duration::from_millis(6));
    part
}

/// Many tasks of which some fail for two reasons, and some do not start.
pub(crate) fn failed() -> RunRecord {
    #[delayed]
    fn check(number: usize, folder: &str) -> Result<usize, std::io::Error> {
        work(Duration::from_micros(300));
        match number % 20 {
            7 => Err(std::io::Error::other(format!("{folder} is full"))),
            13 if number == 13 => panic!("index out of bounds: the len is 3 but the index is 7"),
            _ => Ok(number),
        }
    }
    let parts: Vec<Delayed<usize>> = (0..60)
        .map(|n| summarise(check(n, "/data/stock/daily").named(format!("part {n}"))))
        .collect();
    executor().keep_going().run(parts).unwrap().into_record()
}

/// A run that a token stops in the middle.
pub(crate) fn cancelled() -> RunRecord {
    let token = graph_exec::CancelToken::new();
    let stop = token.clone();
    let parts: Vec<Delayed<usize>> = (0..60)
        .map(|part| {
            let stop = stop.clone();
            load(part).map(move |part| {
                work(Duration::from_micros(700));
                if part == 20 {
                    stop.cancel();
                }
                part + usize::from(stop.is_cancelled())
            })
        })
        .collect();
    let executor = executor().with_cancel(&token);
    executor.attempt(parts.into_iter().reduce(merge).unwrap()).record().clone()
}

static LOCK: std::sync::Mutex<usize> = std::sync::Mutex::new(0);

/// Tasks that all need one lock.
pub(crate) fn one_lock() -> RunRecord {
    let tasks: Vec<Delayed<usize>> = (0..40)
        .map(|part| {
            value(part).map(|part| {
                let mut table = LOCK.lock().unwrap();
                work(Duration::from_millis(4));
                *table += part;
                *table
            })
        })
        .collect();
    Executor::builder().threads(4).build().unwrap().run(tasks).unwrap().into_record()
}

/// More threads than any machine has cores for.
pub(crate) fn many_threads() -> RunRecord {
    fn count(rounds: u64) -> u64 {
        (0..rounds).fold(1, |state, round| std::hint::black_box(state ^ round).wrapping_mul(31))
    }
    let tasks: Vec<Delayed<u64>> = (0..96).map(|_| defer!(count(4_000_000))).collect();
    Executor::builder().threads(24).build().unwrap().run(tasks).unwrap().into_record()
}

/// One task that takes much longer than the others.
pub(crate) fn long_tail() -> RunRecord {
    let mut tasks: Vec<Delayed<usize>> = (0..40).map(load).collect();
    tasks.push(defer!(quick(0, Duration::from_millis(250))).named("USA.json"));
    executor().run(tasks).unwrap().into_record()
}
