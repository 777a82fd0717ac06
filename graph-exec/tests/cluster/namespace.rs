//! Another host as the network sees it: a network namespace behind a link of its own.

use std::{io::Write, process::Command};

use crate::fleet::execute;

/// The other host. It is removed when this is dropped.
pub(crate) struct Namespace {
    pub name: String,
    link: String,
    /// Address of this side of the link.
    pub here: String,
    /// Address of the other side.
    pub there: String,
}

impl Namespace {
    /// `None`, with a message, where namespaces are not permitted.
    pub(crate) fn new() -> Option<Self> {
        let number = std::process::id() % 250 + 1;
        let namespace = Namespace {
            name: format!("delayed-{number}"),
            link: format!("delayed{number}"),
            here: format!("10.231.{number}.1"),
            there: format!("10.231.{number}.2"),
        };
        match namespace.set_up() {
            Ok(()) => Some(namespace),
            Err(reason) => {
                let message = format!("SKIPPED: no second host: {reason}");
                let _ = writeln!(std::io::stderr().lock(), "{message}");
                None
            }
        }
    }

    fn set_up(&self) -> Result<(), String> {
        let Namespace { name, link, here, there } = self;
        ip(&format!("netns add {name}"))?;
        ip(&format!("link add {link} type veth peer name far netns {name}"))?;
        ip(&format!("addr add {here}/24 dev {link}"))?;
        ip(&format!("link set {link} up"))?;
        ip(&format!("-n {name} addr add {there}/24 dev far"))?;
        ip(&format!("-n {name} link set far up"))?;
        ip(&format!("-n {name} link set lo up"))
    }

    /// Drops everything that is sent from now on, without an error on either side.
    pub(crate) fn fall_silent(&self) {
        ip(&format!("-n {} link set far down", self.name)).unwrap();
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = ip(&format!("link del {}", self.link));
        let _ = ip(&format!("netns del {}", self.name));
    }
}

fn ip(arguments: &str) -> Result<(), String> {
    execute(Command::new("ip").args(arguments.split(' '))).map(drop)
}
