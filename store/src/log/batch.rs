//! One batch on its way into the log: events and receipts, numbered, hashed and chained.
//!
//! All text lies in one buffer, written once; rows refer to it by range. Nothing is allocated per event.

use std::ops::Range;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rows::Head;
use crate::audit::{Hash, LeafFields, LeafHasher, Link};

/// The most commands, events and bytes of text one batch takes.
pub(crate) const MAX_COMMANDS: usize = 1_000;
pub(crate) const MAX_EVENTS: usize = 2_000;
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// One event of a batch. The texts are ranges of the batch's buffer.
#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub aggregate_type: &'static str,
    pub aggregate_id: Range<usize>,
    pub sequence: i64,
    pub event_type: &'static str,
    pub event_version: &'static str,
    pub payload: Range<usize>,
    pub metadata: Range<usize>,
    pub event_id: Uuid,
    pub command_id: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub position: i64,
    pub leaf: Hash,
}

/// One receipt of a batch.
#[derive(Debug, Clone)]
pub(crate) struct ReceiptRow {
    pub command_id: Uuid,
    pub fingerprint: Hash,
    pub outcome: Range<usize>,
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct Batch {
    base: Head,
    text: String,
    events: Vec<EventRow>,
    receipts: Vec<ReceiptRow>,
    link: Link,
    hasher: LeafHasher,
}

impl Batch {
    /// An empty batch that continues `base`.
    pub fn after(base: Head) -> Self {
        Self {
            base,
            text: String::new(),
            events: vec![],
            receipts: vec![],
            link: Link::after(&base.hash),
            hasher: LeafHasher::default(),
        }
    }

    /// An empty batch that continues this one, with as much room.
    pub fn following(&self) -> Self {
        let base = self.head();
        Self {
            text: String::with_capacity(self.text.len()),
            events: Vec::with_capacity(self.events.len()),
            receipts: Vec::with_capacity(self.receipts.len()),
            ..Self::after(base)
        }
    }

    /// The head this batch continues.
    pub fn base(&self) -> Head {
        self.base
    }

    /// The head once the batch is committed.
    pub fn head(&self) -> Head {
        if self.events.is_empty() {
            return self.base;
        }
        Head { position: self.last_position(), hash: self.link.clone().hash() }
    }

    pub fn first_position(&self) -> i64 {
        self.base.position + 1
    }

    pub fn last_position(&self) -> i64 {
        self.events.last().map_or(self.base.position, |event| event.position)
    }

    /// The time of the batch: its last command's.
    pub fn committed_at(&self) -> DateTime<Utc> {
        self.receipts.last().map_or(DateTime::UNIX_EPOCH, |receipt| receipt.recorded_at)
    }

    pub fn events(&self) -> &[EventRow] {
        &self.events
    }

    pub fn receipts(&self) -> &[ReceiptRow] {
        &self.receipts
    }

    pub fn text(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Writes a text into the buffer.
    pub fn write(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Numbers an event, hashes it and adds it to the chain; `position` and `leaf` are set here.
    pub fn push_event(&mut self, mut row: EventRow) {
        row.position = self.last_position() + 1;
        row.leaf = self.hasher.leaf(&LeafFields {
            position: row.position,
            aggregate_type: row.aggregate_type,
            aggregate_id: self.text.get(row.aggregate_id.clone()).unwrap_or_default(),
            sequence: row.sequence,
            event_type: row.event_type,
            event_version: row.event_version,
            payload: self.text.get(row.payload.clone()).unwrap_or_default(),
            metadata: self.text.get(row.metadata.clone()).unwrap_or_default(),
            event_id: row.event_id,
            command_id: row.command_id,
            recorded_at: row.recorded_at.timestamp_micros(),
        });
        self.link.add(&row.leaf);
        self.events.push(row);
    }

    /// Adds a receipt; its position is the last one so far.
    pub fn push_receipt(&mut self, mut row: ReceiptRow) {
        row.position = self.last_position();
        self.receipts.push(row);
    }

    /// Takes over one command's rows from another batch, with new positions.
    pub fn adopt(&mut self, from: &Self, events: Range<usize>, receipt: Option<usize>) {
        for row in from.events.get(events).unwrap_or_default() {
            let aggregate_id = self.write(from.text(&row.aggregate_id));
            let payload = self.write(from.text(&row.payload));
            let metadata = self.write(from.text(&row.metadata));
            self.push_event(EventRow { aggregate_id, payload, metadata, ..row.clone() });
        }
        if let Some(row) = receipt.and_then(|index| from.receipts.get(index)) {
            let outcome = self.write(from.text(&row.outcome));
            self.push_receipt(ReceiptRow { outcome, ..row.clone() });
        }
    }
}
