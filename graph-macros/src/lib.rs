//! The attribute that turns a function into one that builds a task, and the parser behind `defer!`.
//!
//! ```text
//! tokens ─► source ─► model (every refusal) ─► expand ─► tokens
//!                        └─► fallback: the message and a stand-in
//! ```
//!
//! The code that is written speaks only to `graph_core::__private` and to graph-core's own names.

use proc_macro::TokenStream;
use syn::{Path, parse_macro_input};

use crate::{
    args::Args,
    errors::Errors,
    model::{Task, configured},
    source::{Source, SourceFn},
};

mod args;
mod attributes;
mod defer;
mod errors;
mod expand;
mod fallback;
mod generics;
mod handles;
mod impl_block;
mod lifetimes;
mod manifest;
mod model;
mod remote;
mod runtime;
mod source;
mod spans;
mod task_body;

/// Turns a function into one that builds a task: it returns a handle at once and runs later.
///
/// ```
/// use graph_exec::{Delayed, delayed};
///
/// #[delayed]
/// fn slowinc(x: i64) -> i64 {
///     x + 1
/// }
///
/// #[delayed]
/// fn total(parts: &[i64]) -> i64 {
///     parts.iter().sum()
/// }
///
/// let parts: Vec<Delayed<i64>> = (0..8).map(slowinc).collect();
/// let sum: Delayed<i64> = total(parts); // nothing has run
/// # drop(sum);
/// ```
///
/// # Parameters
///
/// A parameter `T` takes a `T`, a `Delayed<T>`, or a shared handle of a `T: Clone`; a parameter
/// `&T` takes the owners of a `T` and their handles and clones nothing. Where the type is written as a
/// tuple or a container, handles may stand inside: `vec![("ibm", handle)]` for a `Vec<(String, f64)>`.
/// [`IntoArg`](trait.IntoArg.html) and [`IntoRef`](trait.IntoRef.html) list all of them. A type
/// parameter must be `Send + 'static`, which is added for you.
///
/// The signature that callers see has no lifetimes: what the function borrows, the task lends it;
/// everywhere else a lifetime becomes `'static`.
///
/// Three things need a hint from the caller: an empty `vec![]` or `None` its type (also inside a tuple or
/// a container), a function item for a parameter of function pointer type a cast, and a generic function that is given a handle a
/// turbofish, `show::<i64>(handle)`, since a handle is itself something one could show.
///
/// # Result
///
/// The handle is a `Delayed` of the return type. When that is a `Result`, known by its name, the
/// handle is one of the value in `Ok`: tasks that depend on it see that value, and an `Err` stops
/// only them.
///
/// ```
/// # use graph_exec::{Delayed, delayed};
/// #[delayed]
/// fn parse(text: &str) -> Result<f64, std::num::ParseFloatError> {
///     text.parse()
/// }
///
/// let price: Delayed<f64> = parse("101.5");
/// # drop(price);
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `#[delayed(fallible)]` | the return type is a `Result` under another name |
/// | `#[delayed(infallible)]` | dependents want the `Result` itself |
/// | `#[delayed(handles)]` | parameters may be handles themselves, `Vec<Delayed<T>>` |
/// | `#[delayed(plain = name)]` | the function itself is reachable too, under this name |
/// | `#[delayed(remote)]` | other machines may run it, found by its path |
/// | `#[delayed(retries = 3)]` | a failed task is tried again, up to so many times in each run that wants it |
/// | `#[delayed(retries = 3, backoff = "100ms..10s")]` | and waits between two attempts |
/// | `#[delayed(retries = 3, retry_if = path)]` | a function that says after which errors |
/// | `#[delayed(resettable)]` | a failed task keeps its inputs, so that `Shared::reset` lets it run again |
/// | `#[delayed(timeout = "30s")]` | how long each attempt may take |
/// | `#[delayed(bytes = path)]` | a function that says how many bytes the task needs |
/// | `#[delayed(bytes = path, result_bytes = path)]` | and one that says it of the result |
/// | `#[delayed(resource("gpu"))]`, `resource("gpu", 2)` | each task needs 1, or 2, of a resource of the executor |
/// | `#[delayed(at_most = 1)]` | so many tasks of the function run at once on an executor |
/// | `#[delayed(crate = path)]` | where `graph_exec` is, when the attribute comes from a macro of yours |
/// | `#[delayed(trait = Name)]` | on an `impl` block: the name of its trait |
///
/// ## Retries
///
/// An attempt fails with an `Err` or a panic; the task fails with the error of the last attempt.
/// What the function takes by value must be `Clone`: every attempt but the last works on a clone,
/// and the last one moves the value itself. What it borrows is lent to each attempt. A clone that
/// panics is a failed attempt. A run that has ended makes no further one. What one run has used up counts for
/// that run alone: another one that wants the task tries it as often.
///
/// `backoff = "100ms..10s"` lets the task wait before another attempt: at first for 100 ms or up to twice
/// that, then for twice as long each time, but never for more than 10 s; how long exactly is left to chance,
/// so that tasks which have failed together do not come again together
/// (`Executor::with_jitter_seed` makes it the same each time). While it waits it holds no
/// thread, and other tasks run. Without `backoff` there is no pause. Durations are whole numbers with `ns`,
/// `us`, `ms`, `s`, `min` or `h`.
///
/// `retry_if` names a function that gets a borrow of the error that was returned, and says whether another
/// attempt is worth it. With it, a panic ends the task, because it is none of these errors; an attempt that
/// [took too long](#timeout) is tried again in any case. A panic in that function is the error of the task.
///
/// One call says otherwise with `fetch(…).retries(5)`, `.backoff(first..=last)` and `.timeout(limit)`.
///
/// ```
/// # use graph_exec::{Delayed, delayed};
/// # use std::{io, path::Path};
/// fn is_temporary(error: &io::Error) -> bool {
///     error.kind() != io::ErrorKind::NotFound
/// }
///
/// #[delayed(retries = 3, backoff = "100ms..10s", retry_if = is_temporary)]
/// fn fetch(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
///     let mut bytes = std::fs::read(path)?;
///     bytes.truncate(limit);
///     Ok(bytes)
/// }
///
/// let bytes: Delayed<Vec<u8>> = fetch("/mnt/far-away/prices.json", 1024); // 4 attempts at most
/// # drop(bytes);
/// ```
///
/// ## Reset
///
/// A failed task keeps its error, and a later run does not try it again. With `resettable` it also keeps what
/// it has taken, so that `Shared::reset` lets it wait anew. Then every attempt works on a clone, the last
/// one too, and what a failed task has taken is freed with its last handle.
///
/// ## Timeout
///
/// `timeout = "30s"` limits each attempt. A task is never interrupted: it hears that its time is up from
/// `task::check()`, and knows before when that will be from `task::deadline()`, as do the graphs that it
/// computes. What it gives after that does not count, and it has failed with `Cause::TimedOut`, which says
/// how long it took and whether it has asked. With `retries` it may be tried again, each time with
/// the whole limit; the time limit of a run goes on meanwhile, and whichever ends first counts. On a
/// serial executor it is the same. On a cluster the process that runs the task is ended.
///
/// ## Bytes
///
/// With an executor that has a memory limit, a task with `bytes` starts when what it says it needs,
/// its result included, fits. The function gets a `&T` for each parameter `T`, and the `&U` itself
/// for a parameter `&U`. It is called once, with the actual arguments, when they are all there and
/// before the task starts; without a limit it is called only in runs that are recorded or observed.
/// `result_bytes` gets a borrow of the result, or of the value in `Ok`, and replaces the estimate. A
/// panic in either fails the task.
///
/// ```
/// # use graph_exec::{Delayed, delayed};
/// fn twice(rows: &Vec<f64>, _width: &usize) -> usize {
///     2 * size_of_val(rows.as_slice())
/// }
///
/// fn exactly(means: &Vec<f64>) -> usize {
///     size_of_val(means.as_slice())
/// }
///
/// #[delayed(bytes = twice, result_bytes = exactly)]
/// fn means(rows: Vec<f64>, width: usize) -> Vec<f64> {
///     rows.chunks(width).map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64).collect()
/// }
///
/// let means: Delayed<Vec<f64>> = means(vec![1.0, 3.0, 5.0, 7.0], 2);
/// # drop(means);
/// ```
///
/// The arguments are taken for that, and wait with the task until there is room: a shared result
/// that goes to a by-value parameter is cloned before `bytes` is asked, so let the function borrow
/// what is large and shared.
///
/// ## Resources and limits
///
/// With `resource("gpu", 2)` a task runs only while it has 2 of what
/// `Executor::builder().resource("gpu", n)` says there is; several resources are several options. With
/// `at_most = n`, no more than `n` tasks of the function run at once on an executor, whatever their type
/// parameters are. A task that waits for either holds no thread, and others pass it. `.resource("gpu", 1)` on a
/// handle says it of one task, and counts there instead of the option.
///
/// ```
/// # use graph_exec::{Delayed, delayed};
/// #[delayed(resource("gpu"), resource("memory of the card", 8))]
/// fn infer(frame: &[u8]) -> usize {
///     frame.len()
/// }
///
/// #[delayed(at_most = 4)] // the service allows four requests at once
/// fn fetch(url: &str) -> String {
///     url.to_uppercase()
/// }
///
/// let frame: Delayed<usize> = infer(vec![0; 64]);
/// # drop((frame, fetch("x")));
/// ```
///
/// On a cluster, `resource` speaks of what each worker was started with (`dask worker … --resources "gpu=2"`); tasks of a
/// function with `at_most` are refused there by name.
///
/// ## Remote
///
/// A function with `remote` can also run on other machines, where its tasks find it by its path,
/// `module::name`. Its arguments and its result must be `Serialize` and `DeserializeOwned`; what it
/// borrows is sent as its owner. It must be a free function without type parameters, and needs
/// the feature `cluster`. On this machine nothing changes.
///
/// Elements of a `Vec<u8>` are written one by one unless the field says `#[serde(with =
/// "serde_bytes")]`, or the type is `serde_bytes::ByteBuf`, which is eight times as fast.
///
/// # The function itself
///
/// Callers get the function that builds a task. In its own body the name is the function itself, so a
/// recursive function calls itself, in one task: `fib(n - 1)`, and `Self::fib(n - 1)` or `self.fib(…)` in
/// an `impl` block. By a path from outside, `self::fib` or `Model::fib`, it is the one that builds a task,
/// there too.
///
/// A function whose return type is written with handles, `-> Delayed<T>` or `-> Vec<Shared<T>>`, builds a task when
/// it calls itself by its name or by `Self::name`, so that a recursion grows while it runs:
///
/// ```
/// # use graph_exec::{Delayed, delayed, value};
/// #[delayed]
/// fn fib(n: u64) -> Delayed<u64> {
///     if n < 2 { value(n) } else { fib(n - 1).flatten() + fib(n - 2).flatten() }
/// }
///
/// let later: Delayed<u64> = fib(10).flatten(); // hundreds of tasks, built by those above them
/// # drop(later);
/// ```
///
/// `plain = name` gives the function itself a name of its own, as visible as the other, for tests, loops
/// and whoever needs no task:
///
/// ```
/// # use graph_exec::{Delayed, delayed};
/// #[delayed(plain = fib_now)]
/// fn fib(n: u64) -> u64 {
///     if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
/// }
///
/// assert_eq!(fib_now(10), 55);
/// let later: Delayed<u64> = fib(10); // one task, whatever it calls
/// # drop(later);
/// ```
///
/// # Methods
///
/// On a function in an `impl` block, `self` becomes the first argument, and what was a method is
/// called by its path:
///
/// ```
/// # use graph_exec::{delayed, value};
/// struct Model(f64);
///
/// impl Model {
///     #[delayed]
///     fn new(slope: f64) -> Self {
///         Model(slope)
///     }
///
///     #[delayed]
///     fn predict(&self, x: f64) -> f64 {
///         self.0 * x
///     }
/// }
///
/// let y = Model::predict(Model::new(2.0), value(3.0));
/// # drop(y);
/// ```
///
/// An associated function of a generic `impl` must speak of `Self` somewhere to see the block's
/// generics. An attribute cannot see whether it stands in the `impl` of a trait, where the compiler
/// complains about a method the trait does not have: write `defer!(handle.method(x))` there.
///
/// On a whole `impl` block, the block stays as it is, and its methods that take `&self` or `self` can also be
/// called on handles:
///
/// ```
/// # use graph_exec::{Delayed, delayed, value};
/// struct Model(f64);
///
/// #[delayed]
/// impl Model {
///     pub fn predict(&self, x: f64) -> f64 {
///         self.0 * x
///     }
///
///     pub fn scaled(self, by: f64) -> Self {
///         Model(self.0 * by)
///     }
/// }
///
/// let model = value(Model(1.0)).scaled(2.0).shared();
/// let (low, high): (Delayed<f64>, Delayed<f64>) = (model.predict(1.0), model.predict(9.0));
/// assert_eq!(Model(2.0).predict(3.0), 6.0); // an ordinary method still
/// # drop((low, high));
/// ```
///
/// They come from a trait, here `ModelDelayed`, that stands beside the block, is as visible as the
/// most visible `&self` method, and is to be imported where the methods are called. A method that takes `self`
/// needs a `Clone` when the handle is shared. Methods less visible than that one stay ordinary, and so do those with
/// `&mut self`, those with `self` that no task can be, as one that returns an iterator, and all functions without
/// `self`: `Model::new(1.0)` makes a model at once, `defer!(Model::new(handle))` a task. An associated function, or
/// a method with `self`, may carry a `#[delayed]` of its own, and is called by its path then; a method with `&self`
/// may carry one with options.
///
/// # What is refused
///
/// `async`, `const`, `unsafe` and `extern` functions, `impl Trait`, `&mut` parameters, results that
/// borrow, parameters without a name, and traits' methods; `main`, tests and functions with
/// `#[target_feature]`; parameters that mention a `Delayed` or a `Shared`, whose edges would be lost
/// (`#[delayed(handles)]` is for those who mean it); and in an `impl` block as a whole, methods with the
/// name of one that handles have. Each message says what to write instead.
#[proc_macro_attribute]
pub fn delayed(options: TokenStream, item: TokenStream) -> TokenStream {
    let source = parse_macro_input!(item as Source);
    let (args, mut problems) = Args::parse(options.into());
    let runtime = match args.runtime.clone().map_or_else(runtime::path, Ok) {
        Ok(path) => Some(path),
        Err(error) => {
            problems.add(error);
            None
        }
    };
    match source {
        Source::Function(function) => {
            delayed_function(&function, &args, runtime.as_ref(), problems)
        }
        Source::Impl(block) => delayed_impl(block, &args, runtime.as_ref(), problems),
    }
    .into()
}

/// Writes a struct of handles beside a struct: the same fields, each of which takes what a parameter of its
/// type takes.
///
/// ```
/// use graph_exec::{Delayed, Handles, delayed, value};
///
/// #[derive(Handles)]
/// struct Config {
///     rate: f64,
///     name: String,
///     rows: Vec<i64>,
/// }
///
/// #[delayed]
/// fn total(config: &Config) -> f64 {
///     config.rate * config.rows.iter().sum::<i64>() as f64
/// }
///
/// let rows: Vec<Delayed<i64>> = (0..3).map(value).collect();
/// let total = total(ConfigHandles { rate: value(0.5), name: "ibm", rows });
/// # drop(total);
/// ```
///
/// `ConfigHandles` is an argument for `Config` and `&Config` (no task more), a part of `gather`, and, when
/// every field holds handles, an output: `compute(handles)` gives a `Config`, and with `keep_going` a
/// `ConfigHandles` of a `Result` for each field. A shared handle is cloned into its field, as for a
/// parameter taken by value. Pictures name the fields.
///
/// It has one type parameter for each field, named as the field, whose default is the `Delayed` of its
/// type; so `ConfigHandles` alone is a struct of plain handles. `#[handles(crate = path)]` says where
/// `graph_exec` is, when the derive comes from a macro of yours.
///
/// On a cluster a constant beside handles travels by itself, so its type must be built in, or one that a
/// function with `remote` takes.
///
/// The struct must have named fields and no parameters. For any other, and for one that is not yours,
/// `defer!(Config { rate: handle, rows })` builds a task that makes it.
#[proc_macro_derive(Handles, attributes(handles))]
pub fn derive_handles(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as syn::DeriveInput);
    let expanded = handles::runtime(&input).and_then(|path| handles::expand(&input, &path));
    expanded.unwrap_or_else(|error| error.to_compile_error()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn defer(input: TokenStream) -> TokenStream {
    defer::expand(parse_macro_input!(input as defer::Deferred)).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn defer_async(input: TokenStream) -> TokenStream {
    defer::expand(parse_macro_input!(input as defer::DeferredFuture).0).into()
}

fn delayed_function(
    source: &SourceFn,
    args: &Args,
    runtime: Option<&Path>,
    mut problems: Errors,
) -> proc_macro2::TokenStream {
    let cases = configured::cases(&source.sig).unwrap_or_else(|error| {
        problems.add(error);
        vec![(None, source.sig.clone())]
    });
    let mut written = proc_macro2::TokenStream::new();
    for (condition, sig) in cases {
        let mut source = SourceFn { sig, ..source.clone() };
        source.attrs.splice(0..0, condition);
        let task = Task::new(&source, args).map_err(|error| problems.add(error));
        match (task, runtime, problems.finish()) {
            (Ok(task), Some(runtime), Ok(())) => written.extend(expand::expand(&task, runtime)),
            (_, runtime, problems) => {
                let error =
                    problems.expect_err("a missing task or runtime was added to the problems");
                // In every case it is refused for the same reason, which is said once.
                return fallback::function(&error, &source, args, runtime);
            }
        }
    }
    written
}

fn delayed_impl(
    mut block: syn::ItemImpl,
    args: &Args,
    runtime: Option<&Path>,
    mut problems: Errors,
) -> proc_macro2::TokenStream {
    let Some(runtime) = runtime else {
        let error = problems.finish().map_err(|error| error.to_compile_error()).err();
        return quote::quote!(#error #block);
    };
    let expanded = impl_block::expand(&mut block, args, runtime);
    let expanded = expanded.map_err(|error| problems.add(error));
    match (expanded, problems.finish()) {
        (Ok(tokens), Ok(())) => tokens,
        (_, problems) => {
            let error = problems.map_err(|error| error.to_compile_error()).err();
            quote::quote!(#error #block)
        }
    }
}
