//! Schemathesis against a started server: every operation of the OpenAPI document, with good and bad input.
//!
//! The server is the real binary on a new data directory, with its demo shop; the requests come from the demo
//! operator, whose account the documentation prints.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use ambient::Clock;
use serde_json::{Value, json};

use crate::{
    error::TaskError,
    http, python, root,
    step::{self, Outcome, built, cargo},
};

const OPERATOR: (&str, &str) = ("operator@demo.escrow", "escrow-demo");
const READY_WITHIN: Duration = Duration::from_mins(1);
const BETWEEN_LOOKS: chrono::Duration = chrono::Duration::milliseconds(100);
/// Cases for one operation; enough to meet each kind of bad input, few enough for half a minute in all.
const CASES: &str = "60";
/// Runs must be repeatable: a failure in CI is looked into at home.
const SEED: &str = "20261";

/// Builds and starts the server and lets schemathesis loose on it.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    let schemathesis = python::schemathesis()?;
    // With the whole workspace's features, as the tests before it: nothing is built twice.
    cargo(&["build", "--workspace", "--bin", "escrow"])?;
    let mut server = Server::start(&built("escrow")?)?;
    server.wait_until_ready()?;
    let token = server.log_in()?;
    let ran = step::succeed(
        Command::new(schemathesis)
            .arg("run")
            .arg(format!("http://{}/openapi.json", server.address))
            .args(["--header", &format!("Authorization: Bearer {token}")])
            .args(["--phases", "examples,coverage,fuzzing", "--max-examples", CASES, "--seed", SEED])
            .args(["--generation-database", "none", "--request-timeout", "10", "--no-color"])
            .args(["--continue-on-failure"])
            .current_dir(root()),
    );
    if ran.is_err() {
        println!("the server's own last words:\n{}", server.last_words());
    }
    ran
}

/// A started server; stopped by its process id when dropped.
struct Server {
    process: Child,
    address: SocketAddr,
    data: tempfile::TempDir,
}

impl Server {
    fn start(program: &Path) -> Result<Self, TaskError> {
        let data = tempfile::tempdir().map_err(TaskError::machine("making a data directory"))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, testbed::free_port()?));
        let log = File::create(data.path().join("log")).map_err(TaskError::machine("making a log file"))?;
        let errors = log.try_clone().map_err(TaskError::machine("sharing a log file"))?;
        let process = Command::new(program)
            .env("ESCROW_DATA", data.path().join("data"))
            .env("ESCROW_LISTEN", address.to_string())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(TaskError::machine(format!("starting {}", program.display())))?;
        println!("server on {address}, process {}", process.id());
        Ok(Self { process, address, data })
    }

    fn wait_until_ready(&mut self) -> Result<(), TaskError> {
        let waiting = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(TaskError::machine("starting a runtime"))?;
        let began = Instant::now();
        loop {
            let refusal = match http::get(self.address, "/ready") {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Ok(answer) => format!("answers /ready with {}: {}", answer.status, answer.body),
                Err(error) => format!("does not answer /ready: {error}"),
            };
            let ended = self.process.try_wait().is_ok_and(|status| status.is_some());
            if ended || began.elapsed() > READY_WITHIN {
                return Err(TaskError::Server(format!("{refusal}; its log ends: {}", self.last_words())));
            }
            waiting.block_on(Clock::system().sleep(BETWEEN_LOOKS));
        }
    }

    fn log_in(&self) -> Result<String, TaskError> {
        let (email, password) = OPERATOR;
        let body = json!({ "email": email, "password": password }).to_string();
        let answer = http::post(self.address, "/auth/login", &body)
            .map_err(|error| TaskError::Server(format!("does not answer /auth/login: {error}")))?;
        let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        find_token(&said).ok_or_else(|| {
            TaskError::Server(format!(
                "gave the demo operator no token but {}: {}",
                answer.status, answer.body
            ))
        })
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.data.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The first text in the answer that has a token's form: three parts, the first an encoded `{"`.
fn find_token(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.starts_with("ey") && text.matches('.').count() == 2 => Some(text.clone()),
        Value::Object(fields) => fields.values().find_map(find_token),
        Value::Array(items) => items.iter().find_map(find_token),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_wherever_the_answer_has_it() {
        let answer = json!({ "success": true, "message": "welcome. to. us", "token": "eyJh.eyJz.c2ln" });
        assert_eq!(find_token(&answer).as_deref(), Some("eyJh.eyJz.c2ln"));
        assert_eq!(find_token(&json!({ "success": false })), None);
    }
}
