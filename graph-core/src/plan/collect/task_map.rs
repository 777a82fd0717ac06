//! A map from creation numbers to what the collector knows of a task, read from the newest down.
//!
//! Numbers of one graph lie close together, so the map is an array of small pages, allocated
//! where there are tasks; a graph that reaches far back (a result kept from long ago) costs a
//! page there, not an array up to there. The newest tasks have a page that is part of the map: it is
//! all that a small graph needs.

use std::collections::BTreeMap;

use crate::task::header::TaskPointer;

/// How many bits of a [`Position`] are the offset in a page.
const PAGE_BITS: u32 = 6;
/// As many as a word has bits.
const PAGE: usize = 1 << PAGE_BITS;
/// Pages at this distance from the newest number, or further, are found through a tree instead of an
/// array.
const NEAR_PAGES: u64 = 1 << 22;
const NO_PAGE: u32 = u32::MAX;

/// Where a task is in the map: its page in the upper bits, its offset in the page in the lower ones.
#[derive(Clone, Copy)]
pub(super) struct Position(u32);

impl Position {
    fn page(self) -> usize {
        (self.0 >> PAGE_BITS) as usize
    }
    fn offset(self) -> usize {
        self.0 as usize % PAGE
    }
}

/// A task that the map returns to be visited.
pub(super) struct Visited {
    pub(super) task: TaskPointer,
    pub(super) position: Position,
    /// How often its result is used.
    pub(super) uses: u32,
    pub(super) is_exposed: bool,
}

struct Page {
    /// One bit for each offset, set when a task is there.
    occupied: u64,
    /// One bit for each offset, set when its task is exposed.
    exposed: u64,
    tasks: [Option<TaskPointer>; PAGE],
    /// How often each result is used, until its task is visited; then the task's index in the plan.
    uses_or_index: [u32; PAGE],
}

/// See the module.
pub(super) struct TaskMap {
    /// The highest creation number that the map can hold.
    newest: u64,
    /// Distance from the newest number, in pages → page, or [`NO_PAGE`]. Empty while there is one page.
    near: Vec<u32>,
    /// The same for distances of at least [`NEAR_PAGES`].
    far: BTreeMap<u64, u32>,
    /// Where [`next`](TaskMap::next) goes on: distance from the newest number in pages, page, and offset.
    cursor: (u64, u32, u32),
    /// In boxes, so that growing moves pointers and not kilobytes. One page each: allocators of C libraries give a thread
    /// back at once what it has freed of that size, and nothing is zeroed that stays empty.
    #[expect(clippy::vec_box, reason = "see above")]
    others: Vec<Box<Page>>,
    /// Of the newest numbers.
    first: Page,
}

impl TaskMap {
    pub(super) fn new(newest: u64) -> Self {
        TaskMap {
            newest,
            near: Vec::new(),
            far: BTreeMap::new(),
            cursor: (0, 0, 0),
            others: Vec::new(),
            first: Page::EMPTY,
        }
    }

    /// Adds a task unless it is there, and adds to its uses.
    #[inline]
    pub(super) fn insert(&mut self, number: u64, task: TaskPointer, uses: u32) -> Position {
        let distance = self.newest - number;
        let offset = distance as usize % PAGE;
        let page = match (distance >> PAGE_BITS) as usize {
            0 => 0,
            distance => match self.near.get(distance) {
                Some(&page) if page != NO_PAGE => page,
                _ => self.add_page(distance as u64),
            },
        };
        let position = Position(page << PAGE_BITS | offset as u32);
        let page = self.page_mut(position.page());
        page.occupied |= 1 << offset;
        page.tasks[offset] = Some(task);
        page.uses_or_index[offset] += uses;
        position
    }

    /// The page at a distance of at least 1 page, which is added unless it is there.
    #[cold]
    fn add_page(&mut self, distance: u64) -> u32 {
        let place = if distance < NEAR_PAGES {
            let distance = distance as usize;
            if self.near.is_empty() {
                self.near.push(0);
            }
            if self.near.len() <= distance {
                self.near.resize(distance + 1, NO_PAGE);
            }
            &mut self.near[distance]
        } else {
            self.far.entry(distance).or_insert(NO_PAGE)
        };
        if *place == NO_PAGE {
            let count = self.others.len();
            assert!(count < (1 << (32 - PAGE_BITS)) - 1, "a plan has fewer than 2³² tasks");
            self.others.push(Box::new(Page::EMPTY));
            *place = count as u32 + 1;
        }
        *place
    }

    #[inline]
    fn page(&self, page: usize) -> &Page {
        match page.checked_sub(1) {
            None => &self.first,
            Some(other) => &self.others[other],
        }
    }

    #[inline]
    fn page_mut(&mut self, page: usize) -> &mut Page {
        match page.checked_sub(1) {
            None => &mut self.first,
            Some(other) => &mut self.others[other],
        }
    }

    /// Returns the newest task that was not returned yet, and notes that its index in the plan is `index`. Only
    /// older ones may be inserted afterwards.
    #[inline]
    pub(super) fn next(&mut self, index: u32) -> Option<Visited> {
        loop {
            let (_, number, offset) = self.cursor;
            let page = self.page_mut(number as usize);
            let left = page.occupied.checked_shr(offset).unwrap_or(0);
            if left != 0 {
                let offset = offset + left.trailing_zeros();
                let place = offset as usize % PAGE;
                let visited = Visited {
                    task: page.tasks[place]?,
                    position: Position(number << PAGE_BITS | offset),
                    uses: std::mem::replace(&mut page.uses_or_index[place], index),
                    is_exposed: page.exposed & (1 << place) != 0,
                };
                self.cursor.2 = offset + 1;
                return Some(visited);
            }
            self.next_page()?;
        }
    }

    /// Moves the cursor to the next page that there is; `None` when there is none.
    #[cold]
    fn next_page(&mut self) -> Option<()> {
        let behind = self.cursor.0 + 1;
        let near = self.near.iter().enumerate().skip(behind as usize);
        let mut near = near.map(|(distance, &page)| (distance as u64, page));
        let (distance, page) = near.find(|&(_, page)| page != NO_PAGE).or_else(|| {
            self.far.range(behind..).next().map(|(&distance, &page)| (distance, page))
        })?;
        self.cursor = (distance, page, 0);
        Some(())
    }

    /// The index of a visited task.
    #[inline]
    pub(super) fn index(&self, position: Position) -> u32 {
        self.page(position.page()).uses_or_index[position.offset()]
    }

    /// Marks a task as exposed. Returns `true` the first time.
    pub(super) fn expose(&mut self, position: Position) -> bool {
        let offset = position.offset();
        let word = &mut self.page_mut(position.page()).exposed;
        let before = *word;
        *word |= 1 << offset;
        before != *word
    }

    /// The index of the visited task with this number; `None` when the plan has no such task.
    pub(super) fn find(&self, number: u64) -> Option<u32> {
        let distance = self.newest.checked_sub(number)?;
        let page = match distance >> PAGE_BITS {
            0 => 0,
            distance => match self.near.get(distance as usize) {
                Some(&page) => page,
                None => *self.far.get(&distance)?,
            },
        };
        if page == NO_PAGE {
            return None;
        }
        let (page, offset) = (self.page(page as usize), distance as usize % PAGE);
        page.tasks[offset].map(|_| page.uses_or_index[offset])
    }
}

impl Page {
    const EMPTY: Page =
        Page { occupied: 0, exposed: 0, tasks: [None; PAGE], uses_or_index: [0; PAGE] };
}
