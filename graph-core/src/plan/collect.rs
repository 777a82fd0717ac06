//! Collecting the tasks that some handles need, without recursion and without marking them.
//!
//! A dependency is always built before its dependents, so its creation number is smaller. The
//! collector therefore goes through the numbers from the newest down: when it reaches a task, every
//! dependent of it in the plan has been visited. That gives, in one pass over memory in the reverse
//! of the order in which it was filled: the set of tasks, a topological order, how often each result
//! is used, and whether anything outside the plan can reach a task.

#![expect(unsafe_code, reason = "it follows the pointers between tasks")]

mod task_map;

use std::{collections::HashSet, mem};

use smallvec::SmallVec;

use crate::{
    graph::{adjacency::Adjacency, error::GraphError},
    plan::{FEW, Plan, outputs::Outputs, roots::Roots},
    task::{
        header::{Edges, Metadata, Root, TaskPointer},
        phase::Phase,
        task_ref::TaskRef,
    },
};
use task_map::{Position, TaskMap, Visited};

impl Plan {
    /// Plans the tasks that `outputs` need. Time and space O(|V| + |E|).
    ///
    /// # Errors
    /// [`GraphError::AfterLater`] when `.after` names a task that was built later.
    pub fn new(outputs: &impl Outputs) -> Result<Self, GraphError> {
        let mut roots = Roots::new();
        outputs.roots(&mut roots);
        collect(&roots)
    }
}

/// What the tasks that a task has made are to the run that meets them.
#[derive(Debug)]
pub struct Unfolded {
    /// The plan of what the task waits for.
    pub inner: Result<Plan, GraphError>,
    /// Whether another run met the task meanwhile, and must be told to claim it again.
    pub awaited: bool,
}

impl Plan {
    /// Plans the tasks that a task has made and waits for, and gives the task back as waiting. It may
    /// be claimed again when they have ended; other runs may claim it too, and plan for themselves.
    ///
    /// # Errors
    /// [`GraphError::AfterLater`] when `.after` names a task that was built later, and
    /// [`GraphError::Cycle`] when the tasks need the very task that waits for them.
    ///
    /// # Safety
    /// [`run`](Plan::run) returned `None` for this index, this is the first call since, and the task
    /// [has no future](Plan::has_future).
    pub unsafe fn unfold(&self, index: u32) -> Unfolded {
        let task = self.pointer(index);
        // SAFETY: the handles that the plan was made from still exist, as they did for `run`.
        let header = unsafe { self.header(index) };
        let mut roots = Vec::new();
        if let Some(list) = header.vtable.inner {
            // SAFETY: the task is claimed, so its body is there and this thread's alone.
            unsafe { list(task, &mut roots) };
        }
        if self.is_exposed(index) {
            // Another run can reach them through this task.
            roots.iter_mut().for_each(|root| root.given_up = false);
        }
        let roots = Roots::from_tasks(roots);
        let mut map = map_of(&roots);
        let mut collector = Collector::new(&mut map);
        collector.visit_all(&roots);
        if collector.map.find(header.number()).is_some() {
            collector.error = Some(GraphError::Cycle { path: vec![header.name(); 2] });
        }
        let inner = collector.finish();
        Unfolded { inner, awaited: self.publish(index, header, Phase::Waiting) }
    }
}

/// Says whether all the tasks behind some handles have results.
pub(crate) fn all_done(handles: &impl Outputs) -> bool {
    let mut roots = Roots::new();
    handles.roots(&mut roots);
    // SAFETY: the roots borrow handles, which keep their tasks.
    roots.tasks.iter().all(|root| unsafe { root.task.header() }.state.phase() == Phase::Done)
}

/// Lets a failed task wait again, and all the failed tasks that it needs. Returns how many there were.
///
/// # Errors
/// [`GraphError::InputsUsedUp`] for one that has not kept its inputs; then nothing is changed.
pub(crate) fn reset(task: &TaskRef) -> Result<usize, GraphError> {
    for_each_needed(task, |needed| {
        // SAFETY: passed on.
        let header = unsafe { needed.header() };
        let is_kept = || {
            let kept = header.metadata().and_then(Metadata::kept_body);
            kept.is_some_and(|kept| kept.is_some())
        };
        if header.state.phase() == Phase::Failed && !is_kept() {
            return Err(GraphError::InputsUsedUp {
                task: header.name(),
                built_at: header.built_at(),
            });
        }
        Ok(())
    })?;
    // Errors are the user's, so they are dropped when no lock is held.
    let mut errors = Vec::new();
    for_each_needed(task, |needed| {
        // SAFETY: passed on.
        let header = unsafe { needed.header() };
        let Some(reset) = header.vtable.reset else { return Ok(()) };
        let Some(mut kept) = header.metadata().and_then(Metadata::kept_body) else {
            return Ok(());
        };
        if header.state.phase() == Phase::Failed
            && let Some(body) = kept.take()
        {
            // SAFETY: it has failed, `needed` is held during this call, and the lock is held.
            errors.push(unsafe { reset(needed, body) });
            header.state.publish_reset();
        }
        Ok(())
    })?;
    Ok(errors.len())
}

/// Calls `visit` for a task and all those that it needs before it can run, as long as they have not started;
/// each is held during the call. It runs no user code.
fn for_each_needed(
    task: &TaskRef,
    mut visit: impl FnMut(TaskPointer) -> Result<(), GraphError>,
) -> Result<(), GraphError> {
    visit(task.pointer())?;
    let mut seen = HashSet::from([task.header().number()]);
    // SAFETY: the reference keeps the task.
    let mut open = vec![unsafe { task.pointer().downgrade() }];
    let (mut edges, mut inner) = (Edges::default(), Vec::new());
    while let Some(weak) = open.pop() {
        let pointer = weak.pointer();
        // SAFETY: the weak reference keeps the header.
        let header = unsafe { pointer.header() };
        let visited = header.state.while_waiting(|| {
            // SAFETY: the header exists, and the body stays during this call.
            unsafe { (header.vtable.edges)(pointer, &mut edges) };
            if let Some(list) = header.vtable.inner {
                // SAFETY: as above.
                unsafe { list(pointer, &mut inner) };
            }
            let made = inner.drain(..).map(|root| root.task);
            edges.dependencies.drain(..).chain(made).try_for_each(|needed| {
                // SAFETY: the body holds it, and stays during this call.
                let number = unsafe { needed.header() }.number();
                if seen.insert(number) {
                    visit(needed)?;
                    // SAFETY: as above.
                    open.push(unsafe { needed.downgrade() });
                }
                Ok(())
            })
        });
        visited.unwrap_or(Ok(()))?;
    }
    Ok(())
}

/// Plans the tasks that `roots` need. Time and space O(|V| + |E|).
///
/// # Errors
/// [`GraphError::AfterLater`] when `.after` names a task that was built later.
pub(crate) fn collect(roots: &Roots<'_>) -> Result<Plan, GraphError> {
    let mut map = map_of(roots);
    let mut collector = Collector::new(&mut map);
    collector.visit_all(roots);
    collector.finish()
}

/// A map for the tasks that `roots` need. It is large, so it stays where it was made.
fn map_of(roots: &Roots<'_>) -> TaskMap {
    // SAFETY: the roots borrow handles, which keep their tasks.
    let number = |root: &Root| unsafe { root.task.header() }.number();
    TaskMap::new(roots.tasks.iter().map(number).max().unwrap_or(0))
}

/// So many tasks and edges find room without growing a list.
const SMALL: usize = 16;

/// A plan that has more gets lists of so many bytes at first.
const MEDIUM: usize = 1024;

/// A plan while its tasks are being collected.
struct Collector<'a> {
    map: &'a mut TaskMap,
    /// The plan, with the tasks that have been visited.
    plan: Plan,
    /// The dependencies of every visited task, one task's behind another's.
    targets: SmallVec<[Position; SMALL]>,
    /// Where each visited task's dependencies begin in `targets`, and where the last one's end.
    offsets: Vec<u32>,
    /// The edges that `.after` gives: (index of the dependent, creation number of the dependency).
    after: Vec<(u32, u64)>,
    /// Empty between two visits; kept for its memory.
    edges: Edges,
    /// The first error that was found. `None` for a sound graph.
    error: Option<GraphError>,
}

impl<'a> Collector<'a> {
    /// Nothing has been collected yet.
    #[inline(always)] // so that it is not moved
    fn new(map: &'a mut TaskMap) -> Self {
        let mut plan = Plan::default();
        plan.tasks.reserve(SMALL);
        // With room for the edges of a small plan behind them.
        let mut offsets = Vec::with_capacity(2 * SMALL + 2);
        offsets.push(0);
        Collector {
            map,
            plan,
            targets: SmallVec::new(),
            offsets,
            after: Vec::new(),
            edges: Edges::default(),
            error: None,
        }
    }

    /// Collects the tasks that `roots` need, which the map was made for.
    fn visit_all(&mut self, roots: &Roots<'_>) {
        let mut insert = |root: &Root| {
            // SAFETY: the roots borrow handles, which keep their tasks.
            let number = unsafe { root.task.header() }.number();
            self.map.insert(number, root.task, u32::from(root.given_up))
        };
        let positions: SmallVec<[Position; FEW]> = roots.tasks.iter().map(&mut insert).collect();
        let mut index = 0;
        while let Some(visited) = self.map.next(index) {
            self.visit(index, visited);
            index = index.checked_add(1).expect("a plan has fewer than 2³² tasks");
        }
        let index = |position| self.map.index(position);
        self.plan.outputs = positions.into_iter().map(index).collect();
    }

    /// Adds a task to the plan, and its dependencies to the map.
    fn visit(&mut self, index: u32, Visited { task, position, uses, is_exposed }: Visited) {
        // SAFETY: a visited task exists: a root's handle keeps it, or a dependent's body does. No
        // body in the plan can go away before the plan runs, unless another run can reach it; then
        // its dependencies are exposed, and the plan's weak references keep their headers.
        let header = unsafe { task.header() };
        // A strong reference that is no use in this plan is a handle or a body outside of it.
        let exposed = is_exposed || header.strong_count() != uses;
        if exposed && self.map.expose(position) {
            // SAFETY: as above.
            unsafe { task.downgrade() }.into_pointer();
        }
        let waiting = if exposed {
            let read = header.state.while_waiting(|| {
                // SAFETY: the header exists as above, and the body stays during this call.
                unsafe { (header.vtable.edges)(task, &mut self.edges) };
                insert_dependencies(self.map, &mut self.edges, &mut self.targets, true);
            });
            read.is_some()
        } else if header.state.phase() == Phase::Waiting {
            // SAFETY: nobody outside this plan can reach the task, so its body stays where it is.
            unsafe { (header.vtable.edges)(task, &mut self.edges) };
            insert_dependencies(self.map, &mut self.edges, &mut self.targets, false);
            true
        } else {
            false
        };
        if index as usize == SMALL {
            self.make_room();
        }
        self.plan.push(index, task, exposed);
        self.plan.largest_task = self.plan.largest_task.max(header.vtable.bytes);
        self.offsets
            .push(u32::try_from(self.targets.len()).expect("a plan has fewer than 2³² edges"));
        let metadata = header.metadata();
        // Another run may have started it, and leave it waiting all the same.
        if header.vtable.limits.is_some()
            || metadata.is_some_and(|metadata| !metadata.resources.is_empty())
        {
            self.plan.special.get_or_insert_default().limited.push(index);
        }
        // A task that has started waits for nothing any more.
        if let Some(metadata) = metadata.filter(|_| waiting) {
            self.note_metadata(index, metadata);
        }
    }

    /// Makes room for more than a small plan has.
    #[cold]
    fn make_room(&mut self) {
        make_room(&mut self.plan.tasks);
        make_room(&mut self.offsets);
        let room = (MEDIUM / size_of::<Position>()).saturating_sub(self.targets.len());
        self.targets.reserve(room);
    }

    /// Notes what was said besides its inputs of a task that waits.
    #[cold]
    fn note_metadata(&mut self, index: u32, metadata: &Metadata) {
        // It goes on after an error, so that the plan gives every weak reference back.
        if let (None, Some(error)) = (&self.error, &metadata.refused) {
            self.error = Some((**error).clone());
        }
        self.after.extend(metadata.after.iter().map(|&other| (index, other)));
        if metadata.priority != 0 {
            let special = self.plan.special.get_or_insert_default();
            special.priorities.push((index, metadata.priority));
        }
    }

    /// Puts the plan together, which it gives away.
    #[inline]
    fn finish(&mut self) -> Result<Plan, GraphError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let (map, mut plan) = (&*self.map, mem::take(&mut self.plan));
        let targets = self.targets.iter().map(|&position| map.index(position));
        plan.dependencies = Adjacency::from_rows(mem::take(&mut self.offsets), targets);
        if !self.after.is_empty() {
            let after = self.after.iter();
            let after = after.filter_map(|&(task, other)| Some((map.find(other)?, task)));
            plan.special.get_or_insert_default().after = after.collect();
        }
        Ok(plan)
    }
}

/// Lets a list have room for [`MEDIUM`] bytes. It is moved, since allocators take a lock in most programs with threads to
/// let a block grow, and none for a new one of that size.
fn make_room<T>(list: &mut Vec<T>) {
    let mut larger = Vec::with_capacity((MEDIUM / size_of::<T>()).max(list.len()));
    larger.append(list);
    *list = larger;
}

/// Empties `edges` into the map. Dependencies of an exposed task are exposed: another run may reach
/// them through it.
fn insert_dependencies(
    map: &mut TaskMap,
    edges: &mut Edges,
    targets: &mut SmallVec<[Position; SMALL]>,
    exposed: bool,
) {
    if edges.dependencies.len() > SMALL {
        targets.reserve(edges.dependencies.len());
    }
    for &dependency in &edges.dependencies {
        // SAFETY: the body that names the dependency holds it, and the body is there: the caller
        // keeps it from being taken out, or nobody else can reach it.
        let number = unsafe { dependency.header() }.number();
        let position = map.insert(number, dependency, 1);
        if exposed && map.expose(position) {
            // SAFETY: as above.
            unsafe { dependency.downgrade() }.into_pointer();
        }
        targets.push(position);
    }
    edges.dependencies.clear();
}
