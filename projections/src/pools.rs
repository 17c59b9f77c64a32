//! Connections to the database of the views: some to read, few to fold.
//!
//! Folding may lose its last moments in a crash, because rows and checkpoint are lost together and are folded again
//! from the log. So the fold does not wait for the disk: `synchronous_commit = off` for its connections alone in
//! PostgreSQL, `synchronous = NORMAL` in SQLite. SQLite has one connection that writes.

use std::{str::FromStr, time::Duration};

use sqlx::{
    MySqlPool, PgPool, SqlitePool,
    migrate::Migrator,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{error::ViewsError, tx::Tx};

/// Connections that answer queries.
const READERS: u32 = 8;
/// Connections that fold: the follower, a rebuild, and the switch at its end.
const FOLDERS: u32 = 4;
/// What holds for connections that fold in PostgreSQL. They look rows up by key and nothing else; a table that was
/// empty when its statement was planned must not be read from end to end ever after. What a rebuild asks is long
/// enough for PostgreSQL to compile it first, in each of its processes, which takes longer than the answer.
const FOLDING: [(&str, &str); 3] = [("synchronous_commit", "off"), ("enable_seqscan", "off"), ("jit", "off")];
/// How long to wait for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process that writes.
const BUSY_WITHIN: Duration = Duration::from_secs(30);

/// The pools of one database.
#[derive(Debug, Clone)]
pub enum Pools {
    /// PostgreSQL.
    Postgres {
        /// For queries.
        read: PgPool,
        /// For folds.
        fold: PgPool,
    },
    /// MySQL or MariaDB.
    MySql {
        /// For queries.
        read: MySqlPool,
        /// For folds.
        fold: MySqlPool,
    },
    /// SQLite.
    Sqlite {
        /// For queries.
        read: SqlitePool,
        /// The one connection that writes.
        fold: SqlitePool,
    },
}

impl Pools {
    /// Connects and brings the tables up to date, under a lock.
    pub async fn open(url: &str) -> Result<Self, ViewsError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("postgres" | "postgresql") => Self::postgres(url).await,
            Some("mysql" | "mariadb") => Self::mysql(url).await,
            Some("sqlite") => Self::sqlite(url).await,
            Some(_) | None => Err(ViewsError::UnknownScheme(url.chars().take(12).collect())),
        }
    }

    async fn postgres(url: &str) -> Result<Self, ViewsError> {
        let options = PgConnectOptions::from_str(url)?.application_name("escrow views");
        let pool = |size: u32| PgPoolOptions::new().max_connections(size).acquire_timeout(CONNECT_WITHIN);
        let fold = pool(FOLDERS).connect_with(options.clone().options(FOLDING)).await?;
        beside_others(sqlx::migrate!("../migrations/postgres/views")).run(&fold).await?;
        Ok(Self::Postgres { read: pool(READERS).connect_with(options).await?, fold })
    }

    async fn mysql(url: &str) -> Result<Self, ViewsError> {
        let options = MySqlConnectOptions::from_str(url)?;
        let pool = |size: u32| {
            // Under the default isolation a locking read also locks the rows it passes over, here the checkpoints of
            // tables that are being rebuilt.
            MySqlPoolOptions::new().max_connections(size).acquire_timeout(CONNECT_WITHIN).after_connect(
                |connection, _| {
                    Box::pin(async move {
                        let sql = "set session transaction isolation level read committed";
                        sqlx::query(sql).execute(&mut *connection).await.map(drop)
                    })
                },
            )
        };
        let fold = pool(FOLDERS).connect_with(options.clone()).await?;
        // The library asks for its lock with a negative timeout, which MariaDB takes for none at all.
        let mut lock = fold.acquire().await?;
        sqlx::query("select get_lock(concat('views ', md5(database())), ?)")
            .bind(BUSY_WITHIN.as_secs())
            .execute(&mut *lock)
            .await?;
        let migrated = beside_others(sqlx::migrate!("../migrations/mysql/views"))
            .set_locking(false)
            .run_direct(&mut *lock)
            .await;
        // Whatever comes of it, the lock goes with the connection.
        lock.close().await?;
        migrated?;
        Ok(Self::MySql { read: pool(READERS).connect_with(options).await?, fold })
    }

    async fn sqlite(url: &str) -> Result<Self, ViewsError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            // Clear text of people who are forgotten is not left in free pages.
            .pragma("secure_delete", "on")
            .busy_timeout(BUSY_WITHIN);
        let fold = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_WITHIN)
            .connect_with(options.clone())
            .await?;
        // The library has no lock of its own for SQLite; a write transaction around all migrations is one.
        let mut lock = fold.begin_with("begin immediate").await?;
        beside_others(sqlx::migrate!("../migrations/sqlite/views")).run_direct(&mut *lock).await?;
        lock.commit().await?;
        let read = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(CONNECT_WITHIN)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        Ok(Self::Sqlite { read, fold })
    }

    /// Takes what was deleted or replaced out of the files of these tables. MySQL does so by itself when it purges.
    pub async fn purge(&self, tables: &[String]) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres { fold, .. } => {
                for table in tables {
                    sqlx::query(&format!("vacuum full {table}")).persistent(false).execute(fold).await?;
                }
                Ok(())
            }
            Self::MySql { fold, .. } => {
                for table in tables {
                    sqlx::query(&format!("optimize table {table}")).persistent(false).fetch_all(fold).await?;
                }
                Ok(())
            }
            Self::Sqlite { fold, .. } => store::erasures::purge_sqlite(fold).await,
        }
    }

    /// Begins a transaction that folds.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Self::Postgres { fold, .. } => Tx::Postgres(fold.begin().await?),
            Self::MySql { fold, .. } => Tx::MySql(fold.begin().await?),
            Self::Sqlite { fold, .. } => {
                let fold = fold.clone();
                // Dropped half-way, the library leaves its connection inside a transaction that nobody owns. A task
                // is not dropped: it begins, and what nobody takes is rolled back.
                let begun = tokio::spawn(async move { fold.begin_with("begin immediate").await }).await;
                Tx::Sqlite(begun.map_err(|_| sqlx::Error::WorkerCrashed)??)
            }
        })
    }
}

/// The log may live in the same database and note its migrations in the same table; the numbers differ.
fn beside_others(mut migrator: Migrator) -> Migrator {
    migrator.set_ignore_missing(true);
    migrator
}
