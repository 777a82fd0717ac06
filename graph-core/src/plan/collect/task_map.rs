//! A map from creation numbers to what the collector knows of a task, read from the newest down.
//!
//! Numbers of one graph lie close together, so the map is an array of small pages, allocated
//! where there are tasks; a graph that reaches far back (a result kept from long ago) costs a
//! page there, not an array up to there.

use std::{
    collections::BTreeMap,
    ops::{Index, IndexMut},
};

use crate::task::header::TaskPointer;

/// How many bits of a [`Position`] are the offset in a page.
const PAGE_BITS: u32 = 6;
const PAGE: usize = 1 << PAGE_BITS;
const WORDS: usize = PAGE / 64;
/// Pages at this distance from the newest number, or further, are found through a tree instead of an
/// array.
const NEAR_PAGES: u64 = 1 << 22;
const NO_PAGE: u32 = u32::MAX;
/// How many pages are allocated at once, after the first one, which is all that a small graph needs.
const PAGES_AT_ONCE: usize = 16;

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

struct Page {
    /// One bit for each offset, set when a task is there.
    occupied: [u64; WORDS],
    /// One bit for each offset, set when its task is exposed.
    exposed: [u64; WORDS],
    tasks: [Option<TaskPointer>; PAGE],
    /// How often each result is used, until its task is visited; then the task's index in the plan.
    uses_or_index: [u32; PAGE],
}

/// See the module.
pub(super) struct TaskMap {
    /// The highest creation number that the map can hold.
    newest: u64,
    /// Distance from the newest number, in pages → page, or [`NO_PAGE`].
    near: Vec<u32>,
    /// The same for distances of at least [`NEAR_PAGES`].
    far: BTreeMap<u64, u32>,
    pages: Pages,
    /// Where [`next`](TaskMap::next) goes on: distance from the newest number in pages, and offset.
    cursor: (u64, usize),
}

impl TaskMap {
    pub(super) fn new(newest: u64) -> Self {
        TaskMap {
            newest,
            near: Vec::new(),
            far: BTreeMap::new(),
            pages: Pages::default(),
            cursor: (0, 0),
        }
    }

    /// Adds a task unless it is there, and adds to its uses.
    #[inline]
    pub(super) fn insert(&mut self, number: u64, task: TaskPointer, uses: u32) -> Position {
        let distance = self.newest - number;
        let offset = distance as usize % PAGE;
        let page = match self.near.get((distance >> PAGE_BITS) as usize) {
            Some(&page) if page != NO_PAGE => page,
            _ => self.add_page(distance >> PAGE_BITS),
        };
        let position = Position(page << PAGE_BITS | offset as u32);
        let page = &mut self.pages[position.page()];
        page.occupied[offset / 64] |= 1 << (offset % 64);
        page.tasks[offset] = Some(task);
        page.uses_or_index[offset] += uses;
        position
    }

    #[cold]
    fn add_page(&mut self, distance: u64) -> u32 {
        let place = if distance < NEAR_PAGES {
            let distance = distance as usize;
            if self.near.len() <= distance {
                self.near.resize(distance + 1, NO_PAGE);
            }
            &mut self.near[distance]
        } else {
            self.far.entry(distance).or_insert(NO_PAGE)
        };
        if *place == NO_PAGE {
            assert!(self.pages.count < 1 << (32 - PAGE_BITS), "a plan has fewer than 2³² tasks");
            *place = self.pages.add();
        }
        *place
    }

    /// Returns the newest task that was not returned yet. Only older ones may be inserted afterwards.
    #[inline]
    pub(super) fn next(&mut self) -> Option<(Position, TaskPointer)> {
        loop {
            let (distance, offset) = self.cursor;
            let page = match self.near.get(distance as usize) {
                Some(&page) => page,
                None => {
                    let (&next, &page) = self.far.range(distance..).next()?;
                    self.cursor.0 = next;
                    page
                }
            };
            if page != NO_PAGE
                && let Some(found) = self.pages[page as usize].occupied_from(offset)
            {
                self.cursor.1 = found + 1;
                let task = self.pages[page as usize].tasks[found]?;
                return Some((Position(page << PAGE_BITS | found as u32), task));
            }
            self.cursor = (self.cursor.0 + 1, 0);
        }
    }

    /// How often the result of a task is used that was not visited yet.
    pub(super) fn uses(&self, position: Position) -> u32 {
        self.pages[position.page()].uses_or_index[position.offset()]
    }

    /// Gives a visited task its index in the plan.
    pub(super) fn set_index(&mut self, position: Position, index: u32) {
        self.pages[position.page()].uses_or_index[position.offset()] = index;
    }

    /// The index of a visited task.
    pub(super) fn index(&self, position: Position) -> u32 {
        self.pages[position.page()].uses_or_index[position.offset()]
    }

    pub(super) fn is_exposed(&self, position: Position) -> bool {
        let offset = position.offset();
        self.pages[position.page()].exposed[offset / 64] & (1 << (offset % 64)) != 0
    }

    /// Marks a task as exposed. Returns `true` the first time.
    pub(super) fn expose(&mut self, position: Position) -> bool {
        let offset = position.offset();
        let word = &mut self.pages[position.page()].exposed[offset / 64];
        let before = *word;
        *word |= 1 << (offset % 64);
        before != *word
    }

    /// The index of the visited task with this number; `None` when the plan has no such task.
    pub(super) fn find(&self, number: u64) -> Option<u32> {
        let distance = self.newest.checked_sub(number)?;
        let page = match self.near.get((distance >> PAGE_BITS) as usize) {
            Some(&page) => page,
            None => *self.far.get(&(distance >> PAGE_BITS))?,
        };
        if page == NO_PAGE {
            return None;
        }
        let position = Position(page << PAGE_BITS | (distance as u32 % PAGE as u32));
        let page = &self.pages[position.page()];
        page.tasks[position.offset()].map(|_| page.uses_or_index[position.offset()])
    }
}

/// The pages, in boxes, so that growing moves pointers and not kilobytes.
#[derive(Default)]
struct Pages {
    first: Option<Box<Page>>,
    others: Vec<Box<[Page; PAGES_AT_ONCE]>>,
    count: usize,
}

impl Pages {
    /// Adds an empty page. Returns its index.
    fn add(&mut self) -> u32 {
        let index = self.count;
        self.count += 1;
        if index == 0 {
            self.first = Some(Box::new(Page::EMPTY));
        } else if (index - 1).is_multiple_of(PAGES_AT_ONCE) {
            self.others.push(Box::new([const { Page::EMPTY }; PAGES_AT_ONCE]));
        }
        index as u32
    }
}

impl Index<usize> for Pages {
    type Output = Page;

    #[inline]
    fn index(&self, page: usize) -> &Page {
        match (page, &self.first) {
            (0, Some(first)) => first,
            _ => &self.others[(page - 1) / PAGES_AT_ONCE][(page - 1) % PAGES_AT_ONCE],
        }
    }
}

impl IndexMut<usize> for Pages {
    #[inline]
    fn index_mut(&mut self, page: usize) -> &mut Page {
        match (page, &mut self.first) {
            (0, Some(first)) => first,
            _ => &mut self.others[(page - 1) / PAGES_AT_ONCE][(page - 1) % PAGES_AT_ONCE],
        }
    }
}

impl Page {
    const EMPTY: Page = Page {
        occupied: [0; WORDS],
        exposed: [0; WORDS],
        tasks: [None; PAGE],
        uses_or_index: [0; PAGE],
    };

    /// The first offset with a task, from `offset` on.
    #[inline]
    fn occupied_from(&self, offset: usize) -> Option<usize> {
        let mut word = offset / 64;
        let mut bits = self.occupied.get(word)? & (u64::MAX << (offset % 64));
        loop {
            if bits != 0 {
                return Some(word * 64 + bits.trailing_zeros() as usize);
            }
            word += 1;
            bits = *self.occupied.get(word)?;
        }
    }
}
