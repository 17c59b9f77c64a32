//! The life of a server of either kind: prepare its files, start, wait until it answers, kill, start again.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use ambient::Clock;
use chrono::Duration;

use crate::{
    account::Account,
    error::TestbedError,
    guardian::{Guarded, Service},
    mariadb, place, port, postgres,
};

const START_TRIES: usize = 5;
const READY_WITHIN: std::time::Duration = std::time::Duration::from_mins(1);
const BETWEEN_LOOKS: Duration = Duration::milliseconds(15);

/// The kinds of server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    Postgres,
    MariaDb,
}

/// Where a new server's program and files are.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) account: Account,
    pub(crate) program: PathBuf,
    pub(crate) home: PathBuf,
}

impl Engine {
    fn prepare(self) -> Result<Prepared, TestbedError> {
        match self {
            Self::Postgres => postgres::prepare(),
            Self::MariaDb => mariadb::prepare(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        }
    }

    /// The signal that ends it at once and leaves nothing behind in the machine.
    const fn signal(self) -> &'static str {
        match self {
            Self::Postgres => "QUIT",
            Self::MariaDb => "KILL",
        }
    }

    /// What the log says where another try may do better: another process was quicker on our port, or the processes
    /// of the one we killed still hold its memory or its files.
    const fn passing_troubles(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["could not create any TCP/IP sockets", "pre-existing shared memory block"],
            Self::MariaDb => &["Can't start server: Bind on TCP/IP port", "Unable to lock"],
        }
    }

    async fn data_directory(self, port: u16) -> Result<String, sqlx::Error> {
        match self {
            Self::Postgres => postgres::data_directory(port).await,
            Self::MariaDb => mariadb::data_directory(port).await,
        }
    }
}

/// A server; killed, with its files removed, when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    engine: Engine,
    service: Service,
    port: u16,
    /// `None` only while a restart is under way or has failed.
    running: Option<Guarded>,
}

impl Server {
    /// Starts a new one; `arguments` gives its command line for a data directory and a port.
    pub(crate) async fn start(
        engine: Engine,
        arguments: impl Fn(&str, u16) -> Vec<String>,
    ) -> Result<Self, TestbedError> {
        let prepared = tokio::task::spawn_blocking(move || engine.prepare())
            .await
            .map_err(|gone| TestbedError::machine("preparing a server")(gone.into()))??;
        let data = prepared.home.join("data").display().to_string();
        for tries_left in (0..START_TRIES).rev() {
            let port = port::free()?;
            let service = Service {
                account: prepared.account,
                home: prepared.home.clone(),
                program: prepared.program.clone(),
                arguments: arguments(&data, port),
                signal: engine.signal(),
            };
            let mut server = Self { engine, service, port, running: None };
            if server.try_to_run(tries_left).await? {
                return Ok(server);
            }
        }
        Err(TestbedError::Failed { program: engine.name().into(), output: "found no port".into() })
    }

    /// Starts it again, on the same port and the same files.
    pub(crate) async fn restart(&mut self) -> Result<(), TestbedError> {
        for tries_left in (0..START_TRIES).rev() {
            if self.try_to_run(tries_left).await? {
                return Ok(());
            }
        }
        Err(TestbedError::Failed { program: self.engine.name().into(), output: "did not start again".into() })
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.as_ref().map_or(0, Guarded::pid)
    }

    pub(crate) fn stop_hard(&mut self) {
        if let Some(running) = &mut self.running {
            running.kill();
        }
    }

    /// Whether it runs; `false` says that another try may do better.
    async fn try_to_run(&mut self, tries_left: usize) -> Result<bool, TestbedError> {
        self.end_and_keep_files();
        self.running = Some(Guarded::start(&self.service)?);
        match self.ready().await {
            Ok(()) => Ok(true),
            Err(_) if tries_left > 0 && self.in_passing_trouble() => {
                self.end_and_keep_files();
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn end_and_keep_files(&mut self) {
        if let Some(running) = self.running.take() {
            running.end_and_keep();
        }
    }

    fn has_ended(&self) -> bool {
        self.running.as_ref().is_none_or(Guarded::has_ended)
    }

    fn log(&self) -> String {
        self.running.as_ref().map(Guarded::log).unwrap_or_default()
    }

    fn in_passing_trouble(&self) -> bool {
        let log = self.log();
        self.engine.passing_troubles().iter().any(|sign| log.contains(sign))
    }

    /// Waits until the server answers and is the one we started, not another that was quicker on the port.
    async fn ready(&self) -> Result<(), TestbedError> {
        let began = Instant::now();
        let ours = self.service.home.join("data");
        loop {
            let reason = match self.engine.data_directory(self.port).await {
                Ok(directory) if Path::new(&directory) == ours => return Ok(()),
                Ok(directory) => format!("another server answers, of {directory}"),
                Err(error) => error.to_string(),
            };
            if began.elapsed() > READY_WITHIN || self.has_ended() || self.in_passing_trouble() {
                let log = place::end_of(&self.log()).to_owned();
                return Err(TestbedError::NotReady { program: self.engine.name(), reason, log });
            }
            Clock::system().sleep(BETWEEN_LOOKS).await;
        }
    }
}
