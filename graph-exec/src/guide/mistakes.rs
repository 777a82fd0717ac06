//! Mistakes, and what to write instead.
//!
//! Most mistakes are explained by the compiler where they are made. For some it has only its own words,
//! which no library can change; each of those has a heading here.
//!
//! | what the compiler says | read |
//! |---|---|
//! | ``use of moved value: `x` `` | [A handle is used twice](#a-handle-is-used-twice) |
//! | ``cannot move out of `x`, a captured variable`` | [A closure captures a handle](#a-closure-captures-a-handle), or [one value for many tasks](#one-value-for-many-tasks) |
//! | ``cannot move out of `job.result` which is behind a shared reference`` | [A handle in a borrowed struct](#a-handle-in-a-borrowed-struct) |
//! | ``cannot be used where the function takes `&Config` ``, of a `&Config` | [One value for many tasks](#one-value-for-many-tasks) |
//! | ``cannot be used where the function takes `&[Table]` ``, of a `Vec<Shared<Table>>` | [Shared handles in lists](super::gathering#shared-handles-in-lists): take `&[Arc<Table>]` |
//! | ``cannot be used where the function takes `&[Quote]` ``, of a `Vec<QuoteHandles<…>>` | [Structs](super::gathering#structs): `gather(quotes)` |
//! | ``cannot be used where the function takes `u64` ``, of a `usize` or a `Delayed<Option<u64>>` | [A result of another type](#a-result-of-another-type) |
//! | ``cannot be used where the function takes `Result<i64, …>` ``, of a `Delayed<i64>` | [errors](super::errors#a-function-that-may-fail): the function that gives it is `#[delayed(infallible)]` |
//! | ``method `__score_of_task` is not a member of trait `Score` `` | `#[delayed]` makes no tasks of a trait's methods: leave it out, and write `defer!(handle.score())` |
//! | `temporary value dropped while borrowed`, at `.keep_going()` | it borrows its executor: give that one a name first, `let executor = Executor::default();` |
//! | ``a `&Vec<Delayed<…>>` cannot be computed`` | [Many results](super::gathering#many-results) |
//! | ``the method `compute` exists for struct `JobHandles<…>`, but its trait bounds were not satisfied`` | [Structs](super::gathering#structs): `compute(gather(job))`, where constants are among the handles |
//! | `` no method named `predict` ``, of a `#[delayed] impl` in another module | import its trait, `use model::ModelDelayed;`; a similar name that the compiler offers is no method of handles |
//! | `a task cannot keep this closure`, in a function with a type parameter `F` | [Functions of your own](super::gathering#functions-of-your-own) |
//! | ``binary operation `==` cannot be applied`` | [`==` on handles](#-on-handles) |
//! | `is not an iterator` | [`for` over a handle](#for-over-a-handle) |
//! | `is not a future` | [`.await` on a handle](#await-on-a-handle) |
//! | ``doesn't implement `Display` `` | [Printing a handle](#printing-a-handle) |
//! | ``expected `bool`, found `Delayed<bool>` `` | [`if` on a handle](#if-on-a-handle) |
//! | ``expected `Delayed<i64>`, found `Delayed<Delayed<i64>>` `` | [A handle of a handle](#a-handle-of-a-handle) |
//! | ``the `?` operator can only be applied to values that implement `Try` `` | [`?` on a handle](#-on-a-handle) |
//! | ``Option<Delayed<…>>``, or a panic in `unwrap` inside `.map` | [`.unwrap()` inside a task](#unwrap-inside-a-task) |
//! | ``expected `merge` to return `u64`, but it returns `Delayed<u64>` `` | [A merge that builds a task](#a-merge-that-builds-a-task) |
//! | ``expected `u64`, found `Result<u64, …>` ``, in a merge | [Sums and trees](super::gathering#sums-and-trees): make it `#[delayed]`, for `tree_reduce_with` |
//! | ``expected `Delayed<_>`, found `&Shared<…>` `` | [Sums and trees](super::gathering#sums-and-trees): `parts.iter().map(gather)` |
//! | ``cannot be made by summing an iterator over elements of type `&Delayed<…>` `` | [A sum of borrowed handles](#a-sum-of-borrowed-handles) |
//! | ``cannot be used where the function takes `i64` ``, of a `&i64` | [Items of `.iter()`](#items-of-iter) |
//! | `this function takes 1 argument but 2 arguments were supplied` | [`compute` of several handles](#compute-of-several-handles) |
//! | `type annotations needed`, twice for one call of a generic function | [The compiler wants a type](#the-compiler-wants-a-type) |
//! | ``missing lifetime specifier``, ``anonymous lifetimes in `impl Trait` `` | [A type with a hidden lifetime](#a-type-with-a-hidden-lifetime) |
//! | ``the name `ModelDelayed` is defined multiple times`` | [Two `impl` blocks of one type](#two-impl-blocks-of-one-type) |
//! | nothing, but nothing runs either | [Nothing runs](#nothing-runs) |
//!
//! # A handle is used twice
//!
//! A [`Delayed`](crate::Delayed) is used once: passing it on moves the result into the task that takes
//! it, without a copy.
//!
//! ```compile_fail,E0382
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! let a = inc(1);
//! let b = inc(a);
//! let c = inc(a); // use of moved value: `a`
//! # drop((b, c));
//! ```
//!
//! Say [`.shared()`](crate::Delayed::shared) where the handle is made, and pass `&handle`:
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! let a = inc(1).shared();
//! let b = inc(&a);
//! let c = inc(&a); // `inc(1)` still runs once
//! assert_eq!(compute((b, c))?, (3, 3));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # A closure captures a handle
//!
//! A closure that is called more than once cannot give the same handle away each time:
//!
//! ```compile_fail,E0507
//! # use graph_exec::prelude::*;
//! # #[delayed] fn pick(table: &Vec<i64>, row: usize) -> i64 { table[row] }
//! let table = value(vec![7, 8, 9]);
//! let rows: Vec<_> = (0..3_usize).map(|row| pick(table, row)).collect();
//! ```
//!
//! A shared handle is lent each time:
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn pick(table: &Vec<i64>, row: usize) -> i64 { table[row] }
//! let table = value(vec![7, 8, 9]).shared();
//! let rows: Vec<_> = (0..3_usize).map(|row| pick(&table, row)).collect();
//! assert_eq!(rows.compute()?, [7, 8, 9]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # A handle in a borrowed struct
//!
//! `.compute()` uses the handle up, so it cannot be done behind a borrow of what holds it:
//!
//! ```compile_fail,E0507
//! # use graph_exec::prelude::*;
//! struct Job { name: String, result: Delayed<u64> }
//! # let jobs = vec![Job { name: "a".to_owned(), result: value(1_u64) }];
//! for job in &jobs {
//!     println!("{}: {}", job.name, job.result.compute()?);
//! }
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Iterate over the jobs themselves, `for job in jobs`, or let them hold shared handles. In one run instead of many:
//!
//! ```
//! # use graph_exec::prelude::*;
//! struct Job { name: String, result: Shared<u64> }
//! # let jobs = vec![Job { name: "a".to_owned(), result: value(1_u64).shared() }];
//! let results = compute(jobs.iter().map(|job| &job.result).collect::<Vec<_>>())?;
//! for (job, result) in jobs.iter().zip(results) {
//!     println!("{}: {result}", job.name);
//! }
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # One value for many tasks
//!
//! A borrow of a local variable may be gone when a task runs. Without the `&` the first task takes the value away from
//! the others. An `Arc` is neither:
//!
//! ```compile_fail,E0277
//! # use graph_exec::prelude::*;
//! # struct Config { rate: f64 }
//! # #[delayed] fn run(config: &Config, seed: u64) -> f64 { config.rate * seed as f64 }
//! let config = Config { rate: 0.5 };
//! let runs: Vec<_> = (0..4_u64).map(|seed| run(&config, seed)).collect();
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! # struct Config { rate: f64 }
//! # #[delayed] fn run(config: &Config, seed: u64) -> f64 { config.rate * seed as f64 }
//! let config = std::sync::Arc::new(Config { rate: 0.5 });
//! let runs: Vec<_> = (0..4_u64).map(|seed| run(&config, seed)).collect();
//! assert_eq!(runs.compute()?[2], 1.0);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Pieces of one list are copied, `mean(chunk.to_vec())` of `data.chunks(10)`.
//!
//! # A result of another type
//!
//! Nothing is converted on the way into a task, neither numbers nor options:
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn half(x: u64) -> u64 { x / 2 }
//! # let names = ["ibm", "hp"];
//! let one = half(names.len() as u64);
//! let two = half(value(4_usize).map(|n| n as u64));
//! let three = half(value(Some(6)).and_then(|found| found.ok_or("nothing found"))); // `None` fails the task
//! assert_eq!(compute((one, two, three))?, (1, 2, 3));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # `==` on handles
//!
//! Handles are no numbers: whether two results are equal is not known before they are there. Compare
//! them in a task, or compute them first.
//!
//! ```compile_fail,E0369
//! # use graph_exec::prelude::*;
//! let same = value(1) == value(1);
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! #[delayed]
//! fn same(a: i64, b: i64) -> bool {
//!     a == b
//! }
//!
//! assert!(same(value(1), value(1)).compute()?); // in a task
//! assert!(value(1).compute()? == value(1).compute()?); // here, after two runs
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! The same holds for `<`, `&&` and `||`. The operators `+ - * / % & | ^ << >>`, `-` and `!` do work
//! on handles, and make tasks.
//!
//! # `for` over a handle
//!
//! How many elements a result has is known when its task has run.
//!
//! ```compile_fail,E0277
//! # use graph_exec::prelude::*;
//! let numbers = value(vec![1, 2, 3]);
//! for number in numbers {} // `Delayed<Vec<i32>>` is not an iterator
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! let numbers = value(vec![1, 2, 3]);
//! let doubled = numbers.map_each(|number| 2 * number); // a task for each element
//! let sum = doubled.map(|numbers| numbers.iter().sum::<i32>()); // one task for all
//! assert_eq!(sum.compute()?, 12);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! When the number is known while the graph is built, make a `Vec` of handles, and iterate over that.
//!
//! # `.await` on a handle
//!
//! A handle is no future: it says what could run, and nothing runs. `.spawn()` lets it run, and gives a future. (`.compute()`
//! blocks the thread that calls it, which in async code belongs to others:
//! [services](super::services#what-compute-does-in-async-code).)
//!
//! ```compile_fail,E0277
//! # use graph_exec::prelude::*;
//! async fn answer() -> i64 {
//!     value(42).await // `Delayed<i64>` is not a future
//! }
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! async fn answer() -> Result<i64, graph_exec::Error> {
//!     value(42).spawn().await
//! }
//! # assert_eq!(pollster::block_on(answer())?, 42);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Printing a handle
//!
//! ```compile_fail,E0277
//! # use graph_exec::prelude::*;
//! let answer = value(42);
//! println!("{answer}"); // `Delayed<i32>` doesn't implement `Display`
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! let answer = value(42);
//! println!("{answer:?}"); // which task it is, and where it was built
//! println!("{}", answer.compute()?); // its result
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # `if` on a handle
//!
//! ```compile_fail,E0308
//! # use graph_exec::prelude::*;
//! # #[delayed] fn is_even(x: i64) -> bool { x % 2 == 0 }
//! # let (half, odd) = (value(1), value(2));
//! let result = if is_even(4) { half } else { odd };
//! ```
//!
//! What is known while the graph is built needs no task; what is a result is decided by a task, which
//! may return handles ([graphs that grow](super::dynamic)):
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn is_even(x: i64) -> bool { x % 2 == 0 }
//! # #[delayed] fn half(x: i64) -> i64 { x / 2 }
//! let result = is_even(4).map(|even| if even { half(4) } else { value(4) }).flatten();
//! assert_eq!(result.compute()?, 2);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # A handle of a handle
//!
//! A closure in `.map` that calls a `#[delayed]` function returns a handle, so the task gives a handle:
//!
//! ```compile_fail,E0308
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! let three: Delayed<i64> = inc(1).map(inc);
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! let three: Delayed<i64> = inc(inc(1)); // pass the handle itself
//! let four: Delayed<i64> = inc(inc(1)).map(inc).flatten(); // or decide when it runs
//! assert_eq!(compute((three, four))?, (3, 4));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! `defer!(inc(1))` of a function that is `#[delayed]` already is such a handle too: call it without
//! `defer!`.
//!
//! # `compute` of several handles
//!
//! [`compute`](crate::compute()) takes one argument: a handle, or a tuple, an array or a `Vec` of them.
//!
//! ```compile_fail,E0061
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! let both = compute(inc(1), inc(2));
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! let (a, b) = compute((inc(1), inc(2)))?;
//! assert_eq!((a, b), (2, 3));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # `?` on a handle
//!
//! A handle is no `Result`: whether its task fails is known when it has run. The handle of a function that
//! returns a `Result<T, E>` is a `Delayed<T>`, which goes on as it is; `?` stands behind `.compute()`.
//!
//! ```compile_fail,E0277
//! # use graph_exec::prelude::*;
//! # #[delayed] fn parse(text: &str) -> Result<i64, std::num::ParseIntError> { text.parse() }
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! # fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let two = inc(parse("1")?);
//! # Ok(()) }
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn parse(text: &str) -> Result<i64, std::num::ParseIntError> { text.parse() }
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! assert_eq!(inc(parse("1")).compute()?, 2);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # `.unwrap()` inside a task
//!
//! The closure of `.map` gets what is in `Ok`, so there is nothing to unwrap in it. A closure that may fail itself goes
//! to [`.and_then`](crate::Delayed::and_then), where an `Err` is the failure of the task; an `unwrap` in `.map` would
//! be a panic.
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn read(path: &str) -> Result<String, String> { Ok(path.len().to_string()) }
//! let number = read("ibm.json").and_then(|text| text.parse::<i64>());
//! assert_eq!(number.compute()?, 8);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # A merge that builds a task
//!
//! [`tree_reduce`](crate::tree_reduce) calls a plain function or closure inside tasks. A `#[delayed]` function builds a
//! task itself, and goes to [`tree_reduce_with`](crate::tree_reduce_with):
//!
//! ```compile_fail,E0271
//! # use graph_exec::prelude::*;
//! # #[delayed] fn merge(a: u64, b: u64) -> u64 { a + b }
//! let parts = (0..8_u64).map(value);
//! let sum = tree_reduce(parts, merge);
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn merge(a: u64, b: u64) -> u64 { a + b }
//! let parts = (0..8_u64).map(value);
//! let sum = tree_reduce_with(parts, merge).expect("there are eight");
//! assert_eq!(sum.compute()?, 28);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # A sum of borrowed handles
//!
//! A handle is used once, so a sum takes the handles themselves:
//!
//! ```compile_fail,E0277
//! # use graph_exec::prelude::*;
//! let parts: Vec<Delayed<i64>> = (0..8).map(value).collect();
//! let sum: Delayed<i64> = parts.iter().sum();
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! let parts: Vec<Delayed<i64>> = (0..8).map(value).collect();
//! let sum: Delayed<i64> = parts.into_iter().sum();
//! assert_eq!(sum.compute()?, 28);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Of a `Vec<Shared<T>>`, `.iter().sum()` works too.
//!
//! # Items of `.iter()`
//!
//! `.iter()` gives borrows, and a task outlives what they borrow. Texts and paths are copied when the task is built, so
//! those may be passed as they come; all else is copied or moved by you:
//!
//! ```compile_fail,E0277
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! let numbers = [1, 2, 3];
//! let handles: Vec<Delayed<i64>> = numbers.iter().map(inc).collect(); // gives `&i64`
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! # #[delayed] fn inc(x: i64) -> i64 { x + 1 }
//! # #[delayed] fn count(text: &str) -> usize { text.len() }
//! let numbers = [1, 2, 3];
//! let handles: Vec<Delayed<i64>> = numbers.iter().copied().map(inc).collect();
//! assert_eq!(handles.compute()?, [2, 3, 4]);
//!
//! let texts = ["one", "three"];
//! let counts: Vec<Delayed<usize>> = texts.iter().map(count).collect();
//! assert_eq!(counts.compute()?, [3, 5]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # The compiler wants a type
//!
//! An empty `vec![]` and a bare `None` are of any type, a function item is none of a function pointer's,
//! and a generic function that is given a handle could mean the handle itself:
//!
//! ```
//! # use graph_exec::prelude::*;
//! #[delayed]
//! fn total(parts: &[i64]) -> i64 {
//!     parts.iter().sum()
//! }
//! #[delayed]
//! fn apply(f: fn(i64) -> i64, x: i64) -> i64 {
//!     f(x)
//! }
//! #[delayed]
//! fn show<T: ToString>(x: T) -> String {
//!     x.to_string()
//! }
//!
//! let nothing = total(Vec::<i64>::new());
//! let two = apply(i64::abs as fn(i64) -> i64, -2);
//! let text = show::<i64>(value(3)); // of `show(value(3))` the compiler says it twice, at the call and at the argument
//! assert_eq!(compute((nothing, two, text))?, (0, 2, "3".to_owned()));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # A type with a hidden lifetime
//!
//! A task outlives what its function borrows, so every type in its signature says what it borrows, with
//! `<'_>` at least; and a result borrows nothing that is not `'static`.
//!
//! ```compile_fail
//! # use graph_exec::prelude::*;
//! struct Line<'a>(&'a str);
//!
//! #[delayed]
//! fn length(line: Line) -> usize { // the lifetime of `Line` is hidden
//!     line.0.len()
//! }
//! ```
//!
//! ```
//! # use graph_exec::prelude::*;
//! struct Line<'a>(&'a str);
//!
//! #[delayed]
//! fn length(line: Line<'_>) -> usize {
//!     line.0.len()
//! }
//!
//! assert_eq!(length(Line("text")).compute()?, 4);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Two `impl` blocks of one type
//!
//! `#[delayed]` on `impl Model` makes a trait, `ModelDelayed`. A second block needs a name of its own
//! for its trait:
//!
//! ```
//! # use graph_exec::prelude::*;
//! struct Model(f64);
//!
//! #[delayed]
//! impl Model {
//!     fn predict(&self, x: f64) -> f64 {
//!         self.0 * x
//!     }
//! }
//!
//! #[delayed(trait = ModelScores)]
//! impl Model {
//!     fn score(&self) -> f64 {
//!         self.0
//!     }
//! }
//! # let model = value(Model(2.0)).shared();
//! # assert_eq!(compute((model.predict(3.0), model.score()))?, (6.0, 2.0));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Nothing runs
//!
//! Calling a `#[delayed]` function builds a task and runs nothing; the compiler warns of handles that
//! nobody uses, but a `let _ =` silences it. `.compute()?` runs what a handle needs. A task runs only
//! if an output needs its result: one that is there for its effect is an output too,
//! `compute((result, saved))?`.
//!
//! Arguments are ordinary expressions, also in [`defer!`](crate::defer): `inc(slow(1))` calls `slow` at
//! once when `slow` is not `#[delayed]`.
