//! The framework on either database.

use std::{str::FromStr, sync::Arc, time::Duration};

use cqrs_es::{AggregateError, persist::GenericQuery};
use domain::Aggregate;
use postgres_es::{PostgresCqrs, PostgresViewRepository, postgres_cqrs};
use sqlite_es::{SqliteCqrs, SqliteViewRepository, sqlite_cqrs};
use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::aggregate::{Decision, No, Stock, Summary};
use crate::Failure;

/// Connections at most: beyond, the rival only gets slower.
const MOST_CONNECTIONS: usize = 64;
/// What the rival's own pool has.
const LEAST_CONNECTIONS: usize = 10;
/// SQLite has one writer at a time: more connections only wait for each other.
const SQLITE_CONNECTIONS: u32 = 4;
/// How long a client waits for a connection or a lock.
const PATIENCE: Duration = Duration::from_mins(2);

/// The rival's database.
#[derive(Clone)]
pub enum Pool {
    /// PostgreSQL.
    Postgres(PgPool),
    /// SQLite.
    Sqlite(SqlitePool),
}

/// The rival for one aggregate.
pub enum Framework<A: Aggregate> {
    /// On PostgreSQL.
    Postgres(PostgresCqrs<Stock<A>>),
    /// On SQLite.
    Sqlite(SqliteCqrs<Stock<A>>),
}

impl Pool {
    /// Opens a database for so many clients.
    pub async fn open(url: &str, clients: usize) -> Result<Self, Failure> {
        if url.starts_with("postgres") {
            let connections = clients.clamp(LEAST_CONNECTIONS, MOST_CONNECTIONS);
            let options = PgPoolOptions::new().max_connections(u32::try_from(connections)?);
            return Ok(Self::Postgres(options.acquire_timeout(PATIENCE).connect(url).await?));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new().max_connections(SQLITE_CONNECTIONS).acquire_timeout(PATIENCE);
        Ok(Self::Sqlite(pool.connect_with(options).await?))
    }

    /// Makes the rival's tables, as its own scripts do, with a view for each of `aggregates`.
    pub async fn migrate(&self, aggregates: &[&str]) -> Result<(), Failure> {
        let views = aggregates.iter().map(|name| {
            format!(
                "create table {name}_view (view_id text not null primary key, \
                 version {{int}} not null check (version >= 0), payload {{json}} not null)"
            )
        });
        let events = "create table events (aggregate_type text not null, aggregate_id text not null, \
                      sequence {int} not null check (sequence >= 0), event_type text not null, \
                      event_version text not null, payload {json} not null, metadata {json} not null, \
                      primary key (aggregate_type, aggregate_id, sequence))";
        for table in views.chain([events.to_owned()]) {
            match self {
                Self::Postgres(pool) => {
                    let table = table.replace("{int}", "bigint").replace("{json}", "json");
                    sqlx::query(&table).execute(pool).await?;
                }
                Self::Sqlite(pool) => {
                    let table = table.replace("{int}", "integer").replace("{json}", "text");
                    sqlx::query(&format!("{table} strict")).execute(pool).await?;
                }
            }
        }
        Ok(())
    }
}

impl<A: Aggregate> Framework<A> {
    /// The rival with its one view.
    pub fn new(pool: &Pool) -> Arc<Self> {
        let view = format!("{}_view", A::TYPE);
        Arc::new(match pool {
            Pool::Postgres(pool) => {
                let views = PostgresViewRepository::<Summary, Stock<A>>::new(&view, pool.clone());
                let query = GenericQuery::new(Arc::new(views));
                Self::Postgres(postgres_cqrs(pool.clone(), vec![Box::new(query)], ()))
            }
            Pool::Sqlite(pool) => {
                let views = SqliteViewRepository::<Summary, Stock<A>>::new(&view, pool.clone());
                let query = GenericQuery::new(Arc::new(views));
                Self::Sqlite(sqlite_cqrs(pool.clone(), vec![Box::new(query)], ()))
            }
        })
    }

    /// Executes a command, again after each conflict: the framework itself does not retry.
    pub async fn execute(
        &self,
        id: &str,
        decide: impl Fn() -> Decision<A>,
    ) -> Result<(), AggregateError<No>> {
        loop {
            let done = match self {
                Self::Postgres(cqrs) => cqrs.execute(id, decide()).await,
                Self::Sqlite(cqrs) => cqrs.execute(id, decide()).await,
            };
            match done {
                Err(AggregateError::AggregateConflict) => {}
                done => return done,
            }
        }
    }
}
