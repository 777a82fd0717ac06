//! From Dask: what each feature of `dask.delayed`, its schedulers and its diagnostics is called here.
//!
//! The same small program in both languages. In Python:
//!
//! ```python
//! import dask
//!
//! @dask.delayed
//! def inc(x):
//!     return x + 1
//!
//! @dask.delayed
//! def add(x, y):
//!     return x + y
//!
//! parts = [inc(n) for n in range(8)]
//! total = dask.delayed(sum)(parts)
//! total.visualize(folder / "total.svg")
//! total, other = dask.compute(total, add(inc(1), 10))
//! ```
//!
//! In Rust:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn inc(x: i64) -> i64 {
//!     x + 1
//! }
//!
//! #[delayed]
//! fn add(x: i64, y: i64) -> i64 {
//!     x + y
//! }
//!
//! let parts: Vec<Delayed<i64>> = (0..8).map(inc).collect();
//! let total: Delayed<i64> = parts.into_iter().sum();
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! total.visualize(folder.join("total.svg"))?;
//! let (total, other) = compute((total, add(inc(1), 10)))?;
//! assert_eq!((total, other), (36, 12));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Two things differ everywhere. Types are checked when the program is compiled, so a wrong argument is
//! no error of a run. And a handle is used once, unless [`.shared()`](crate::Delayed::shared) says
//! otherwise ([sharing](super::sharing)).
//!
//! # Building
//!
//! | in Dask | here |
//! |---|---|
//! | `delayed(f)(1)` | [`defer!(f(1))`](crate::defer), of any function |
//! | `@dask.delayed` | [`#[delayed]`](macro@crate::delayed) |
//! | default arguments | not there, as Rust has none: write a second function that calls the first with the default |
//! | a result as an argument, `add(x, y)` | the same: pass the handles |
//! | constants beside handles, `add(x, 3)` | the same: a parameter takes a value or a handle ([`IntoArg`](crate::IntoArg), [`IntoRef`](crate::IntoRef)) |
//! | a list of handles as one argument | a `Vec` or an array of handles, where a `Vec<T>` or `&[T]` is wanted |
//! | nested containers | tuples, lists, maps and options to any depth; structs with [`#[derive(Handles)]`](derive@crate::Handles); anything else by [`gather`](crate::gather()). No sets, as a handle has no value to hash; an iterator is collected first. See [many handles](super::gathering) |
//! | `traverse=False` | [`#[delayed(handles)]`](macro@crate::delayed#options): the function gets the handles themselves |
//! | `delayed(1)`, `delayed(object)` | [`value(1)`](crate::value) |
//! | a loop that appends | a `for` loop, or `.map(f).collect()` |
//! | `if` and `else` while building | the same. By a result: a task that returns a handle, and [`.flatten()`](crate::Delayed::flatten), which Dask has not ([graphs that grow](super::dynamic)) |
//! | `nout=2` | [`.unzip()`](crate::Delayed::unzip) of a tuple up to twelve, or an array; no number is needed |
//! | operators | `+ - * / %`, `& \| ^ << >>`, `-`, `!`, and `+=` and its kind. No `**` or `@`: `defer!(i64::pow(a, 2))`. No comparisons, since in Rust these must give a `bool` at once: `.map(\|a\| a > 1)` |
//! | `a[0]`, `a[:b]` | not there, since `[]` in Rust lends what exists: `.map(\|a\| a[0])`, or with a lazy bound `a.zip(b).map(\|(a, b)\| a[..b].to_vec())` |
//! | `a.real` | not there, for the same reason: `.map(\|a\| a.real)` |
//! | `a.split(" ")` | [`defer!(a.to_uppercase())`](crate::defer), one task; or [`#[delayed]` on the `impl` block](macro@crate::delayed#methods), then `a.method()` |
//! | decorated methods | `#[delayed]` on functions in an `impl` block: instance (`self` is the first argument) and associated ones. Not in the `impl` of a trait |
//! | `bind`, `wait_on`, `checkpoint` | [`.after([&b, &d])`](crate::Delayed::after), order only. The others run only when they are needed too: make them outputs. `gather(handles)` waits for all |
//! | `graph_manipulation.clone` | not there: call the code that builds the part again, and its tasks run again |
//! | a raw graph, `get(dsk, keys)` | not there: tasks come from typed calls. [`Graph::new`](crate::Graph::new) takes nodes and edges to order and draw |
//! | handles that cannot be changed, iterated or used as a truth value | the same, when the program is compiled ([mistakes](super::mistakes)). They cannot be hashed or compared either |
//! | handles that can be reused | a [`Shared`](crate::Shared) handle, cheap to clone; a [`Delayed`](crate::Delayed) moves |
//! | pickle a graph | not there: code cannot be saved. [`Graph::to_json`](crate::Graph::to_json) describes the graph for programs; on a cluster, functions are found by their paths |
//!
//! What operators and indices become, in one place:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! struct Complex {
//!     real: i64,
//! }
//!
//! let a = value(Complex { real: 7 }).map(|a| a.real).shared(); // a.real, kept for several uses
//! let power = defer!(i64::pow(&a + &a, 2)); // (a + a) ** 2
//! let large = a.map(|a| *a > 5); // a > 5
//! let list = value(vec![1, 2, 3]).shared();
//! let first = list.map(|list| list[0]); // list[0]
//! let begin = list.zip(value(2)).map(|(list, b)| list[..b].to_vec()); // list[:b]
//! let upper = defer!(value("ibm").to_uppercase()); // one task for a method
//! let wait = gather((power, large)); // one task that waits for both
//! assert_eq!(compute((wait, first, begin, upper))?, ((196, true), 1, vec![1, 2], "IBM".to_owned()));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Identity
//!
//! | in Dask | here |
//! |---|---|
//! | every node has a key | not there: a task is its handle. Errors and pictures name the function, the label, and [where the task was built](crate::Handle::built_at) |
//! | impure by default: two calls, two tasks | the same, always |
//! | `pure=True`: identical calls become one task | not there: values in Rust have no common hash. Keep the handle with [`.shared()`](crate::Delayed::shared), or keep handles in a map by your own key |
//! | keys that see partials and captured values | not needed without keys |
//! | `dask.config.set(delayed_pure=True)` | not there |
//! | `name=`, `dask_key_name=` | [`.named("three")`](crate::Delayed::named): a label and no identity; two tasks may share one |
//! | deterministic tokens | no tokens. The same graph gives the same [order](crate::Graph::order) and the same picture, byte for byte |
//! | common sub-expressions, `a[0] + a[0]` | not found for you: `let a = a.shared(); &a + &a` runs `a` once |
//!
//! # Running
//!
//! | in Dask | here |
//! |---|---|
//! | `z.compute()` | [`z.compute()?`](crate::Compute) |
//! | `dask.compute(x, y)` | [`compute((x, y))?`](crate::compute()): a tuple, list, map or struct, and the results have its shape |
//! | `persist` | `let z = z.shared(); z.compute()?;`: the result stays while `z` lives, and later graphs that use `&z` run it no more |
//! | threads by default | the same: all cores, a pool that the program keeps, and the calling thread works too ([running](super::running)) |
//! | `scheduler="sync"` | [`Executor::serial()`](crate::Executor::serial), or `DELAYED_SCHEDULER=serial` |
//! | `scheduler="processes"` | not there: no interpreter lock keeps threads apart |
//! | `Client("tcp://…")` | `Cluster::connect("tcp://…")?.compute(z)?`, with the feature `cluster`: Dask's own scheduler and workers, and functions marked `#[delayed(remote)]` |
//! | `num_workers` | [`Executor::builder().threads(4)`](crate::ExecutorBuilder::threads), or `DELAYED_NUM_WORKERS=4` |
//! | `pool=ThreadPoolExecutor(4)` | not there: a thread of your pool that waits could take up a task that needs what it waits for ([running](super::running#rayon-inside-tasks)) |
//! | call, context, global, environment | a call on an [`Executor`](crate::Executor), [`scope`](crate::Executor::scope), [`set_default`](crate::Executor::set_default), environment: the first of these that says something ([all of it](crate::Executor#impl-Default-for-Executor)) |
//! | many threads compute at once, and tasks compute | the same, and at most `threads(n)` tasks run at once on an executor, whoever computes |
//! | never ever more threads | the same: as many as were asked for |
//! | static order that saves memory | the same idea, [`Graph::order`](crate::Graph::order), used where it can save memory; plus [`.priority(n)`](crate::Delayed::priority) |
//! | results are released after their last use | the same ([memory](super::memory)) |
//! | `chunksize=` | no option: workers take tasks from each other. [`batched`](crate::batched) makes one task of many small steps |
//! | `await` | [`.spawn().await`](crate::Compute::spawn), under any runtime ([in the background](super::background)); an async function as a task: [services](super::services#async-functions-as-tasks) |
//! | cancel (not local in Dask) | [`CancelToken`](crate::CancelToken); [`Running::cancel`](crate::Running::cancel), or dropping it; a task asks [`task::check`](crate::task::check) |
//! | opportunistic cache | not there: `.shared()` keeps what you name, for as long as you say |
//! | checkpoint and resume on disk (not in Dask) | not there |
//! | `retries=` (distributed only) | [`#[delayed(retries = 3)]`](macro@crate::delayed#retries) or `.retries(3)`, everywhere; with `backoff` and `retry_if` |
//! | `Future.retry()` (distributed only) | [`Shared::reset`](crate::Shared::reset) of a `#[delayed(resettable)]` task |
//! | `annotate(priority=, resources=, workers=, …)` | `.priority(n)`, [`.resource("gpu", 1)`](crate::Delayed::resource) with `Executor::builder().resource("gpu", 2)` ([limits](super::limits)). No choice of workers, no annotations of your own |
//! | task timeout (not local in Dask) | a limit for a run: [`with_timeout`](crate::Executor::with_timeout), [`with_deadline`](crate::Executor::with_deadline); for each attempt of a task: [`timeout = "30s"`](macro@crate::delayed#timeout); a task that does not ask is named |
//! | context variables in workers | thread-locals are not carried over: pass what a task needs. With the feature `tracing`, a span for each task inside the caller's |
//!
//! Dask has no counterpart of [`as_completed`](fn@crate::as_completed) outside its cluster, of
//! [`replay`](crate::ExecutorBuilder::replay) and [`fuzz_schedules`](crate::fuzz_schedules), which run a graph in
//! many orders to find what depends on the order, and of a
//! [memory limit](crate::ExecutorBuilder::memory_limit) for threads.
//!
//! # Rewriting the graph
//!
//! | in Dask | here |
//! |---|---|
//! | cull | always: only what the outputs need runs |
//! | fuse chains | not there. A step of a chain costs about as much as any task, a tenth of a microsecond ([performance](super::performance)) |
//! | inline cheap functions | not there: call the plain function inside another task |
//! | `dask.optimize(x, y)`, `delayed_optimize=` | not there: what you build is what runs |
//! | rewrite rules | not there, for the same reason |
//!
//! # Errors
//!
//! | in Dask | here |
//! |---|---|
//! | the original exception is raised | [`Error`](crate::Error), whose `source()` is your own error, to be downcast. It names the task, its place, and who needed it ([errors](super::errors)) |
//! | tasks raise | a function returns a `Result`; a panic is caught and is an error of the run |
//! | stop at the first error, lose the other results | the same by default; [`keep_going`](crate::Executor::keep_going) gives every output a `Result` of its own, and what `Shared` handles hold is kept in both |
//! | `rerun_exceptions_locally=True` | not there: build the graph again and run it on `Executor::serial()`, on your thread and under your debugger |
//! | Ctrl-C | the library installs no handler: yours cancels a [`CancelToken`](crate::CancelToken) |
//! | cycles in raw graphs | cannot be written, as a handle exists before its use. Handles that a task makes can, as can `.after` of a later task: [`GraphError`](crate::GraphError) says which |
//! | missing dependencies in raw graphs | cannot be written: a handle is always one of a task |
//! | arguments that cannot be serialised | refused by the compiler: what crosses threads is `Send`, what goes to a cluster is `Serialize` |
//! | `visualise` is explained | a name that is not there is an error of the compiler |
//!
//! # Diagnostics
//!
//! | in Dask | here |
//! |---|---|
//! | `Callback` with five hooks | [`Observer`](crate::Observer), five too, given to an executor by [`with_observer`](crate::Executor::with_observer); `finished` is always called. A graph that a task computes is a run of its own |
//! | `ProgressBar()` | `Executor::builder().progress(true)`, on stderr; a line every ten seconds where that is no terminal. No options of width or interval |
//! | `Profiler` | [`executor.run(z)?`](crate::Executor::run) gives a [`RunRecord`](crate::RunRecord), whose [`tasks()`](crate::RunRecord::tasks) have start, end and worker |
//! | `ResourceProfiler` | [`TaskTime`](crate::TaskTime) tells computing from waiting; the report shows the memory and the cores of the process |
//! | `CacheProfiler(metric=nbytes)` | sizes are declared, not measured: [`bytes` and `result_bytes`](macro@crate::delayed#bytes), then [`TaskRecord::result_bytes`](crate::TaskRecord::result_bytes) |
//! | `visualize([prof, rprof, cprof])` | [`run.report("run.html")`](crate::Finished::report), one page that loads nothing ([records](super::records)) |
//! | export (not local in Dask) | the same page; [`trace`](crate::Finished::trace) for Perfetto; [`record.graph()`](crate::RunRecord::graph) as JSON |
//! | `order.diagnostics` | the order itself, [`Graph::order`](crate::Graph::order). No ages; of memory the peak under a limit, [`MemoryRecord`](crate::MemoryRecord) |
//!
//! # Pictures
//!
//! | in Dask | here |
//! |---|---|
//! | `z.visualize()` | [`z.visualize("z.svg")?`](crate::Visualize::visualize), with nothing installed |
//! | formats | `.svg .png .pdf .html .mmd .txt .dot .json` by extension; no JPEG. [`Graph::to_svg`](crate::Graph::to_svg) and its kind return the text ([pictures](crate::pictures)) |
//! | `rankdir`, attributes, `cmap` | [`Picture::direction`](crate::Picture::direction). No attributes or colour maps: save a `.dot` and edit it |
//! | `optimize_graph=True` | nothing to show, as nothing is rewritten |
//! | `color=` order, age, memory, … | [`Picture::colour_by`](crate::Picture::colour_by): function, order, time, bytes, worker, state. No ages or pressure |
//! | `collapse_outputs`, `verbose` | results have no boxes of their own; a tooltip says what a box leaves out |
//! | interactive page (Cytoscape) | `.html`: pan, zoom, search |
//! | high-level graph | above 300 tasks, similar ones share a box ([`Collapse`](crate::Collapse)) |
//! | `dask.visualize(a, b)` | [`Graph::of(&(a, b))?`](crate::Graph::of), or `.visualize` on a tuple or a list |
//! | text (not in Dask) | [`Graph::to_text`](crate::Graph::to_text), a tree for a terminal |
