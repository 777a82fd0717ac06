//! Serves a worker: it runs one task after another, which come and go over two pipes.
//!
//! ```text
//! child → worker   "GXC1"  u32 length  JSON {protocol, functions, setup}       once
//! worker → child   u32 length of name  u64 length of arguments  name  arguments
//! child → worker   u8 status  u64 length  result or message
//! ```
//!
//! When `setup` is true, the first request has no name, and its arguments are for the setup.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, BufReader, Read, Write},
    os::fd::AsFd,
    panic::{AssertUnwindSafe, catch_unwind},
    process::exit,
    sync::mpsc,
    time::Duration,
};

use graph_core::__run::{Fault, invoke, names};

use super::context::{Prepare, SetupContext};
use crate::cluster::{frame::read_bytes, protocol::PROTOCOL};

const MAGIC: &[u8] = b"GXC1";
/// How long a child waits for a task before it ends; the worker starts a new one when it needs it.
const IDLE: Duration = Duration::from_secs(120);

// The status of an answer.
const RETURNED: u8 = 0;
const FAILED: u8 = 1;
const PANICKED: u8 = 2;
const NOT_CALLED: u8 = 3;

/// A task to run.
struct Request {
    /// Path of the function; empty for the setup.
    name: String,
    /// The encoded arguments.
    arguments: Vec<u8>,
}

/// Greets the worker and runs the tasks that it sends, until it closes the pipe or sends none for long.
pub(super) fn serve(greet_only: bool, mut prepare: Option<Prepare<'_>>) -> io::Result<()> {
    // The pipes get new descriptors: a task that prints or reads must not disturb the protocol.
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    rustix::stdio::dup2_stdout(io::stderr())?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    let greeting = serde_json::json!({
        "protocol": PROTOCOL,
        "functions": names(),
        "setup": prepare.is_some(),
    });
    let greeting = serde_json::to_vec(&greeting)?;
    let length = (greeting.len() as u32).to_le_bytes();
    output.write_all(&[MAGIC, &length, &greeting].concat())?;
    if greet_only {
        return Ok(());
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        PANICKED_AT.with_borrow_mut(|panicked_at| *panicked_at = place);
    }));
    let (sender, requests) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name("requests".to_owned());
    thread.spawn(move || {
        let mut input = BufReader::new(input);
        while let Ok(request) = read_request(&mut input) {
            if sender.send(request).is_err() {
                return;
            }
        }
        // The worker has ended, so nobody wants the result of a task that still runs.
        exit(0);
    })?;
    while let Ok(Request { name, arguments }) = requests.recv_timeout(IDLE) {
        let (status, answer) = match prepare.take_if(|_| name.is_empty()) {
            Some(prepare) => {
                let context = SetupContext::from_encoded(&arguments);
                guarded(|| {
                    prepare(&context);
                    Ok(Vec::new())
                })
            }
            None => guarded(|| invoke(&name, &arguments)),
        };
        let mut head = [0; 9];
        head[0] = status;
        head[1..].copy_from_slice(&(answer.len() as u64).to_le_bytes());
        output.write_all(&head)?;
        output.write_all(&answer)?;
    }
    Ok(())
}

fn read_request(input: &mut impl Read) -> io::Result<Request> {
    let mut head = [0; 12];
    input.read_exact(&mut head)?;
    let (name, arguments) = head.split_at(4);
    let name = u32::from_le_bytes(name.try_into().expect("four bytes"));
    let arguments = u64::from_le_bytes(arguments.try_into().expect("eight bytes"));
    let name = String::from_utf8(read_bytes(input, u64::from(name))?).map_err(io::Error::other)?;
    Ok(Request { name, arguments: read_bytes(input, arguments)? })
}

thread_local! {
    /// ` at file:line:column` of the last panic.
    static PANICKED_AT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a task and returns the status and the encoded result, or the message of an error.
fn guarded(task: impl FnOnce() -> Result<Vec<u8>, Fault>) -> (u8, Vec<u8>) {
    // Nothing is looked at after a panic but the message.
    match catch_unwind(AssertUnwindSafe(task)) {
        Ok(Ok(result)) => (RETURNED, result),
        Ok(Err(Fault::Returned(message))) => (FAILED, message.into_bytes()),
        Ok(Err(fault)) => (NOT_CALLED, fault.to_string().into_bytes()),
        Err(payload) => {
            let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
            let place = PANICKED_AT.take();
            let message = text.unwrap_or_else(|| "a value that is not a text".to_owned()) + &place;
            // The payload's destructor is the user's code and may panic again.
            std::mem::forget(payload);
            (PANICKED, message.into_bytes())
        }
    }
}
