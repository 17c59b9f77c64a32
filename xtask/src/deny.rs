//! `cargo deny`: licences, banned crates and sources. All three work without a network; advisories do not.

use std::process::Stdio;

use crate::{
    error::TaskError,
    step::{Outcome, cargo, cargo_command},
};

/// Checks `deny.toml`, where cargo-deny is installed.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    let there = cargo_command(&["deny", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if there {
        return cargo(&["deny", "--offline", "check", "licenses", "bans", "sources"]);
    }
    Ok(Outcome::Skipped("cargo-deny is not installed; `cargo install cargo-deny --locked` brings it".into()))
}
