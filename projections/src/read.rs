//! A batch of the log, decoded.

use store::{Feed, RawEvent, Recorded};

use crate::{
    error::ViewsError,
    projection::{Poison, Projection},
};

/// Consecutive events of the log.
#[derive(Debug)]
pub struct Batch {
    events: Vec<Recorded>,
    unreadable: Option<Unreadable>,
    after: i64,
    end: i64,
}

/// An event that nobody can decode. A batch has one only as its first.
#[derive(Debug)]
struct Unreadable {
    position: i64,
    aggregate_type: String,
    reason: String,
}

/// Reads up to `limit` events after `position`. A batch ends before an event that cannot be decoded, unless it begins
/// with it.
pub async fn read(feed: &Feed, position: i64, limit: usize) -> Result<Batch, ViewsError> {
    let stored = feed.follow(position, limit).await?;
    let end = stored.last().map_or(position, |last| last.position);
    Ok(decode(feed, &stored, position, end))
}

/// The same for one projection alone: only the stream types it reads leave the log.
pub async fn read_for(
    feed: &Feed,
    projection: Projection,
    position: i64,
    limit: usize,
) -> Result<Batch, ViewsError> {
    let (stored, end) = feed.raw_of_types(projection.stream_types(), position, limit).await?;
    Ok(decode(feed, &stored, position, end))
}

fn decode(feed: &Feed, stored: &[RawEvent], after: i64, end: i64) -> Batch {
    let mut batch = Batch { events: Vec::with_capacity(stored.len()), unreadable: None, after, end };
    for raw in stored {
        match feed.decode(raw) {
            Ok(event) => batch.events.push(event),
            Err(_) if raw.position > after + 1 => {
                batch.end = raw.position - 1;
                break;
            }
            Err(reason) => {
                let (position, aggregate_type) = (raw.position, raw.aggregate_type.clone());
                batch.unreadable = Some(Unreadable { position, aggregate_type, reason });
                batch.end = position;
                break;
            }
        }
    }
    batch
}

impl Batch {
    /// Whether nothing follows the position it was read after.
    pub const fn is_empty(&self) -> bool {
        self.end == self.after
    }

    /// How many events it passes over.
    pub const fn len(&self) -> i64 {
        self.end - self.after
    }

    /// The position of the last of them.
    pub const fn end(&self) -> i64 {
        self.end
    }

    /// The decoded events after `position`.
    pub fn beyond(&self, position: i64) -> &[Recorded] {
        let from = self.events.partition_point(|event| event.position <= position);
        self.events.get(from..).unwrap_or_default()
    }

    /// The event that `projection` would have to fold and cannot, because nobody can decode it.
    pub fn poison_for(&self, projection: Projection, position: i64) -> Option<Poison> {
        let unreadable = self.unreadable.as_ref().filter(|unreadable| {
            unreadable.position > position && projection.reads(&unreadable.aggregate_type)
        })?;
        Some(Poison { position: unreadable.position, reason: unreadable.reason.clone() })
    }
}
