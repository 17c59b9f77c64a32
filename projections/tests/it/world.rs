//! A log, a vault, views and a follower, thrown away at the end.

use std::time::Duration;

use ambient::Clock;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::{Aggregate, Sealed, id::Id};
use projections::{Follower, Views};
use serde_json::value::RawValue;
use sqlx::Connection;
use store::{Command, Decision, Feed, Log, Metadata, Unit, Writer, vault::Vault};
use tempfile::TempDir;
use uuid::Uuid;

/// Where the views live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
    MariaDb,
}

pub struct World {
    pub engine: Engine,
    pub views_url: String,
    pub views: Views,
    pub feed: Feed,
    pub vault: Vault,
    pub log_path: String,
    writer: Writer,
    events: i64,
    _folder: TempDir,
}

/// The moment of position 0; each event is recorded a minute after the one before.
pub fn at(position: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 5, 0, 0, 0).unwrap() + TimeDelta::minutes(position)
}

impl World {
    pub async fn on(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log_path = folder.path().join("log.db").display().to_string();
        let log_url = format!("sqlite:{log_path}");
        let log = Log::open(&log_url).await.unwrap();
        let vault = Vault::start(&log_url, folder.path(), Clock::system()).await.unwrap();
        let views_url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("views.db").display()),
            Engine::Postgres => testbed::Postgres::shared().await.unwrap().fresh_database().await.unwrap(),
            Engine::MariaDb => testbed::MariaDb::shared().await.unwrap().fresh_database().await.unwrap(),
        };
        let views = Views::open(&views_url).await.unwrap();
        let writer = Writer::start(&log).await.unwrap();
        let feed = log.feed();
        Self { engine, views_url, views, feed, vault, log_path, writer, events: 0, _folder: folder }
    }

    pub fn follower(&self) -> Follower {
        Follower::new(self.views.clone(), self.feed.clone(), self.vault.clone())
    }

    pub async fn seal(&self, subject: Uuid, plain: &str) -> Sealed {
        self.vault.seal(subject, plain).await.unwrap()
    }

    /// Appends events to a stream that is at `version`, each as a command of its own.
    pub async fn append<A: Aggregate>(&mut self, id: A::Id, version: i64, events: Vec<A::Event>) {
        for (event, version) in events.into_iter().zip(version..) {
            self.events += 1;
            let command = Command {
                id: ambient::fresh_id(),
                fingerprint: [0; 32],
                metadata: Metadata {
                    actor: "system:test".to_owned(),
                    correlation_id: Uuid::nil(),
                    causation_id: None,
                },
                now: at(self.events),
                keep: true,
            };
            let decide = move |_: &store::Desk<'_>| {
                let mut unit = Unit::new();
                unit.record::<A>(id, version, vec![event.clone()]);
                Ok(Decision { unit, outcome: RawValue::from_string("{}".to_owned()).unwrap() })
            };
            let receipt = self.writer.submit(command, Box::new(decide)).await.unwrap();
            assert_eq!(receipt.position, self.events, "{id}");
        }
    }

    /// Runs a statement in the views' database, behind the back of whoever folds.
    pub async fn sql(&self, statement: &str) {
        match self.engine {
            Engine::Sqlite => run(sqlx::SqliteConnection::connect(&self.views_url).await, statement).await,
            Engine::Postgres => run(sqlx::PgConnection::connect(&self.views_url).await, statement).await,
            Engine::MariaDb => run(sqlx::MySqlConnection::connect(&self.views_url).await, statement).await,
        }
    }

    pub fn head(&self) -> i64 {
        self.events
    }

    /// Folds everything that is in the log.
    pub async fn catch_up(&self) {
        self.follower().catch_up().await.unwrap();
    }
}

async fn run<C: Connection>(connection: Result<C, sqlx::Error>, statement: &str)
where
    for<'c> &'c mut C: sqlx::Executor<'c, Database = C::Database>,
{
    let mut connection = connection.unwrap();
    let done = sqlx::Executor::execute(&mut connection, statement).await;
    assert!(done.is_ok(), "{statement}: {:?}", done.err());
}

pub const SOON: Duration = Duration::from_secs(5);

/// An id made of a small number.
pub fn id<I: Id>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

macro_rules! on_every_database {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() { super::$test($crate::world::World::on($crate::world::Engine::Sqlite).await).await; })+ }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() { super::$test($crate::world::World::on($crate::world::Engine::Postgres).await).await; })+ }
        mod on_mariadb { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() { super::$test($crate::world::World::on($crate::world::Engine::MariaDb).await).await; })+ }
    };
}

pub(crate) use on_every_database;
