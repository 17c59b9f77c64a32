//! Development tasks: `cargo xtask test` runs everything a change must pass, on a fresh machine too.
//!
//! The steps run in order, each with a heading and its time. A failing step does not hide the ones after it; the
//! last lines say which failed, and the process ends with 1.
#![expect(clippy::print_stdout, reason = "a command-line tool for developers speaks on its output")]

mod conformance;
mod deny;
mod error;
mod http;
mod node;
mod python;
mod schemathesis;
mod step;
mod tools;
mod web;

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use clap::{Parser, Subcommand};
use error::TaskError;
use step::{Outcome, Steps, cargo};

/// Development tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything: tools, all tests of the workspace, the vendors' clients, schemathesis
    Test,
    /// What CI runs (`.ci/run`): formatting, lints, documentation, dependencies, then `test`
    Ci,
    /// Arrows between crates, sizes, names and links
    Tidy,
    /// Licences, banned crates and sources of what we depend on
    Deny,
    /// The vendors' own clients against the sandbox
    Conformance,
    /// A started server against its own OpenAPI document
    Schemathesis,
    /// The console: its committed build against a fresh one, its journeys in a browser
    Web,
    /// Makes the console's types and its build anew, to be committed
    WebBuild,
    /// Renders every page of the console into docs/console
    Screenshots,
}

fn main() -> ExitCode {
    let mut steps = Steps::new();
    match Arguments::parse().task {
        Task::Test => test(&mut steps),
        Task::Ci => {
            steps.run("CI", || step::succeed(Command::new("bash").arg(".ci/run").current_dir(root())));
        }
        Task::Tidy => steps.run("Tidy", tidy),
        Task::Deny => steps.run("Dependencies", deny::check),
        Task::Conformance => steps.run("Conformance", conformance::check),
        Task::Schemathesis => steps.run("Schemathesis", schemathesis::check),
        Task::Web => steps.run("Console", web::check),
        Task::WebBuild => steps.run("Console, built", web::build),
        Task::Screenshots => steps.run("Screenshots", web::screenshots),
    }
    steps.finish()
}

fn test(steps: &mut Steps) {
    steps.run("Tools", tools::ensure);
    steps.run("Tests of the workspace", || cargo(&["test", "--workspace", "--no-fail-fast"]));
    steps.run("Conformance", conformance::check);
    steps.run("Schemathesis", schemathesis::check);
    steps.run("Console", web::check);
}

fn tidy() -> Result<Outcome, TaskError> {
    cargo(&["test", "--package", "tests", "--test", "it", "--", "tidy::"])
}

/// The repository's root.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
