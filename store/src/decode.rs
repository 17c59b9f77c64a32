//! Stored events become typed ones. Old shapes pass through upcasters; an event no upcaster wants is parsed straight
//! from its bytes.

use chrono::{DateTime, Utc};
use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use domain::{Event, Fact, fact::Parse};
use uuid::Uuid;

use crate::{
    Metadata,
    log::{RawEvent, StreamRow},
};

/// One event of the log, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The event's place in the log.
    pub position: i64,
    /// The event's place in its stream.
    pub sequence: i64,
    /// When it was decided.
    pub recorded_at: DateTime<Utc>,
    /// The event's id.
    pub event_id: Uuid,
    /// The command that caused it.
    pub command_id: Uuid,
    /// Who asked, and why.
    pub metadata: Metadata,
    /// What happened.
    pub fact: Fact,
}

/// Reads stored events.
pub struct Decoder {
    upcasters: Vec<Box<dyn EventUpcaster>>,
}

/// What decoding needs of a stored event.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// The stream's type.
    pub aggregate_type: &'a str,
    /// The stream's id.
    pub aggregate_id: &'a str,
    /// The event's place in its stream.
    pub sequence: i64,
    /// The event's name.
    pub event_type: &'a str,
    /// The version of the payload's shape.
    pub event_version: &'a str,
    /// The payload's bytes.
    pub payload: &'a str,
}

impl<'a> From<&'a RawEvent> for Stored<'a> {
    fn from(raw: &'a RawEvent) -> Self {
        Self {
            aggregate_type: &raw.aggregate_type,
            aggregate_id: &raw.aggregate_id,
            sequence: raw.sequence,
            event_type: &raw.event_type,
            event_version: &raw.event_version,
            payload: &raw.payload,
        }
    }
}

impl<'a> From<&'a StreamRow> for Stored<'a> {
    fn from(row: &'a StreamRow) -> Self {
        Self {
            aggregate_type: &row.aggregate_type,
            aggregate_id: &row.aggregate_id,
            sequence: row.sequence,
            event_type: &row.event_type,
            event_version: &row.event_version,
            payload: &row.payload,
        }
    }
}

impl Decoder {
    /// A decoder with these upcasters, in the order they apply.
    pub fn new(upcasters: Vec<Box<dyn EventUpcaster>>) -> Self {
        Self { upcasters }
    }

    /// The upcasters, in the order they apply.
    pub fn upcasters(&self) -> &[Box<dyn EventUpcaster>] {
        &self.upcasters
    }

    /// Reads one event of a known aggregate.
    pub fn event<E: Event>(&self, stored: &Stored<'_>) -> Result<E, String> {
        if self.upcasters.iter().any(|one| one.can_upcast(stored.event_type, stored.event_version)) {
            self.upcast(stored)
        } else {
            serde_json::from_str(stored.payload).map_err(|error| error.to_string())
        }
    }

    /// Reads one event of any aggregate.
    pub fn recorded(&self, raw: &RawEvent) -> Result<Recorded, String> {
        Ok(Recorded {
            position: raw.position,
            sequence: raw.sequence,
            recorded_at: raw.recorded_at,
            event_id: raw.event_id,
            command_id: raw.command_id,
            metadata: serde_json::from_str(&raw.metadata).map_err(|error| error.to_string())?,
            fact: self.fact(&Stored::from(raw))?,
        })
    }

    /// Reads what happened, of any aggregate.
    pub(crate) fn fact(&self, stored: &Stored<'_>) -> Result<Fact, String> {
        let parse = Reader { decoder: self, stored };
        Fact::read(stored.aggregate_type, stored.aggregate_id, stored.payload, &parse)
            .map_err(|error| error.to_string())
    }

    fn upcast<E: Event>(&self, stored: &Stored<'_>) -> Result<E, String> {
        let payload = serde_json::from_str(stored.payload).map_err(|error| error.to_string())?;
        let mut event = SerializedEvent::new(
            stored.aggregate_id.to_owned(),
            usize::try_from(stored.sequence).unwrap_or_default(),
            stored.aggregate_type.to_owned(),
            stored.event_type.to_owned(),
            stored.event_version.to_owned(),
            payload,
            serde_json::Value::Null,
        );
        for upcaster in &self.upcasters {
            if upcaster.can_upcast(&event.event_type, &event.event_version) {
                event = upcaster.upcast(event);
            }
        }
        serde_json::from_value(event.payload).map_err(|error| error.to_string())
    }
}

/// Parses the payload of one stored event: its name and version decide whether an upcaster applies.
struct Reader<'a> {
    decoder: &'a Decoder,
    stored: &'a Stored<'a>,
}

impl Parse for Reader<'_> {
    fn parse<E: Event>(&self, payload: &str) -> Result<E, String> {
        self.decoder.event(&Stored { payload, ..*self.stored })
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("upcasters", &self.upcasters.len()).finish()
    }
}
