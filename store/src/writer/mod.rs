//! The writer: the one way to append.
//!
//! One task owns the cache of aggregates and decides all commands, one after the other, in memory. While one batch is
//! on its way to the database, everybody else joins the next: there is no timer, load makes the batches. A command
//! may decide on what earlier commands of an unsent batch left behind (so a hot product sells at batch speed); its
//! answer waits for the commit, and a failed batch has everything that was built on it decided again.
//!
//! An answer is true at its commit: a batch commits only if it continues the head the cache knows, so whatever a
//! decision read was current. A command that writes nothing is answered together with a batch, or after the head was
//! looked up.

mod batcher;
mod cache;
mod consider;
mod desk;
mod load;
mod pending;
mod settle;
mod unit;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::Aggregate;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use self::{batcher::Batcher, pending::Request};
pub use self::{
    desk::{Desk, Missing},
    unit::{Decision, Unit},
};
use crate::{
    Metadata,
    audit::Hash,
    decode::Stored,
    log::{Log, StoredReceipt},
};

/// Commands that may wait before new ones are turned away.
const QUEUE: usize = 8_192;

/// What is asked, once: the same id is executed once and answered the same for ever.
#[derive(Debug, Clone)]
pub struct Command {
    /// The command's id.
    pub id: Uuid,
    /// What is asked, digested.
    pub fingerprint: Hash,
    /// Who asks, and why.
    pub metadata: Metadata,
    /// When.
    pub now: DateTime<Utc>,
    /// Whether to keep the answer even when nothing happened.
    pub keep: bool,
}

impl Command {
    /// One that only looks, and is asked once.
    fn look() -> Self {
        let id = ambient::fresh_id();
        let metadata = Metadata { actor: String::new(), correlation_id: id, causation_id: None };
        Self { id, fingerprint: [0; 32], metadata, now: DateTime::UNIX_EPOCH, keep: false }
    }
}

/// Decides a command from the states on the desk. Pure: it may run again after a conflict or a cache miss.
pub type Decide = Box<dyn FnMut(&Desk<'_>) -> Result<Decision, Missing> + Send>;

/// The answer to a command.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The outcome the decision gave, the first time.
    pub outcome: Box<RawValue>,
    /// Read at this position to see what the command did.
    pub position: i64,
    /// Whether the command had run before.
    pub replayed: bool,
}

/// Why a command was not executed, or could not be answered. Nobody's decision: refusals are outcomes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Too many commands are waiting.
    #[error("too many commands are waiting")]
    Overloaded,
    /// The database does not answer. Whether the command took effect is unknown; the same id may be sent again.
    #[error("the log does not answer: {0}")]
    Unavailable(String),
    /// The id was used before, for something else.
    #[error("the command's id was used before, for something else")]
    KeyReused,
    /// A stored event does not fit this program.
    #[error("a stored event cannot be read: {0}")]
    Unreadable(String),
    /// The unit was made for another version of a stream than there is.
    #[error("the stream {stream} is at version {found}, not at {expected}")]
    Stale {
        /// The stream's id.
        stream: String,
        /// The version the unit was made for.
        expected: i64,
        /// The version there is.
        found: i64,
    },
    /// The database refuses the data, or the decision broke down.
    #[error("the command cannot be executed: {0}")]
    Refused(String),
}

/// Appends to the log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Writer {
    log: Log,
    inbox: mpsc::Sender<Request>,
}

impl Writer {
    /// Starts the writer of this process.
    pub async fn start(log: &Log) -> Result<Self, Fault> {
        Self::with_cache(log, cache::CAPACITY).await
    }

    /// Starts the writer with room for so many aggregates in memory.
    pub async fn with_cache(log: &Log, streams: usize) -> Result<Self, Fault> {
        let head = log.head().await.map_err(|error| Fault::Unavailable(error.to_string()))?;
        let (inbox, outbox) = mpsc::channel(QUEUE);
        tokio::spawn(Batcher::new(log.clone(), outbox, head, streams).run());
        Ok(Self { log: log.clone(), inbox })
    }

    /// Executes a command once. The answer comes after the commit.
    pub async fn submit(&self, command: Command, decide: Decide) -> Result<Receipt, Fault> {
        self.send(command, decide, false).await
    }

    async fn send(&self, command: Command, decide: Decide, is_new: bool) -> Result<Receipt, Fault> {
        let (answer, answered) = oneshot::channel();
        let request = Request { is_new, ..Request::new(command, decide, answer) };
        self.inbox.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Fault::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Fault::Unavailable("the writer has stopped".to_owned()),
        })?;
        answered.await.unwrap_or_else(|_| Err(Fault::Unavailable("the writer has stopped".to_owned())))
    }

    /// The latest committed state of an aggregate and its version; version 0 means there is none.
    ///
    /// It is read from memory as a command that writes nothing: together with a batch's commit, or with a look at
    /// where the log ends, so what other nodes committed before the call is in it. When too many commands wait, the
    /// database is asked for the stream instead.
    pub async fn load<A: Aggregate>(&self, id: A::Id) -> Result<(A, i64), Fault> {
        let seen = Arc::new(Mutex::new(None));
        let look = {
            let seen = Arc::clone(&seen);
            move |desk: &Desk<'_>| {
                let (state, version) = desk.get::<A>(id)?;
                *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((state.clone(), version));
                Ok(Decision { unit: Unit::new(), outcome: RawValue::NULL.to_owned() })
            }
        };
        match self.send(Command::look(), Box::new(look), true).await {
            Ok(_) => {}
            Err(Fault::Overloaded) => return self.read::<A>(id).await,
            Err(fault) => return Err(fault),
        }
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        seen.ok_or_else(|| Fault::Refused("nothing was looked at".to_owned()))
    }

    async fn read<A: Aggregate>(&self, id: A::Id) -> Result<(A, i64), Fault> {
        let rows = self
            .log
            .database()
            .streams(&[(A::TYPE, id.to_string())])
            .await
            .map_err(|error| Fault::Unavailable(error.to_string()))?;
        let (mut state, mut version) = (A::default(), 0);
        for row in &rows {
            let event = self.log.decoder().event(&Stored::from(row)).map_err(Fault::Unreadable)?;
            state.evolve(&event);
            version = row.sequence;
        }
        Ok((state, version))
    }

    /// What a command was answered, if it was executed.
    pub async fn receipt(&self, command_id: Uuid) -> Result<Option<StoredReceipt>, Fault> {
        let mut found = self
            .log
            .database()
            .receipts(&[command_id])
            .await
            .map_err(|error| Fault::Unavailable(error.to_string()))?;
        Ok(found.pop())
    }

    /// The log this writer appends to.
    pub fn log(&self) -> &Log {
        &self.log
    }
}
