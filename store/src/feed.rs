//! Follows the log in order, without gaps: whoever reads asks for what comes after the position they know.

use crate::{
    decode::Recorded,
    log::{Database, EVENT_COLUMNS, Log, RawEvent},
};

/// Reads the log by position. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Feed {
    log: Log,
}

/// Why the log could not be read on.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// An event that this program does not understand.
    #[error("the event at position {position} cannot be read: {why}")]
    Unreadable {
        /// Where.
        position: i64,
        /// What does not fit.
        why: String,
    },
    /// The database does not answer.
    #[error("the log's database does not answer: {0}")]
    Unavailable(#[from] sqlx::Error),
}

impl Feed {
    pub(crate) fn new(log: Log) -> Self {
        Self { log }
    }

    /// Up to `limit` events after `position`. The events before one that cannot be read are still given.
    pub async fn after(&self, position: i64, limit: usize) -> Result<Vec<Recorded>, FeedError> {
        let raw = self.follow(position, limit).await?;
        let mut events = Vec::with_capacity(raw.len());
        for event in &raw {
            match self.log.decoder().recorded(event) {
                Ok(recorded) => events.push(recorded),
                Err(_) if !events.is_empty() => break,
                Err(why) => return Err(FeedError::Unreadable { position: event.position, why }),
            }
        }
        Ok(events)
    }

    /// The same undecoded: from memory where this process has just written them, else from the database.
    pub async fn follow(&self, position: i64, limit: usize) -> Result<Vec<RawEvent>, FeedError> {
        match self.log.tail().after(position, limit) {
            Some(events) => Ok(events),
            None => self.raw_after(position, limit).await,
        }
    }

    /// Up to `limit` events after `position`, their columns as the database has them.
    pub async fn raw_after(&self, position: i64, limit: usize) -> Result<Vec<RawEvent>, FeedError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(self.log.database().after(position, limit).await?)
    }

    /// The events of these stream types among the next `limit` after `position`, and where those end. The log has no
    /// gaps, so a span of positions is known to be whole without its other events.
    pub async fn raw_of_types(
        &self,
        types: &[&'static str],
        position: i64,
        limit: usize,
    ) -> Result<(Vec<RawEvent>, i64), FeedError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let end = position.saturating_add(limit).min(self.head()).max(position);
        let types: Vec<String> = types.iter().map(|name| format!("'{name}'")).collect();
        let sql = format!(
            "select {EVENT_COLUMNS} from events where position > $1 and position <= $2 \
             and aggregate_type in ({}) order by position",
            types.join(", ")
        );
        let events = match self.log.database() {
            Database::Postgres(pool) => sqlx::query_as(&sql).bind(position).bind(end).fetch_all(pool).await?,
            Database::Sqlite(pool) => sqlx::query_as(&sql).bind(position).bind(end).fetch_all(pool).await?,
        };
        Ok((events, end))
    }

    /// Reads one event as [`Self::raw_after`] gives it, or says what does not fit.
    pub fn decode(&self, raw: &RawEvent) -> Result<Recorded, String> {
        self.log.decoder().recorded(raw)
    }

    /// Up to `limit` events of one stream after `sequence`, their columns as stored.
    pub async fn raw_stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        sequence: i64,
        limit: usize,
    ) -> Result<Vec<RawEvent>, FeedError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(self.log.database().stream(aggregate_type, aggregate_id, sequence, limit).await?)
    }

    /// Where the log ends, as far as this process has heard: at most a second behind.
    pub fn head(&self) -> i64 {
        self.log.bell().head()
    }

    /// Waits until the log reaches beyond `position`, and says how far.
    pub async fn wait_beyond(&self, position: i64) -> i64 {
        let mut head = self.log.bell().subscribe();
        // The sender lives as long as the log, and this feed holds the log.
        head.wait_for(|head| *head > position).await.map_or(position, |head| *head)
    }
}
