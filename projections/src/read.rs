//! A batch of the log, decoded as far as it is wanted.

use store::{Feed, Recorded};

use crate::{
    error::ViewsError,
    projection::{Poison, Projection},
};

/// Consecutive events of the log.
#[derive(Debug)]
pub struct Batch {
    events: Vec<Recorded>,
    unreadable: Option<Unreadable>,
    end: i64,
    length: usize,
}

/// An event that nobody can decode. A batch has one only as its first.
#[derive(Debug)]
struct Unreadable {
    position: i64,
    aggregate_type: String,
    reason: String,
}

/// Reads up to `limit` events after `position` and decodes those of wanted stream types. A batch ends before an event
/// that cannot be decoded, unless it begins with it.
pub async fn read(
    feed: &Feed,
    position: i64,
    limit: usize,
    wanted: impl Fn(&str) -> bool,
) -> Result<Batch, ViewsError> {
    let stored = feed.raw_after(position, limit).await?;
    let mut batch =
        Batch { events: Vec::with_capacity(stored.len()), unreadable: None, end: position, length: 0 };
    for raw in &stored {
        if wanted(&raw.aggregate_type) {
            match feed.decode(raw) {
                Ok(event) => batch.events.push(event),
                Err(_) if batch.length > 0 => break,
                Err(reason) => {
                    let aggregate_type = raw.aggregate_type.clone();
                    batch.unreadable = Some(Unreadable { position: raw.position, aggregate_type, reason });
                }
            }
        }
        batch.end = raw.position;
        batch.length += 1;
        if batch.unreadable.is_some() {
            break;
        }
    }
    Ok(batch)
}

impl Batch {
    /// Whether nothing follows the position it was read after.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many events it passes over.
    pub const fn len(&self) -> usize {
        self.length
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
