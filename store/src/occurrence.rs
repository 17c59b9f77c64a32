//! The log as a fold needs it: few columns, of some streams only, a span of positions at a time.
//!
//! No read model looks at hashes or at the ids of events and commands, so they stay in the database. PostgreSQL copies
//! the rows out in its binary form, which costs both sides less than the rows of a query. What arrives is kept as it
//! is, so that it can be decoded by somebody else than who waits for the database.

use chrono::{DateTime, Utc};
use domain::Fact;
use futures::TryStreamExt;
use serde::Deserialize;
use sqlx::{PgPool, Row, SqlitePool, postgres::PgPoolCopyExt, sqlite::SqliteRow};

use crate::{
    FeedError,
    decode::{Decoder, Recorded, Stored},
    feed::Feed,
    log::{Database, rows::micros},
};

/// What a fold needs to know of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// The event's place in the log.
    pub position: i64,
    /// The event's place in its stream.
    pub sequence: i64,
    /// When it was decided.
    pub recorded_at: DateTime<Utc>,
    /// Who asked; empty if that was not read.
    pub actor: String,
    /// What happened.
    pub fact: Fact,
}

impl From<Recorded> for Occurrence {
    fn from(recorded: Recorded) -> Self {
        let Recorded { position, sequence, recorded_at, metadata, fact, .. } = recorded;
        Self { position, sequence, recorded_at, actor: metadata.actor, fact }
    }
}

/// What is to be read of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The stream types.
    pub types: &'static [&'static str],
    /// Whether it matters who asked.
    pub actors: bool,
}

/// An event that this program does not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where.
    pub position: i64,
    /// Of which stream type.
    pub aggregate_type: String,
    /// What does not fit.
    pub why: String,
}

/// Some streams' events in a span of positions, not yet decoded.
#[derive(Debug)]
pub struct Span {
    rows: Rows,
    end: i64,
    has_form: bool,
    has_metadata: bool,
}

impl Span {
    /// The last position it covers: the log has no gaps, so the span is whole without its other events.
    pub const fn end(&self) -> i64 {
        self.end
    }
}

enum Rows {
    /// Rows of a binary COPY, one after the other, and where each ends.
    Postgres(Vec<u8>, Vec<usize>),
    Sqlite(Vec<SqliteRow>),
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = match self {
            Self::Postgres(_, ends) => ends.len(),
            Self::Sqlite(rows) => rows.len(),
        };
        write!(f, "{rows} rows")
    }
}

/// In the order in which [`Narrow`] takes them.
const COLUMNS: &str = "position, sequence, recorded_at, aggregate_type, aggregate_id, payload";
/// Only upcasters ask for these.
const FORM: &str = "event_type, event_version";
/// Only who wants to know who asked.
const METADATA: &str = "metadata";

impl Feed {
    /// The events of these stream types at the next `limit` positions after `after`, up to the log's end as far as
    /// this process has heard.
    pub async fn span(&self, reading: &Reading, after: i64, limit: i64) -> Result<Span, FeedError> {
        let end = after.saturating_add(limit).min(self.head()).max(after);
        let form = (!self.log().decoder().upcasters().is_empty()).then_some(FORM);
        let metadata = reading.actors.then_some(METADATA);
        let columns: Vec<&str> = [Some(COLUMNS), form, metadata].into_iter().flatten().collect();
        let columns = columns.join(", ");
        let types: Vec<String> = reading.types.iter().map(|name| format!("'{name}'")).collect();
        let (span, types) = (format!("position > {after} and position <= {end}"), types.join(", "));
        let select = |of: &str| format!("select {columns} from events where {span} and {of}");
        // By position and by nothing else: left to themselves, databases go through a type's whole index each time.
        // `is true` and `+` keep the index out of it, and cost a row nothing.
        let rows = match self.log().database() {
            // Not in order: what PostgreSQL would sort, on disk, is in order already or nearly so.
            Database::Postgres(pool) => {
                copied(pool, &select(&format!("(aggregate_type in ({types})) is true"))).await?
            }
            Database::Sqlite(pool) => {
                let of = select(&format!("+aggregate_type in ({types})"));
                selected(pool, &format!("{of} order by position")).await?
            }
        };
        Ok(Span { rows, end, has_form: form.is_some(), has_metadata: metadata.is_some() })
    }

    /// Decodes a span, up to the first event that cannot be.
    pub fn occurrences(&self, span: &Span) -> Result<(Vec<Occurrence>, Option<Unreadable>), FeedError> {
        let decoder = self.log().decoder();
        let mut seen = Seen { events: vec![], unreadable: None };
        match &span.rows {
            Rows::Postgres(bytes, ends) => {
                let begins = std::iter::once(0).chain(ends.iter().copied());
                let rows = begins.zip(ends).filter_map(|(begin, end)| bytes.get(begin..*end));
                let rows: Option<Vec<Narrow<'_>>> = rows.map(|row| Narrow::from_copied(row, span)).collect();
                let mut rows = rows.ok_or_else(torn)?;
                rows.sort_by_key(|row| row.position);
                seen.events.reserve(rows.len());
                for row in &rows {
                    if !seen.add(decoder, row) {
                        break;
                    }
                }
            }
            Rows::Sqlite(rows) => {
                for row in rows {
                    if !seen.add(decoder, &Narrow::from_selected(row, span)?) {
                        break;
                    }
                }
            }
        }
        Ok((seen.events, seen.unreadable))
    }
}

struct Seen {
    events: Vec<Occurrence>,
    unreadable: Option<Unreadable>,
}

impl Seen {
    /// Says whether to go on.
    fn add(&mut self, decoder: &Decoder, narrow: &Narrow<'_>) -> bool {
        match narrow.decode(decoder) {
            Ok(event) => self.events.push(event),
            Err(why) => {
                let aggregate_type = narrow.stored.aggregate_type.to_owned();
                self.unreadable = Some(Unreadable { position: narrow.position, aggregate_type, why });
            }
        }
        self.unreadable.is_none()
    }
}

async fn selected(pool: &SqlitePool, select: &str) -> Result<Rows, sqlx::Error> {
    Ok(Rows::Sqlite(sqlx::query(select).persistent(false).fetch_all(pool).await?))
}

async fn copied(pool: &PgPool, select: &str) -> Result<Rows, sqlx::Error> {
    let statement = format!("copy ({select}) to stdout (format binary)");
    let mut messages = pool.copy_out_raw(&statement).await?;
    let (mut bytes, mut ends) = (vec![], vec![]);
    while let Some(message) = messages.try_next().await? {
        // The protocol promises one row a message; the first has the header before it, the last is the end's mark.
        let row = message.strip_prefix(SIGNATURE).map_or(&*message, |rest| rest.get(8..).unwrap_or_default());
        if row.len() > END.len() {
            bytes.extend_from_slice(row);
            ends.push(bytes.len());
        }
    }
    Ok(Rows::Postgres(bytes, ends))
}

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const END: [u8; 2] = (-1_i16).to_be_bytes();
/// PostgreSQL counts its time from the year 2000; this much later than we do, in microseconds.
const EPOCH: i64 = 946_684_800_000_000;

fn torn() -> sqlx::Error {
    sqlx::Error::Decode("a copied row does not have the form it should".into())
}

/// The columns of one row, borrowed.
struct Narrow<'a> {
    position: i64,
    recorded_at: DateTime<Utc>,
    stored: Stored<'a>,
    metadata: Option<&'a str>,
}

impl<'a> Narrow<'a> {
    fn from_copied(row: &'a [u8], span: &Span) -> Option<Self> {
        let (_count, mut rest) = row.split_first_chunk::<2>()?;
        let mut next = || {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (field, after) =
                after.split_at_checked(usize::try_from(i32::from_be_bytes(*length)).ok()?)?;
            rest = after;
            Some(field)
        };
        let integer = |field: &[u8]| Some(i64::from_be_bytes(field.try_into().ok()?));
        let text = |field: &'a [u8]| std::str::from_utf8(field).ok();
        let (position, sequence) = (integer(next()?)?, integer(next()?)?);
        let recorded_at = micros(integer(next()?)?.checked_add(EPOCH)?).ok()?;
        let stored = Stored {
            aggregate_type: text(next()?)?,
            aggregate_id: text(next()?)?,
            sequence,
            payload: text(next()?)?,
            event_type: if span.has_form { text(next()?)? } else { "" },
            event_version: if span.has_form { text(next()?)? } else { "" },
        };
        let metadata = if span.has_metadata { Some(text(next()?)?) } else { None };
        Some(Self { position, recorded_at, stored, metadata })
    }

    fn from_selected(row: &'a SqliteRow, span: &Span) -> Result<Self, sqlx::Error> {
        let stored = Stored {
            aggregate_type: row.try_get(3)?,
            aggregate_id: row.try_get(4)?,
            sequence: row.try_get(1)?,
            payload: row.try_get(5)?,
            event_type: if span.has_form { row.try_get("event_type")? } else { "" },
            event_version: if span.has_form { row.try_get("event_version")? } else { "" },
        };
        let recorded_at = micros(row.try_get(2)?)?;
        let metadata = if span.has_metadata { Some(row.try_get(METADATA)?) } else { None };
        Ok(Self { position: row.try_get(0)?, recorded_at, stored, metadata })
    }

    fn decode(&self, decoder: &Decoder) -> Result<Occurrence, String> {
        /// The one part of the metadata that is shown.
        #[derive(Deserialize)]
        struct By {
            actor: String,
        }
        let by =
            self.metadata.map(serde_json::from_str::<By>).transpose().map_err(|error| error.to_string())?;
        Ok(Occurrence {
            position: self.position,
            sequence: self.stored.sequence,
            recorded_at: self.recorded_at,
            actor: by.map(|by| by.actor).unwrap_or_default(),
            fact: decoder.fact(&self.stored)?,
        })
    }
}
