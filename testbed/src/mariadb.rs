//! A private MariaDB that flushes at every commit.

use std::path::Path;

use sqlx::{Connection, MySqlConnection};
use tokio::sync::OnceCell;

use crate::{
    account::Account,
    error::TestbedError,
    install, place,
    server::{Engine, Prepared, Server},
};

/// Safe first, as with PostgreSQL.
const SETTINGS: [(&str, &str); 7] = [
    ("innodb-flush-log-at-trx-commit", "1"),
    ("innodb-doublewrite", "ON"),
    ("bind-address", "127.0.0.1"),
    ("skip-name-resolve", "ON"),
    ("character-set-server", "utf8mb4"),
    ("max-connections", "400"),
    ("default-time-zone", "+00:00"),
];

/// A throw-away MariaDB; killed, with its files removed, when dropped.
#[derive(Debug)]
pub struct MariaDb(Server);

static SHARED: OnceCell<MariaDb> = OnceCell::const_new();

impl MariaDb {
    /// Starts one with durable settings.
    pub async fn start() -> Result<Self, TestbedError> {
        Self::start_with(&[]).await
    }

    /// Starts one with further settings, which win over the durable ones.
    pub async fn start_with(settings: &[(&str, &str)]) -> Result<Self, TestbedError> {
        let arguments = |data: &str, port: u16| {
            // The socket's path is kept short by being relative: the server runs in its own directory.
            let own =
                [format!("--datadir={data}"), format!("--port={port}"), "--socket=../socket".to_owned()];
            let all = SETTINGS.iter().chain(settings).map(|(name, value)| format!("--{name}={value}"));
            std::iter::once("--no-defaults".to_owned()).chain(own).chain(all).collect()
        };
        Server::start(Engine::MariaDb, arguments).await.map(Self)
    }

    /// The server all tests of this process share: each takes a [`MariaDb::fresh_database`] of it.
    pub async fn shared() -> Result<&'static Self, TestbedError> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// A superuser's URL, to the database `mysql`.
    pub fn url(&self) -> String {
        url(self.0.port(), "mysql")
    }

    /// Makes a new empty database and gives its URL.
    pub async fn fresh_database(&self) -> Result<String, TestbedError> {
        let name = format!("t{}", ambient::fresh_id().simple());
        let mut connection = MySqlConnection::connect(&self.url()).await?;
        sqlx::query(&format!("CREATE DATABASE {name}")).execute(&mut connection).await?;
        connection.close().await?;
        Ok(url(self.0.port(), &name))
    }

    /// The server's process id; 0 after a failed restart.
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }

    /// Kills the server at once (SIGKILL). Nothing is flushed, as in a crash.
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
    let program = install::find_mariadb()?;
    let account = Account::for_server(&["mysql"])?;
    let mut version = account.command(&program, Path::new("/"));
    version.args(["--no-defaults", "--version"]);
    let template = place::file_name(&place::run(version)?);
    let installer = install::on_path(&["mariadb-install-db"]).ok_or_else(|| TestbedError::Missing {
        program: "mariadb-install-db",
        package: "mariadb-server",
        reason: "the server is here without it".into(),
    })?;
    let home = place::from_template(&template, account, |directory| {
        let mut init = account.command(&installer, directory);
        init.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg(format!("--datadir={}", directory.join("data").display()));
        place::run(init).map(drop)
    })?;
    Ok(Prepared { account, program, home })
}

/// Whose files the server on `port` has.
pub(crate) async fn data_directory(port: u16) -> Result<String, sqlx::Error> {
    let mut connection = MySqlConnection::connect(&url(port, "mysql")).await?;
    let directory = sqlx::query_scalar("SELECT @@datadir").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(directory)
}

fn url(port: u16, database: &str) -> String {
    format!("mysql://root@127.0.0.1:{port}/{database}?ssl-mode=disabled")
}
