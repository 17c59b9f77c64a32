//! The real server, as a process of its own: built with cargo, started on a database of the benchmark's.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use ambient::Clock;
use serde_json::Value;

use crate::{
    Failure,
    http::{Http, Request, text},
};

/// How long a start may take.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// The password of the demo shop's accounts.
const PASSWORD: &str = "escrow-demo";

/// `escrow serve`, killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub host: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Builds the server as this program was built, and says where it is.
pub fn build() -> Result<PathBuf, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--bin", "escrow", "--message-format", "json-render-diagnostics"]).current_dir(root);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let built = cargo.stderr(Stdio::inherit()).output()?;
    let lines = String::from_utf8(built.stdout)?;
    let told = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binary =
        told.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from)).next_back();
    binary.ok_or_else(|| "the server does not build".into())
}

impl Server {
    /// Starts it on the log at `log` and views at `views`, with the demo shop and the sandbox gateway.
    pub async fn start(binary: &Path, folder: &Path, (log, views): (&str, &str)) -> Result<Self, Failure> {
        let host = format!("127.0.0.1:{}", testbed::free_port()?);
        let said = File::create(folder.join("server.log"))?;
        let child = Command::new(binary)
            .arg("serve")
            .env("ESCROW_DATA", folder.join("data"))
            .env("ESCROW_LISTEN", &host)
            .env("ESCROW_LOG_URL", log)
            .env("ESCROW_VIEWS_URL", views)
            .stdin(Stdio::null())
            .stderr(said.try_clone()?)
            .stdout(said)
            .spawn()?;
        let mut server = Self { child, host };
        server.ready(&folder.join("server.log")).await?;
        Ok(server)
    }

    async fn ready(&mut self, log: &Path) -> Result<(), Failure> {
        let began = Instant::now();
        loop {
            if let Ok(mut http) = Http::connect(&self.host).await
                && http.send(Request { method: "GET", path: "/ready", ..Request::default() }).await.is_ok()
            {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || began.elapsed() > READY_WITHIN {
                return Err(format!("the server does not start: {}", std::fs::read_to_string(log)?).into());
            }
            Clock::system().sleep(chrono::Duration::milliseconds(20)).await;
        }
    }

    /// A token of one of the demo shop's accounts.
    pub async fn token(&self, email: &str) -> Result<String, Failure> {
        let body = serde_json::json!({ "email": email, "password": PASSWORD }).to_string();
        let login = Request { method: "POST", path: "/auth/login", body: &body, ..Request::default() };
        text(&Http::connect(&self.host).await?.json(login).await?, "token")
    }
}
