//! The rows of the log as they leave the database.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sqlx::{FromRow, Row, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use crate::audit::{GENESIS, Hash, LeafFields};

/// One event, its columns as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// The event's place in the log: 1, 2, 3 … without a gap.
    pub position: i64,
    /// The stream's type.
    pub aggregate_type: String,
    /// The stream's id.
    pub aggregate_id: String,
    /// The event's place in its stream.
    pub sequence: i64,
    /// The event's name.
    pub event_type: String,
    /// The version of the payload's shape.
    pub event_version: String,
    /// The payload, JSON.
    pub payload: String,
    /// The metadata, JSON.
    pub metadata: String,
    /// The event's id.
    pub event_id: Uuid,
    /// The command that caused it.
    pub command_id: Uuid,
    /// When it was decided.
    pub recorded_at: DateTime<Utc>,
    /// The hash of all the above.
    pub leaf: Hash,
}

impl RawEvent {
    /// What the leaf covers.
    pub fn leaf_fields(&self) -> LeafFields<'_> {
        LeafFields {
            position: self.position,
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
            event_id: self.event_id,
            command_id: self.command_id,
            recorded_at: self.recorded_at.timestamp_micros(),
        }
    }
}

/// Where the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last position, 0 while the log is empty.
    pub position: i64,
    /// The last batch's hash.
    pub hash: Hash,
}

impl Head {
    /// The head of an empty log.
    pub const EMPTY: Self = Self { position: 0, hash: GENESIS };
}

/// What a command was answered.
#[derive(Debug, Clone)]
pub struct StoredReceipt {
    /// The command.
    pub command_id: Uuid,
    /// What was asked, digested: the same id with another fingerprint is another question.
    pub fingerprint: Hash,
    /// The answer's bytes.
    pub outcome: Box<RawValue>,
    /// The position to read at, to see what the command did.
    pub position: i64,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// What a stream's fold needs of one event.
#[derive(Debug, Clone)]
pub(crate) struct StreamRow {
    pub aggregate_type: String,
    pub aggregate_id: String,
    pub sequence: i64,
    pub event_type: String,
    pub event_version: String,
    pub payload: String,
}

pub(crate) const EVENT_COLUMNS: &str = "position, aggregate_type, aggregate_id, sequence, event_type, event_version, \
                                        payload, metadata, event_id, command_id, recorded_at, leaf";

pub(crate) fn hash(bytes: &[u8]) -> Result<Hash, sqlx::Error> {
    bytes.try_into().map_err(|_| sqlx::Error::Decode("a hash of 32 bytes is wanted".into()))
}

pub(crate) fn micros(value: i64) -> Result<DateTime<Utc>, sqlx::Error> {
    DateTime::from_timestamp_micros(value).ok_or_else(|| sqlx::Error::Decode("a time out of range".into()))
}

fn outcome(text: String) -> Result<Box<RawValue>, sqlx::Error> {
    RawValue::from_string(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

// `unchecked`: sqlx does not let a json column be read as the text it is.
impl FromRow<'_, PgRow> for RawEvent {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: row.try_get(0)?,
            aggregate_type: row.try_get(1)?,
            aggregate_id: row.try_get(2)?,
            sequence: row.try_get(3)?,
            event_type: row.try_get(4)?,
            event_version: row.try_get(5)?,
            payload: row.try_get_unchecked(6)?,
            metadata: row.try_get_unchecked(7)?,
            event_id: row.try_get(8)?,
            command_id: row.try_get(9)?,
            recorded_at: row.try_get(10)?,
            leaf: hash(row.try_get(11)?)?,
        })
    }
}

impl FromRow<'_, SqliteRow> for RawEvent {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: row.try_get(0)?,
            aggregate_type: row.try_get(1)?,
            aggregate_id: row.try_get(2)?,
            sequence: row.try_get(3)?,
            event_type: row.try_get(4)?,
            event_version: row.try_get(5)?,
            payload: row.try_get(6)?,
            metadata: row.try_get(7)?,
            event_id: row.try_get(8)?,
            command_id: row.try_get(9)?,
            recorded_at: micros(row.try_get(10)?)?,
            leaf: hash(row.try_get(11)?)?,
        })
    }
}

impl FromRow<'_, PgRow> for StoredReceipt {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            command_id: row.try_get(0)?,
            fingerprint: hash(row.try_get(1)?)?,
            outcome: outcome(row.try_get_unchecked(2)?)?,
            position: row.try_get(3)?,
            recorded_at: row.try_get(4)?,
        })
    }
}

impl FromRow<'_, SqliteRow> for StoredReceipt {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            command_id: row.try_get(0)?,
            fingerprint: hash(row.try_get(1)?)?,
            outcome: outcome(row.try_get(2)?)?,
            position: row.try_get(3)?,
            recorded_at: micros(row.try_get(4)?)?,
        })
    }
}

impl FromRow<'_, PgRow> for StreamRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            aggregate_type: row.try_get(0)?,
            aggregate_id: row.try_get(1)?,
            sequence: row.try_get(2)?,
            event_type: row.try_get(3)?,
            event_version: row.try_get(4)?,
            payload: row.try_get_unchecked(5)?,
        })
    }
}

impl FromRow<'_, SqliteRow> for StreamRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            aggregate_type: row.try_get(0)?,
            aggregate_id: row.try_get(1)?,
            sequence: row.try_get(2)?,
            event_type: row.try_get(3)?,
            event_version: row.try_get(4)?,
            payload: row.try_get(5)?,
        })
    }
}
