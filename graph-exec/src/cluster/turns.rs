//! Whose turn it is with something that one run at a time has. A run that is cancelled waits no longer.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use crate::{
    run::cancel::{CancelToken, Cancellable},
    sync::{AtomicBool, Ordering, lock},
};

/// Something that one run at a time has.
pub(super) struct Turns<T>(Arc<Place<T>>);

struct Place<T> {
    /// `None` while a run has it.
    free: Mutex<Option<T>>,
    /// Notified when it is free, or when a run that waits for it is cancelled.
    changed: Condvar,
}

/// A run that waits for its turn.
struct Waiting<T> {
    place: Arc<Place<T>>,
    is_cancelled: AtomicBool,
}

/// A turn, which ends when this is dropped.
pub(super) struct Turn<'a, T> {
    place: &'a Place<T>,
    /// `None` when it is being dropped.
    held: Option<T>,
}

impl<T: Send + 'static> Turns<T> {
    pub(super) fn new(free: T) -> Self {
        Turns(Arc::new(Place { free: Mutex::new(Some(free)), changed: Condvar::new() }))
    }

    /// Waits for a turn; `None` when one of the tokens was cancelled first.
    pub(super) fn wait(&self, cancel: &[CancelToken]) -> Option<Turn<'_, T>> {
        let place = &*self.0;
        let turn = |held| Turn { place, held: Some(held) };
        if let Some(free) = lock(&place.free).take() {
            return Some(turn(free));
        }
        let is_cancelled = AtomicBool::new(false);
        let waiting = Arc::new(Waiting { place: Arc::clone(&self.0), is_cancelled });
        // Not under the lock, which a token takes that is cancelled already.
        let _registered: Vec<_> = cancel.iter().map(|token| token.register(&waiting)).collect();
        let mut free = lock(&place.free);
        loop {
            if waiting.is_cancelled.load(Ordering::SeqCst) {
                return None;
            }
            if let Some(free) = free.take() {
                return Some(turn(free));
            }
            free = place.changed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T: Send> Cancellable for Waiting<T> {
    fn cancel(self: Arc<Self>) {
        self.is_cancelled.store(true, Ordering::SeqCst);
        // Whoever is about to wait has seen that, or holds the lock until it waits.
        drop(lock(&self.place.free));
        self.place.changed.notify_all();
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.held.as_ref().expect("it is there until the turn ends")
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.held.as_mut().expect("it is there until the turn ends")
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        *lock(&self.place.free) = self.held.take();
        // All, since one that is cancelled would pass it on to nobody.
        self.place.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use super::*;

    /// Whether a run with this token gets a turn, told within a minute.
    fn wait(turns: &Arc<Turns<u32>>, token: &CancelToken) -> mpsc::Receiver<Option<u32>> {
        let (turns, token) = (Arc::clone(turns), token.clone());
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let turn = turns.wait(&[CancelToken::new(), token]);
            sender.send(turn.map(|mut turn| std::mem::replace(&mut *turn, 2))).unwrap();
        });
        receiver
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn turns_are_waited_for_until_they_come_or_the_run_is_cancelled() {
        let turns = Arc::new(Turns::new(1));
        let first = turns.wait(&[]).unwrap();
        let (token, other) = (CancelToken::new(), CancelToken::new());
        let (cancelled, patient) = (wait(&turns, &token), wait(&turns, &other));
        assert!(cancelled.recv_timeout(Duration::from_millis(50)).is_err(), "it waits");
        token.cancel();
        assert_eq!(cancelled.recv_timeout(MINUTE), Ok(None));
        assert_eq!(wait(&turns, &token).recv_timeout(MINUTE), Ok(None), "it was cancelled before");
        assert!(patient.recv_timeout(Duration::from_millis(50)).is_err(), "it waits on");
        drop(first);
        assert_eq!(patient.recv_timeout(MINUTE), Ok(Some(1)));
        assert_eq!(*turns.wait(&[]).unwrap(), 2);
    }

    #[test]
    fn a_time_limit_ends_the_wait() {
        let turns = Arc::new(Turns::new(1));
        let _first = turns.wait(&[]).unwrap();
        let token = CancelToken::with_timeout(Duration::from_millis(50));
        CancelToken::arm_all(std::slice::from_ref(&token)).unwrap();
        assert_eq!(wait(&turns, &token).recv_timeout(MINUTE), Ok(None));
    }
}
