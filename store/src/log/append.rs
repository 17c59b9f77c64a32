//! The one connection that appends, and what can become of an attempt.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{batch::Batch, postgres::PgAppender, sqlite::SqliteAppender};

/// How long one attempt may take before its connection is given up.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How long a batch is tried again over a lost connection before its callers hear of it.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause between two attempts, but for the first, which follows at once.
const PAUSE: Duration = Duration::from_millis(100);

/// Why a batch is not in the log.
#[derive(Debug)]
pub(crate) enum AppendFault {
    /// It contradicts what is there; nothing was written.
    Conflict(Conflict),
    /// The connection is gone: the batch may be there or not.
    Lost(sqlx::Error),
    /// The database refuses the data.
    Refused(sqlx::Error),
}

/// What a batch contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// The head has moved: another node appended first.
    Position,
    /// A stream has more events than the cache knew.
    Stream,
    /// One of the commands has run before.
    Receipt,
}

/// Appends batches over a connection of its own.
#[derive(Debug)]
pub(crate) enum Appender {
    Postgres(Box<PgAppender>),
    Sqlite(Box<SqliteAppender>),
}

impl Appender {
    /// Appends a batch. Over a lost connection the same batch is sent again, for a while: the receipts make that
    /// safe. With `turn` the nodes take turns: the advisory lock is held around the attempts until one succeeds.
    pub async fn append(&mut self, batch: &Batch, turn: bool) -> Result<(), AppendFault> {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Duration::ZERO;
        loop {
            let fault = match timeout(ATTEMPT, self.attempt(batch, turn)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(AppendFault::Lost(error))) => error,
                Ok(Err(other)) => return Err(other),
                Err(_) => sqlx::Error::PoolTimedOut,
            };
            self.disconnect();
            if Instant::now() >= deadline {
                return Err(AppendFault::Lost(fault));
            }
            tracing::warn!(error = %fault, "the log's connection is lost, the batch is sent again");
            ambient::Clock::system().sleep(chrono::Duration::from_std(pause).unwrap_or_default()).await;
            pause = PAUSE;
        }
    }

    async fn attempt(&mut self, batch: &Batch, turn: bool) -> Result<(), AppendFault> {
        match self {
            Self::Postgres(appender) => appender.attempt(batch, turn).await,
            Self::Sqlite(appender) => appender.attempt(batch).await,
        }
    }

    /// Whether this batch takes more than one question to the database and its answer.
    pub fn is_chatty(&self, batch: &Batch) -> bool {
        match self {
            Self::Postgres(_) => false,
            Self::Sqlite(_) => batch.events().len() > 1,
        }
    }

    /// Whether the other nodes wait for this connection's turn to end.
    pub fn has_turn(&self) -> bool {
        match self {
            Self::Postgres(appender) => appender.has_turn(),
            Self::Sqlite(_) => false,
        }
    }

    /// Tries once to have a connection.
    pub async fn connect(&mut self) -> Result<(), sqlx::Error> {
        let connecting = async {
            match self {
                Self::Postgres(appender) => appender.connect().await.map(|_| ()),
                Self::Sqlite(appender) => appender.connect().await.map(|_| ()),
            }
        };
        timeout(ATTEMPT, connecting).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// Lets the connection go; what it was doing is unknown.
    pub fn disconnect(&mut self) {
        match self {
            Self::Postgres(appender) => appender.disconnect(),
            Self::Sqlite(appender) => appender.disconnect(),
        }
    }
}
