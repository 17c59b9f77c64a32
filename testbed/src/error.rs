//! What can go wrong on the way to a running server.

use std::{io, path::Path};

/// Why a server could not be had.
#[derive(Debug, thiserror::Error)]
pub enum TestbedError {
    /// The programs are not on this machine and could not be put there.
    #[error("{program} is not installed; install the package {package} ({reason})")]
    Missing {
        /// What was looked for.
        program: &'static str,
        /// The Debian package that brings it.
        package: &'static str,
        /// Why it was not installed by itself.
        reason: String,
    },
    /// A helper program failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// The program.
        program: String,
        /// The end of what it printed.
        output: String,
    },
    /// The server did not answer in time, or ended.
    #[error("{program} did not become ready: {reason}; its log ends: {log}")]
    NotReady {
        /// The server program.
        program: &'static str,
        /// The last refusal.
        reason: String,
        /// The end of its log.
        log: String,
    },
    /// The machine refused a file, a process or a port.
    #[error("{what}: {source}")]
    Machine {
        /// What was tried.
        what: String,
        /// What the machine said.
        source: io::Error,
    },
    /// The server refused a statement.
    #[error("the server refused: {0}")]
    Refused(#[from] sqlx::Error),
}

impl TestbedError {
    /// Wraps a refusal of the machine with what was tried.
    pub(crate) fn machine(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Machine { what, source }
    }

    /// Wraps a refusal of the machine that is about a path.
    pub(crate) fn at(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        Self::machine(format!("{what} {}", path.display()))
    }
}
