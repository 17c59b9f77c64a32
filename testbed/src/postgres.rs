//! A private PostgreSQL with the settings of one that must not lose a commit.

use std::path::Path;

use sqlx::{Connection, PgConnection};
use tokio::sync::OnceCell;

use crate::{
    account::Account,
    error::TestbedError,
    install, place,
    server::{Engine, Prepared, Server},
};

/// Safe first: a benchmark or test that wants less says so in [`Postgres::start_with`].
const SETTINGS: [(&str, &str); 7] = [
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
    ("max_connections", "400"),
    ("timezone", "UTC"),
];

/// A throw-away PostgreSQL; killed, with its files removed, when dropped.
#[derive(Debug)]
pub struct Postgres(Server);

static SHARED: OnceCell<Postgres> = OnceCell::const_new();

impl Postgres {
    /// Starts one with durable settings.
    pub async fn start() -> Result<Self, TestbedError> {
        Self::start_with(&[]).await
    }

    /// Starts one with further settings, which win over the durable ones.
    pub async fn start_with(settings: &[(&str, &str)]) -> Result<Self, TestbedError> {
        let arguments = |data: &str, port: u16| {
            let mut arguments = vec!["-D".to_owned(), data.to_owned(), "-p".to_owned(), port.to_string()];
            let all = SETTINGS.iter().chain(settings);
            arguments.extend(all.flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]));
            arguments
        };
        Server::start(Engine::Postgres, arguments).await.map(Self)
    }

    /// The server all tests of this process share: each takes a [`Postgres::fresh_database`] of it.
    pub async fn shared() -> Result<&'static Self, TestbedError> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// A superuser's URL, to the database `postgres`.
    pub fn url(&self) -> String {
        url(self.0.port(), "postgres")
    }

    /// Makes a new empty database and gives its URL.
    pub async fn fresh_database(&self) -> Result<String, TestbedError> {
        let name = format!("t{}", ambient::fresh_id().simple());
        let mut connection = PgConnection::connect(&self.url()).await?;
        sqlx::query(&format!("CREATE DATABASE {name}")).execute(&mut connection).await?;
        connection.close().await?;
        Ok(url(self.0.port(), &name))
    }

    /// The server's process id; 0 after a failed restart.
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }

    /// Kills the server and all its processes at once (SIGKILL). Nothing is flushed, as in a crash.
    pub fn stop_hard(&mut self) {
        self.0.stop_hard();
    }

    /// Starts the server again, on the same port and the same files; stops it first if it runs.
    pub async fn restart(&mut self) -> Result<(), TestbedError> {
        self.0.restart().await
    }
}

/// Finds the programs and copies the template.
pub(crate) fn prepare() -> Result<Prepared, TestbedError> {
    let bin = install::find_postgres()?;
    let account = Account::for_server(&["postgres"])?;
    let program = bin.join("postgres");
    let mut version = account.command(&program, Path::new("/"));
    version.arg("--version");
    let template = place::file_name(&place::run(version)?);
    let home = place::from_template(&template, account, |directory| {
        let mut init = account.command(&bin.join("initdb"), directory);
        init.args(["--pgdata=data", "--username=postgres", "--auth=trust", "--encoding=UTF8"]).args([
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]);
        place::run(init).map(drop)
    })?;
    Ok(Prepared { account, program, home })
}

/// Whose files the server on `port` has.
pub(crate) async fn data_directory(port: u16) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect(&url(port, "postgres")).await?;
    let directory = sqlx::query_scalar("SHOW data_directory").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(directory)
}

fn url(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}?sslmode=disable")
}
