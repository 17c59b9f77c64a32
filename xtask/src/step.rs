//! Steps: a heading, the work with its own output, the time it took, and a table of them at the end.

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{error::TaskError, root};

/// What npm and pip say where there is no network.
const UNREACHABLE: [&str; 8] = [
    "EAI_AGAIN",
    "ENOTFOUND",
    "ECONNREFUSED",
    "ENETUNREACH",
    "ETIMEDOUT",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ProxyError",
];

/// How a step that did not fail ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Not run, with the reason.
    Skipped(String),
}

/// The steps run so far.
pub(crate) struct Steps {
    began: Instant,
    lines: Vec<String>,
    failed: bool,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), lines: Vec::new(), failed: false }
    }

    /// Runs one step and keeps how it went.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome, TaskError>) {
        println!("\n==== {name}");
        let began = Instant::now();
        let word = match work() {
            Ok(Outcome::Done) => "ok".to_owned(),
            Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
            Err(TaskError::Lacking(reason)) if ambient::setting("CI").is_none() => {
                format!("NOT RUN, and CI would fail here: {reason}")
            }
            Err(error) => {
                self.failed = true;
                format!("FAILED: {error}")
            }
        };
        let line = format!("{name} ({}): {word}", in_words(began.elapsed()));
        println!("---- {line}");
        self.lines.push(line);
    }

    /// Prints all steps and gives the process's end.
    pub(crate) fn finish(&self) -> ExitCode {
        println!("\n==== All steps ({})", in_words(self.began.elapsed()));
        for line in &self.lines {
            println!("     {line}");
        }
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// Runs cargo in the repository's root.
pub(crate) fn cargo(arguments: &[&str]) -> Result<Outcome, TaskError> {
    succeed(&mut cargo_command(arguments))
}

/// Cargo in the repository's root.
pub(crate) fn cargo_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(ambient::setting("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Where cargo puts a program that it builds.
pub(crate) fn built(name: &str) -> Result<PathBuf, TaskError> {
    let output = cargo_command(&["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(TaskError::machine("asking cargo for its target directory"))?;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let target = told["target_directory"].as_str().map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("debug").join(name))
}

/// Runs a program with our output; it must succeed.
pub(crate) fn succeed(command: &mut Command) -> Result<Outcome, TaskError> {
    let line = line_of(command);
    println!("$ {line}");
    let status = command.status().map_err(TaskError::machine(format!("starting `{line}`")))?;
    if status.success() { Ok(Outcome::Done) } else { Err(TaskError::Ended { command: line, status }) }
}

/// Runs a package installer, silent unless it fails. A registry that cannot be reached is a lack, all else a failure.
pub(crate) fn install(command: &mut Command) -> Result<(), TaskError> {
    let line = line_of(command);
    println!("$ {line}");
    let output = command.output().map_err(TaskError::machine(format!("starting `{line}`")))?;
    if output.status.success() {
        return Ok(());
    }
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    println!("{said}");
    if UNREACHABLE.iter().any(|word| said.contains(word)) {
        return Err(TaskError::Lacking(format!("`{line}` does not reach its registry")));
    }
    Err(TaskError::Ended { command: line, status: output.status })
}

fn line_of(command: &Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    // A token is no secret of anyone's here, but it is long and says nothing.
    let words =
        words.map(|word| if word.contains("Bearer ") { "'Authorization: Bearer …'".into() } else { word });
    std::iter::once(program).chain(words).collect::<Vec<_>>().join(" ")
}

fn in_words(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_command_shows_no_token() {
        let mut command = Command::new("/somewhere/tool");
        command.args(["run", "Authorization: Bearer ey.secret.x"]);
        assert_eq!(line_of(&command), "tool run 'Authorization: Bearer …'");
    }

    #[test]
    fn a_registry_out_of_reach_is_a_lack_and_a_wrong_package_a_failure() {
        let installer = |says: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("echo '{says}' >&2; exit 1")]);
            install(&mut shell).unwrap_err()
        };
        assert!(matches!(installer("npm error code EAI_AGAIN"), TaskError::Lacking(_)));
        assert!(matches!(installer("npm error code EINTEGRITY"), TaskError::Ended { .. }));
    }

    #[test]
    fn one_failed_step_fails_the_whole() {
        let mut steps = Steps::new();
        steps.run("bad", || Err(TaskError::Server("is not there".into())));
        steps.run("good", || Ok(Outcome::Done));
        assert!(steps.failed);
        assert_eq!(steps.lines.len(), 2);
    }
}
