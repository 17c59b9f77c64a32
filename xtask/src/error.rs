//! Why a task failed.

use std::{io, process::ExitStatus};

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// A program ended badly; it has said why itself.
    #[error("`{command}` ended with {status}")]
    Ended { command: String, status: ExitStatus },
    /// A program could not be started, a file not be made.
    #[error("{what}: {source}")]
    Machine { what: String, source: io::Error },
    /// A server of the testbed could not be had.
    #[error(transparent)]
    Testbed(#[from] testbed::TestbedError),
    /// What the task needs cannot be put on this machine. CI must have it; elsewhere the task is left out, loudly.
    #[error("{0}")]
    Lacking(String),
    /// Something generated is not what it is generated from.
    #[error("{what}: {remedy}")]
    Stale { what: String, remedy: &'static str },
    /// Our own server did something else than its contract says.
    #[error("the server {0}")]
    Server(String),
}

impl TaskError {
    pub(crate) fn machine(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Machine { what, source }
    }
}
