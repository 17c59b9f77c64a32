//! The log, decoded: batch by batch for who follows, span by span ahead of who builds.

use store::{Feed, Occurrence, RawEvent, Reading, Span, Unreadable};
use tokio::sync::mpsc;

use crate::{
    error::ViewsError,
    projection::{Poison, Projection},
};

/// Positions of one span of a rebuild, as long as nobody says otherwise.
pub const SPAN: i64 = 16_000;
/// Spans that are read, and as many that are decoded, before somebody wants them.
const AHEAD: usize = 2;

/// Consecutive events of the log.
#[derive(Debug)]
pub struct Batch {
    events: Vec<Occurrence>,
    /// An event that nobody can decode. A batch has one only as its first.
    unreadable: Option<Unreadable>,
    after: i64,
    end: i64,
}

/// Reads up to `limit` events after `position`. A batch ends before an event that cannot be decoded, unless it begins
/// with it.
pub async fn read(feed: &Feed, position: i64, limit: usize) -> Result<Batch, ViewsError> {
    let stored = feed.follow(position, limit).await?;
    let end = stored.last().map_or(position, |last| last.position);
    let mut events = Vec::with_capacity(stored.len());
    for raw in stored {
        match feed.decode(&raw) {
            Ok(event) => events.push(event.into()),
            Err(why) => {
                let RawEvent { position: at, aggregate_type, .. } = raw;
                let unreadable = Unreadable { position: at, aggregate_type, why };
                return Ok(Batch::before(unreadable, events, position));
            }
        }
    }
    Ok(Batch { events, unreadable: None, after: position, end })
}

/// The same for one projection alone: only the stream types it reads leave the log.
pub async fn read_for(feed: &Feed, projection: Projection, position: i64) -> Result<Batch, ViewsError> {
    let span = feed.span(&projection.reading(), position, SPAN).await?;
    let (events, unreadable) = feed.occurrences(&span)?;
    Ok(match unreadable {
        Some(unreadable) => Batch::before(unreadable, events, position),
        None => Batch { events, unreadable: None, after: position, end: span.end() },
    })
}

impl Batch {
    fn before(unreadable: Unreadable, events: Vec<Occurrence>, after: i64) -> Self {
        if unreadable.position > after + 1 {
            Self { events, end: unreadable.position - 1, unreadable: None, after }
        } else {
            Self { events, end: unreadable.position, unreadable: Some(unreadable), after }
        }
    }

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
    pub fn beyond(&self, position: i64) -> &[Occurrence] {
        let from = self.events.partition_point(|event| event.position <= position);
        self.events.get(from..).unwrap_or_default()
    }

    /// The event that `projection` would have to fold and cannot, because nobody can decode it.
    pub fn poison_for(&self, projection: Projection, position: i64) -> Option<Poison> {
        let unreadable = self.unreadable.as_ref().filter(|unreadable| {
            unreadable.position > position && projection.reads(&unreadable.aggregate_type)
        })?;
        Some(Poison { position: unreadable.position, reason: unreadable.why.clone() })
    }
}

/// What one projection reads in a span of the log.
#[derive(Debug)]
pub struct Ahead {
    /// Its events, up to one that cannot be decoded.
    pub events: Vec<Occurrence>,
    /// The last position of the span.
    pub end: i64,
    /// The event that nobody can decode.
    pub poison: Option<Poison>,
}

/// Reads the whole log for one projection, from the beginning to where it ends by then. One task waits for the
/// database, another decodes, so neither waits for who takes what they give.
pub fn ahead(
    feed: Feed,
    projection: Projection,
    positions: i64,
) -> mpsc::Receiver<Result<Ahead, ViewsError>> {
    let (read, mut spans) = mpsc::channel(AHEAD);
    let (decoded, receive) = mpsc::channel(AHEAD);
    tokio::spawn(read_spans(feed.clone(), projection.reading(), positions, read));
    tokio::spawn(async move {
        while let Some(span) = spans.recv().await {
            let feed = feed.clone();
            let next = tokio::task::spawn_blocking(move || decode(&feed, &span?)).await;
            // Nobody listens once the rebuild failed.
            if decoded.send(next.unwrap_or(Err(sqlx::Error::WorkerCrashed.into()))).await.is_err() {
                break;
            }
        }
    });
    receive
}

async fn read_spans(
    feed: Feed,
    reading: Reading,
    positions: i64,
    to: mpsc::Sender<Result<Span, ViewsError>>,
) {
    let mut position = 0;
    loop {
        let span = feed.span(&reading, position, positions).await.map_err(ViewsError::from);
        let end = span.as_ref().map_or(position, Span::end);
        let is_last = end == position && span.is_ok();
        if is_last || to.send(span).await.is_err() || end == position {
            break;
        }
        position = end;
    }
}

fn decode(feed: &Feed, span: &Span) -> Result<Ahead, ViewsError> {
    let (events, unreadable) = feed.occurrences(span)?;
    let poison = unreadable.map(|event| Poison { position: event.position, reason: event.why });
    Ok(Ahead { events, end: span.end(), poison })
}
