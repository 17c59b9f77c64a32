//! The real binary, as a process that can be killed.

use std::{
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use ambient::Clock;
use api::GatewayAccounts;
use chrono::TimeDelta;
use serde_json::Value;

use crate::{
    Databases,
    counter::{API_SECRET, CHANNEL, Counter, STORE, WEBHOOK_SECRET},
    http::{Caller, client},
};

/// How long a start may take on a busy machine.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// What cargo sets for a running test and build scripts look at.
const OF_THE_TEST: [&str; 9] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_MANIFEST_LINKS",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// The binary, built once if it is not.
pub fn binary() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        // With the whole workspace's features, as the tests were: nothing is built twice.
        let mut cargo = Command::new(env!("CARGO"));
        // What cargo tells a test about its package is none of a build's business: scripts would run anew.
        for name in OF_THE_TEST {
            cargo.env_remove(name);
        }
        let built = cargo
            .args(["build", "--workspace", "--bin", "escrow", "--message-format", "json-render-diagnostics"])
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(built.status.success(), "the binary does not build");
        let lines = String::from_utf8(built.stdout).unwrap();
        let told = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut executables = told.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        executables.next_back().unwrap()
    })
}

/// What the binary is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    folder: PathBuf,
    listen: SocketAddr,
    variables: Vec<(&'static str, String)>,
}

impl Settings {
    /// Everything in a folder, on a free port, without a demo shop.
    pub fn in_folder(folder: &Path) -> Self {
        let listen = ([127, 0, 0, 1], testbed::free_port().unwrap()).into();
        let variables = vec![("ESCROW_DEMO_SHOP", "false".to_owned())];
        Self { folder: folder.to_owned(), listen, variables }
    }

    /// With a further setting.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// With its log and views there.
    #[must_use]
    pub fn on(self, databases: &Databases) -> Self {
        let log = databases.log.iter().map(|url| ("ESCROW_LOG_URL", url.clone()));
        let views = databases.views.iter().map(|url| ("ESCROW_VIEWS_URL", url.clone()));
        log.chain(views).fold(self, |settings, (name, url)| settings.with(name, url))
    }

    /// With its account at this gateway.
    #[must_use]
    pub fn at(self, counter: &Counter) -> Self {
        self.with("ESCROW_PORTONE_V2_URL", counter.url())
            .with("ESCROW_PORTONE_V2_API_SECRET", API_SECRET)
            .with("ESCROW_PORTONE_V2_WEBHOOK_SECRETS", WEBHOOK_SECRET)
            .with("ESCROW_PORTONE_V2_STORE_ID", STORE)
            .with("ESCROW_PORTONE_V2_CHANNELS", CHANNEL)
            .with("ESCROW_PORTONE_V2_LIVE", "false")
    }

    /// With its accounts at the gateways that wait for the shop's approval.
    #[must_use]
    pub fn approving_at(self, counter: &Counter) -> Self {
        let accounts = counter.accounts();
        let (Some(nicepay), Some(toss)) = (accounts.nicepay, accounts.toss) else { return self };
        self.with("ESCROW_NICEPAY_BASE_URL", nicepay.base_url)
            .with("ESCROW_NICEPAY_CLIENT_KEY", nicepay.client_key)
            .with("ESCROW_NICEPAY_SECRET_KEY", nicepay.secret_key.expose())
            .with("ESCROW_NICEPAY_LIVE", "false")
            .with("ESCROW_TOSS_BASE_URL", toss.base_url)
            .with("ESCROW_TOSS_CLIENT_KEY", toss.client_key)
            .with("ESCROW_TOSS_SECRET_KEY", toss.secret_key.expose())
            .with("ESCROW_TOSS_MERCHANT_IDS", toss.merchant_ids.join(","))
            .with("ESCROW_TOSS_LIVE", "false")
    }

    /// The accounts at gateways that these settings mean.
    pub fn accounts(&self) -> GatewayAccounts {
        let read = |name: &str| {
            self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        };
        GatewayAccounts::from_settings(read).unwrap()
    }

    /// Where it will listen.
    pub const fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// The base address.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .env("ESCROW_DATA", &self.folder)
            .env("ESCROW_LISTEN", self.listen.to_string());
        command.envs(self.variables.iter().map(|(name, value)| (*name, value.as_str()))).stdin(Stdio::null());
        command
    }

    /// Runs one of the binary's other commands to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts the server and waits until it is ready.
    pub async fn start(&self) -> Program {
        let log = File::options().create(true).append(true).open(self.folder.join("server.log")).unwrap();
        let errors = log.try_clone().unwrap();
        let child = self.command(&["serve"]).stdout(log).stderr(errors).spawn().unwrap();
        let mut program = Program { child, settings: self.clone() };
        program.is_ready().await;
        program
    }
}

/// The binary at work; killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    settings: Settings,
}

impl Program {
    async fn is_ready(&mut self) {
        let began = Instant::now();
        let nobody = Caller::nobody(client(), &self.settings.url());
        loop {
            let told = nobody.get("/ready").try_send().await;
            if told.is_ok_and(|reply| reply.status == 200) {
                return;
            }
            let ended = self.child.try_wait().unwrap();
            let log = || std::fs::read_to_string(self.settings.folder.join("server.log")).unwrap_or_default();
            assert!(
                ended.is_none() && began.elapsed() < READY_WITHIN,
                "the server does not start:\n{}",
                log()
            );
            Clock::system().sleep(TimeDelta::milliseconds(10)).await;
        }
    }

    /// Kills it as the machine's end would (SIGKILL), and waits until it is gone.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It fails only where the process is gone already, which is what was wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}
