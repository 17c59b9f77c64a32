//! The last batches this process has committed, kept in memory: who follows the log closely need not read back from
//! the database what was written a moment ago. Only committed batches are here, in order and without gaps; whoever
//! is further behind, or follows another node's events, reads the database.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::DateTime;

use super::{
    batch::{Batch, EventRow},
    rows::RawEvent,
};

/// The most events kept.
const CAPACITY: usize = 8_192;

/// The end of the log, as far as this process wrote it.
#[derive(Debug, Default)]
pub(crate) struct Tail(Mutex<Batches>);

#[derive(Debug, Default)]
struct Batches {
    batches: VecDeque<Arc<Batch>>,
    events: usize,
}

impl Tail {
    /// Keeps a batch that is committed. One that does not continue the last one starts anew.
    pub fn keep(&self, batch: Batch) {
        if batch.events().is_empty() {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.batches.back().is_some_and(|last| last.last_position() != batch.base().position) {
            *kept = Batches::default();
        }
        kept.events += batch.events().len();
        kept.batches.push_back(Arc::new(batch));
        while kept.events > CAPACITY && kept.batches.len() > 1 {
            let oldest = kept.batches.pop_front().map_or(0, |batch| batch.events().len());
            kept.events -= oldest;
        }
    }

    /// Up to `limit` events after `position`, if the next one is still here.
    pub fn after(&self, position: i64, limit: usize) -> Option<Vec<RawEvent>> {
        let batches: Vec<Arc<Batch>> = {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let first = kept.batches.partition_point(|batch| batch.last_position() <= position);
            kept.batches.range(first..).take(limit).cloned().collect()
        };
        let starts_here = batches.first().is_some_and(|batch| batch.first_position() <= position + 1);
        if !starts_here {
            return None;
        }
        let rows = batches.iter().flat_map(|batch| batch.events().iter().map(move |row| (batch, row)));
        let beyond = rows.filter(|(_, row)| row.position > position).take(limit);
        Some(beyond.map(|(batch, row)| as_stored(batch, row)).collect())
    }
}

/// The event as the database gives it back.
fn as_stored(batch: &Batch, row: &EventRow) -> RawEvent {
    let micros = row.recorded_at.timestamp_micros();
    RawEvent {
        position: row.position,
        aggregate_type: row.aggregate_type.to_owned(),
        aggregate_id: batch.text(&row.aggregate_id).to_owned(),
        sequence: row.sequence,
        event_type: row.event_type.to_owned(),
        event_version: row.event_version.to_owned(),
        payload: batch.text(&row.payload).to_owned(),
        metadata: batch.text(&row.metadata).to_owned(),
        event_id: row.event_id,
        command_id: row.command_id,
        recorded_at: DateTime::from_timestamp_micros(micros).unwrap_or(row.recorded_at),
        leaf: row.leaf,
    }
}
