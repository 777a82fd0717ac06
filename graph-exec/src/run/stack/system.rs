//! What the system says of the calling thread's stack.

#![cfg_attr(
    any(target_os = "linux", target_os = "macos"),
    expect(unsafe_code, reason = "it asks the system's library of threads")
)]

/// The lowest address of the calling thread's stack, and its end; `None` when the system does not say.
#[cfg(target_os = "linux")]
pub(super) fn stack() -> Option<(usize, usize)> {
    use std::{mem::MaybeUninit, ptr};

    // The C library of musl tells of the main thread what it has touched, and not what it may grow to.
    // SAFETY: these calls have no conditions.
    let is_main = || unsafe { i64::from(libc::getpid()) == libc::syscall(libc::SYS_gettid) as i64 };
    if !cfg!(target_env = "gnu") && is_main() {
        return None;
    }
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: the thread is the calling one, so it lives; what the call fills in is read only if it did.
    let refused =
        unsafe { libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) };
    if refused != 0 {
        return None;
    }
    let (mut bottom, mut bytes) = (ptr::null_mut(), 0);
    // SAFETY: the attributes were filled in, and are given up once, after they were read.
    let refused = unsafe {
        let refused = libc::pthread_attr_getstack(attributes.as_ptr(), &mut bottom, &mut bytes);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        refused
    };
    (refused == 0 && bytes > 0).then(|| (bottom.addr(), bottom.addr().saturating_add(bytes)))
}

/// The lowest address of the calling thread's stack, and its end; `None` when the system does not say.
#[cfg(target_os = "macos")]
pub(super) fn stack() -> Option<(usize, usize)> {
    // SAFETY: the thread is the calling one, so it lives.
    let (top, bytes) = unsafe {
        let this = libc::pthread_self();
        (libc::pthread_get_stackaddr_np(this), libc::pthread_get_stacksize_np(this))
    };
    let top = top.addr();
    (top > 0 && bytes > 0).then(|| (top.saturating_sub(bytes), top))
}

/// The system is not asked here.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(super) fn stack() -> Option<(usize, usize)> {
    None
}
