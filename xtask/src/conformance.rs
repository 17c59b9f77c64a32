//! The vendors' own clients, unchanged, against the sandbox: each suite of `conformance/` calls every function of one
//! client that a shop needs, and compares what it answers with literals.
//!
//! Each suite has a sandbox of its own, a process on free ports. For documents its clock stands still, so that ids
//! and times are literals too; signatures need the machine's time, because clients look at their own clock.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use ambient::Clock;

use crate::{
    error::TaskError,
    node, python, root,
    step::{Outcome, built, cargo},
};

/// A suite: its script, its arguments, and what it is run with.
struct Suite {
    script: &'static str,
    arguments: &'static [&'static str],
    with: With,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    /// The sandbox's clock stands still.
    StillClock,
    /// The sandbox's clock is the machine's.
    Time,
    /// A browser, and a clock that stands still.
    Browser,
}

const SUITES: &[Suite] = &[
    Suite { script: "portone_v2.mjs", arguments: &[], with: With::StillClock },
    Suite { script: "portone_v2_besides.mjs", arguments: &[], with: With::StillClock },
    Suite { script: "portone_v2.py", arguments: &["sync"], with: With::StillClock },
    Suite { script: "portone_v2.py", arguments: &["async"], with: With::StillClock },
    Suite { script: "portone_v2_besides.py", arguments: &["sync"], with: With::StillClock },
    Suite { script: "portone_v2_besides.py", arguments: &["async"], with: With::StillClock },
    Suite { script: "iamport_v1.mjs", arguments: &[], with: With::StillClock },
    Suite { script: "iamport_v1_accounts.mjs", arguments: &[], with: With::StillClock },
    Suite { script: "toss.py", arguments: &[], with: With::StillClock },
    Suite { script: "webhooks.mjs", arguments: &[], with: With::Time },
    Suite { script: "webhooks.py", arguments: &[], with: With::Time },
    Suite { script: "browser.mjs", arguments: &[], with: With::Browser },
    Suite { script: "browser_v1.mjs", arguments: &[], with: With::Browser },
];

/// Later than any machine's, or clients would take tokens for stale.
const STANDS_AT: &str = "2040-01-02T03:04:05Z";
const AT_MOST: Duration = Duration::from_mins(2);
const BETWEEN_LOOKS: chrono::Duration = chrono::Duration::milliseconds(20);

/// Where everything is that a suite is run with.
struct Tools {
    node: PathBuf,
    python: PathBuf,
    sandbox: PathBuf,
    verifier: PathBuf,
    /// A browser, or why there is none.
    chromium: Result<PathBuf, String>,
}

/// Installs the clients, builds the sandbox and runs every suite; one that fails does not stop the others.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    let (node, python) = (node::folder()?, python()?);
    let chromium = testbed::find_chromium().map_err(|error| error.to_string());
    // With the whole workspace's features, as the tests before it: nothing is built twice.
    cargo(&["build", "--workspace", "--example", "stage", "--example", "verify_webhook"])?;
    let (sandbox, verifier) = (built("examples/stage")?, built("examples/verify_webhook")?);
    let tools = Tools { node, python, sandbox, verifier, chromium };
    let (mut failed, mut lacking) = (Vec::new(), None);
    for suite in SUITES {
        let name = [&[suite.script], suite.arguments].concat().join(" ");
        println!("\n-- {name}");
        match run(&tools, suite) {
            Ok(()) => {}
            Err(TaskError::Lacking(reason)) => lacking = Some(format!("{name}: {reason}")),
            Err(error) => {
                println!("{name}: {error}");
                failed.push(name);
            }
        }
    }
    match lacking {
        _ if !failed.is_empty() => Err(TaskError::Server(format!("does not conform: {}", failed.join(", ")))),
        Some(lacking) => Err(TaskError::Lacking(lacking)),
        None => Ok(Outcome::Done),
    }
}

/// A Python with the vendors' clients.
pub(crate) fn python() -> Result<PathBuf, TaskError> {
    python::with_packages("python", &root().join("conformance/requirements.txt"))
}

fn run(tools: &Tools, suite: &Suite) -> Result<(), TaskError> {
    let chromium = match &tools.chromium {
        Err(reason) if suite.with == With::Browser => return Err(TaskError::Lacking(reason.clone())),
        Err(_) => Path::new(""),
        Ok(chromium) => chromium,
    };
    let mut stage = Stage::start(&tools.sandbox, suite.with != With::Time)?;
    let mut command = if Path::new(suite.script).extension().is_some_and(|kind| kind == "py") {
        let mut python = Command::new(&tools.python);
        // No caches among the sources.
        python.arg("-B").arg(root().join("conformance/python").join(suite.script));
        python
    } else {
        node::suite(&tools.node, suite.script)
    };
    command
        .args(suite.arguments)
        .env("CONFORMANCE_STAGE", stage.addresses()?)
        .env("CONFORMANCE_VERIFIER", &tools.verifier)
        .env("CONFORMANCE_CHROMIUM", chromium)
        .stdin(Stdio::null());
    let process = command.spawn().map_err(TaskError::machine(format!("starting {}", suite.script)))?;
    finish(Process(process), suite.script)
}

/// Waits for a suite, for so long and no longer.
fn finish(mut suite: Process, script: &str) -> Result<(), TaskError> {
    let waiting = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(TaskError::machine("starting a runtime"))?;
    let began = Instant::now();
    loop {
        match suite.0.try_wait().map_err(TaskError::machine(format!("waiting for {script}")))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(TaskError::Ended { command: script.to_owned(), status }),
            None if began.elapsed() > AT_MOST => {
                return Err(TaskError::Server(format!("kept {script} waiting for two minutes")));
            }
            None => waiting.block_on(Clock::system().sleep(BETWEEN_LOOKS)),
        }
    }
}

/// A process that is stopped by its id when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A sandbox of its own for one suite.
struct Stage(Process);

impl Stage {
    fn start(sandbox: &Path, still: bool) -> Result<Self, TaskError> {
        let mut command = Command::new(sandbox);
        if still {
            command.env("SANDBOX_CLOCK", STANDS_AT);
        }
        // It also ends when this pipe does, should we be killed.
        let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        Ok(Self(Process(process.map_err(TaskError::machine(format!("starting {}", sandbox.display())))?)))
    }

    /// Its first line: where each protocol is spoken.
    fn addresses(&mut self) -> Result<String, TaskError> {
        let mut line = String::new();
        if let Some(output) = self.0.0.stdout.take() {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(TaskError::machine("reading the sandbox's addresses"))?;
        }
        if line.is_empty() {
            return Err(TaskError::Server("ended before it said where it is".into()));
        }
        Ok(line)
    }
}
