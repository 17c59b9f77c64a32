//! What a user of the testbed relies on.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use crate::{MariaDb, Postgres, TestbedError};
use ambient::Clock;
use chrono::Duration;
use sqlx::{Connection, MySqlConnection, PgConnection};

const SOON: std::time::Duration = std::time::Duration::from_secs(20);

fn runs(pid: u32) -> bool {
    Command::new("/bin/sh")
        .args(["-c", r#"kill -0 "$1" 2>/dev/null"#, "sh", &pid.to_string()])
        .status()
        .unwrap()
        .success()
}

async fn postgres_files(url: &str) -> PathBuf {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let directory: String =
        sqlx::query_scalar("SHOW data_directory").fetch_one(&mut connection).await.unwrap();
    PathBuf::from(directory)
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < SOON, "still not: {what}");
        Clock::system().sleep(Duration::milliseconds(20)).await;
    }
}

#[tokio::test]
async fn postgres_is_durable_and_private_and_gone_when_dropped() -> Result<(), TestbedError> {
    let server = Postgres::start().await?;
    let mut connection = PgConnection::connect(&server.url()).await?;
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let value: String = sqlx::query_scalar(&format!("SHOW {setting}")).fetch_one(&mut connection).await?;
        assert_eq!(value, "on", "{setting}");
    }
    let listens: String = sqlx::query_scalar("SHOW listen_addresses").fetch_one(&mut connection).await?;
    assert_eq!(listens, "127.0.0.1");
    let (pid, files) = (server.pid(), postgres_files(&server.url()).await);
    assert!(runs(pid) && files.parent().is_some_and(Path::exists));
    drop(server);
    assert!(!runs(pid), "the server still runs");
    assert!(!files.parent().unwrap().exists(), "its files are still there");
    Ok(())
}

#[tokio::test]
async fn settings_of_a_test_win() -> Result<(), TestbedError> {
    let server = Postgres::start_with(&[("fsync", "off"), ("work_mem", "8MB")]).await?;
    let mut connection = PgConnection::connect(&server.url()).await?;
    let fsync: String = sqlx::query_scalar("SHOW fsync").fetch_one(&mut connection).await?;
    let memory: String = sqlx::query_scalar("SHOW work_mem").fetch_one(&mut connection).await?;
    assert_eq!((fsync.as_str(), memory.as_str()), ("off", "8MB"));
    Ok(())
}

#[tokio::test]
async fn postgres_killed_and_started_again_keeps_what_was_committed() -> Result<(), TestbedError> {
    let mut server = Postgres::start().await?;
    let url = server.fresh_database().await?;
    let mut connection = PgConnection::connect(&url).await?;
    sqlx::query("CREATE TABLE kept (n INT)").execute(&mut connection).await?;
    for n in 0..20 {
        sqlx::query("INSERT INTO kept VALUES ($1)").bind(n).execute(&mut connection).await?;
    }
    let first = server.pid();
    server.stop_hard();
    assert!(sqlx::query("SELECT 1").execute(&mut connection).await.is_err(), "it answers after its death");
    assert!(PgConnection::connect(&url).await.is_err(), "it takes a connection after its death");
    server.restart().await?;
    assert_ne!(first, server.pid());
    let mut connection = PgConnection::connect(&url).await?;
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut connection).await?;
    assert_eq!(rows, 20);
    Ok(())
}

#[tokio::test]
async fn fresh_databases_of_the_shared_server_know_nothing_of_each_other() -> Result<(), TestbedError> {
    let (one, two) = tokio::join!(Postgres::shared(), Postgres::shared());
    let (one, two) = (one?, two?);
    assert_eq!(one.pid(), two.pid());
    let (first, second) = tokio::join!(one.fresh_database(), two.fresh_database());
    let mut first = PgConnection::connect(&first?).await?;
    let mut second = PgConnection::connect(&second?).await?;
    sqlx::query("CREATE TABLE only_here (n INT)").execute(&mut first).await?;
    assert!(sqlx::query("SELECT * FROM only_here").execute(&mut second).await.is_err());
    Ok(())
}

#[tokio::test]
async fn mariadb_starts_is_killed_starts_again_and_is_gone_when_dropped() -> Result<(), TestbedError> {
    let mut server = MariaDb::start().await?;
    let url = server.fresh_database().await?;
    let mut connection = MySqlConnection::connect(&url).await?;
    sqlx::query("CREATE TABLE kept (word VARCHAR(20))").execute(&mut connection).await?;
    sqlx::query("INSERT INTO kept VALUES ('보관')").execute(&mut connection).await?;
    let flush: u64 =
        sqlx::query_scalar("SELECT @@innodb_flush_log_at_trx_commit").fetch_one(&mut connection).await?;
    assert_eq!(flush, 1);
    server.stop_hard();
    assert!(MySqlConnection::connect(&url).await.is_err(), "it takes a connection after its death");
    server.restart().await?;
    let mut connection = MySqlConnection::connect(&url).await?;
    let word: String = sqlx::query_scalar("SELECT word FROM kept").fetch_one(&mut connection).await?;
    assert_eq!(word, "보관");
    let pid = server.pid();
    drop(server);
    assert!(!runs(pid), "the server still runs");
    Ok(())
}

/// Not a test of its own: the process that the next test kills.
#[tokio::test]
#[ignore = "the next test starts it"]
async fn holds_a_server_until_it_is_killed() -> Result<(), TestbedError> {
    let server = Postgres::start().await?;
    let files = postgres_files(&server.url()).await;
    println!("\nholding {} {}", server.pid(), files.display());
    std::future::pending::<()>().await;
    Ok(())
}

#[tokio::test]
async fn a_killed_test_process_leaves_no_server_behind() {
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::holds_a_server_until_it_is_killed", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(holder.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("holding ").map(str::to_owned))
        .unwrap();
    let (pid, files) = said.split_once(' ').unwrap();
    let (pid, files) = (pid.parse().unwrap(), PathBuf::from(files));
    assert!(runs(pid) && files.exists());
    holder.kill().unwrap();
    holder.wait().unwrap();
    until("the server ended", || !runs(pid)).await;
    until("its files are gone", || !files.parent().unwrap().exists()).await;
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let refused = Postgres::start_with(&[("no_such_setting", "1")]).await;
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("no_such_setting"), "{error}");
}
