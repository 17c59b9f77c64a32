//! One order as one file: every event that belongs to it as stored, what each posted, a proof of each, and the signed
//! checkpoint they lead to. Whoever has the public key checks it without us.
//!
//! What belongs to an order: its own stream; the streams that were begun for it (payments, holds …), found because they
//! changed together with one of its events; and of other streams (products, sellers) the events that changed together
//! with it and name it. A file proves what is in it. That nothing was left out shows in whole streams, whose sequences
//! have no gap, and only up to their last event in the file.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Fact,
    id::OrderId,
    ledger::{Side, entries},
    order::Order,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    leaf::{Hash, LeafFields, LeafHasher},
    note::{BadCheckpoint, SealVerifier},
    prove::{self, NoProof, is_included},
    related,
};
use crate::{
    Log,
    decode::{Decoder, Stored},
    log::RawEvent,
};

/// What the file calls its form.
const FORMAT: &str = "escrow/export/v1";

/// One order as one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    format: String,
    order_id: OrderId,
    /// The signed checkpoint.
    checkpoint: String,
    events: Vec<ExportedEvent>,
    postings: Vec<Posting>,
}

/// One event with its proof. Payload and metadata are texts: their very bytes are in the leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportedEvent {
    position: i64,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    event_type: String,
    event_version: String,
    payload: String,
    metadata: String,
    event_id: Uuid,
    command_id: Uuid,
    recorded_at: DateTime<Utc>,
    #[serde(with = "hexed")]
    leaf: Hash,
    #[serde(with = "hexed::many")]
    proof: Vec<Hash>,
}

/// What one event posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Posting {
    position: i64,
    entries: Vec<PostedEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PostedEntry {
    account: String,
    side: Side,
    amount: i64,
    currency: String,
}

/// An export that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Whose.
    pub order_id: OrderId,
    /// How many events.
    pub events: usize,
    /// How many of them posted something.
    pub postings: usize,
    /// Which log.
    pub origin: String,
    /// How many events the log had when it was signed.
    pub size: i64,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum NotExported {
    /// No such order.
    #[error("there is no such order")]
    UnknownOrder,
    /// The sealer has not come so far.
    #[error("the order's last event is at position {position}, and the log is sealed up to {sealed}")]
    NotSealedYet {
        /// The last event.
        position: i64,
        /// How far the log is sealed.
        sealed: i64,
    },
    /// No proof.
    #[error(transparent)]
    NoProof(#[from] NoProof),
    /// An event that this program does not understand.
    #[error("the event at position {position} cannot be read: {why}")]
    Unreadable {
        /// Where.
        position: i64,
        /// What does not fit.
        why: String,
    },
}

/// Why a file is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadExport {
    /// Not an export.
    #[error("this is not an export: {0}")]
    Form(String),
    /// Its checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// One of its events.
    #[error("position {position}: {why}")]
    Event {
        /// The first bad position.
        position: i64,
        /// What is wrong there.
        why: BadEvent,
    },
}

/// What can be wrong with an event of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEvent {
    /// The fields do not hash to the leaf.
    #[error("the event was altered: it does not hash to its leaf")]
    Altered,
    /// The proof does not lead to the checkpoint.
    #[error("the proof does not lead to the checkpoint: the event is not in that log")]
    NotIncluded,
    /// Events are in the order of the log, each once.
    #[error("the event is out of order")]
    OutOfOrder,
    /// An event of a whole stream is not there.
    #[error("an event of the same stream is missing before it")]
    Gap,
    /// The payload is not the event it is said to be.
    #[error("the payload is not that of its event")]
    Unreadable,
    /// The postings are not those that follow from the event.
    #[error("what was posted does not follow from the event")]
    Posting,
}

/// Puts together all that belongs to an order.
pub async fn export_order(log: &Log, order_id: OrderId) -> Result<Export, NotExported> {
    let events = related::events(log, order_id).await.map_err(NoProof::from)?;
    let last = events.last().ok_or(NotExported::UnknownOrder)?.position;
    let tree = match prove::root(log, None).await {
        Err(NoProof::NothingSealed) => return Err(NotExported::NotSealedYet { position: last, sealed: 0 }),
        tree => tree?,
    };
    if tree.size < last {
        return Err(NotExported::NotSealedYet { position: last, sealed: tree.size });
    }
    let (mut exported, mut postings) = (vec![], vec![]);
    for event in events {
        let fact = log.decoder().recorded(&event).map(|recorded| recorded.fact);
        let fact = fact.map_err(|why| NotExported::Unreadable { position: event.position, why })?;
        postings.extend(posting(event.position, &fact));
        let proof = prove::path_of(log, &event.leaf, (event.position, &tree)).await?;
        exported.push(ExportedEvent::new(event, proof));
    }
    let checkpoint = tree.note.ok_or(NoProof::Altered)?;
    Ok(Export { format: FORMAT.to_owned(), order_id, checkpoint, events: exported, postings })
}

impl Export {
    /// Reads a file.
    pub fn read(text: &str) -> Result<Self, BadExport> {
        serde_json::from_str(text).map_err(|error| BadExport::Form(error.to_string()))
    }

    /// Checks everything that the file says, with nothing but the public key.
    pub fn check(&self, key: &SealVerifier) -> Result<Checked, BadExport> {
        if self.format != FORMAT {
            return Err(BadExport::Form(format!("its form is {:?}, not {FORMAT:?}", self.format)));
        }
        let checkpoint = key.open(&self.checkpoint)?;
        let (mut hasher, decoder) = (LeafHasher::default(), Decoder::new(vec![]));
        let (mut before, mut postings) = (0, vec![]);
        for event in &self.events {
            let bad = |why| BadExport::Event { position: event.position, why };
            if event.position <= before {
                return Err(bad(BadEvent::OutOfOrder));
            }
            before = event.position;
            if hasher.leaf(&event.fields()) != event.leaf {
                return Err(bad(BadEvent::Altered));
            }
            if !is_included(&event.proof, &checkpoint, event.position, &event.leaf) {
                return Err(bad(BadEvent::NotIncluded));
            }
            let fact = decoder.fact(&event.stored()).map_err(|_| bad(BadEvent::Unreadable))?;
            postings.extend(posting(event.position, &fact));
        }
        self.check_streams()?;
        self.check_postings(&postings)?;
        Ok(Checked {
            order_id: self.order_id,
            events: self.events.len(),
            postings: postings.len(),
            origin: checkpoint.origin,
            size: checkpoint.size,
        })
    }

    /// The order's own stream is there from its beginning, and whatever stream is begun has no gap.
    fn check_streams(&self) -> Result<(), BadExport> {
        let mut streams: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for event in &self.events {
            let stream = (event.aggregate_type.as_str(), event.aggregate_id.as_str());
            let next = streams.get(&stream).map_or(1, |last| last + 1);
            if event.sequence == next {
                streams.insert(stream, next);
            } else if next > 1 {
                return Err(BadExport::Event { position: event.position, why: BadEvent::Gap });
            }
        }
        let own = (<Order as domain::Aggregate>::TYPE, self.order_id.to_string());
        if streams.contains_key(&(own.0, own.1.as_str())) {
            return Ok(());
        }
        Err(BadExport::Form("the order's own events are not in it from the first on".to_owned()))
    }

    fn check_postings(&self, expected: &[Posting]) -> Result<(), BadExport> {
        if self.postings == expected {
            return Ok(());
        }
        let pairs = self.postings.iter().zip(expected);
        let differing = pairs.filter(|(said, follows)| said != follows).map(|(_, follows)| follows.position);
        let missing = expected.get(self.postings.len()).map(|posting| posting.position);
        let surplus = self.postings.get(expected.len()).map(|posting| posting.position);
        let first = differing.chain(missing).chain(surplus).min().unwrap_or_default();
        Err(BadExport::Event { position: first, why: BadEvent::Posting })
    }
}

impl ExportedEvent {
    fn new(raw: RawEvent, proof: Vec<Hash>) -> Self {
        Self {
            position: raw.position,
            aggregate_type: raw.aggregate_type,
            aggregate_id: raw.aggregate_id,
            sequence: raw.sequence,
            event_type: raw.event_type,
            event_version: raw.event_version,
            payload: raw.payload,
            metadata: raw.metadata,
            event_id: raw.event_id,
            command_id: raw.command_id,
            recorded_at: raw.recorded_at,
            leaf: raw.leaf,
            proof,
        }
    }

    fn fields(&self) -> LeafFields<'_> {
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

    fn stored(&self) -> Stored<'_> {
        Stored {
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
        }
    }
}

fn posting(position: i64, fact: &Fact) -> Option<Posting> {
    let entry = |entry: &domain::ledger::Entry| PostedEntry {
        account: entry.account.to_string(),
        side: entry.side,
        amount: entry.amount.amount,
        currency: entry.amount.currency.to_string(),
    };
    let entries: Vec<PostedEntry> = entries(fact).iter().map(entry).collect();
    (!entries.is_empty()).then_some(Posting { position, entries })
}

/// Hashes in lower-case hexadecimal.
mod hexed {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::audit::{Hash, hex};

    pub(super) fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::text(hash))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(from)?;
        hex::hash(&text).ok_or_else(|| D::Error::custom("64 hexadecimal digits are wanted"))
    }

    pub(super) mod many {
        use serde::{Deserialize, Deserializer, Serializer, de::Error};

        use crate::audit::{Hash, hex};

        pub(in super::super) fn serialize<S: Serializer>(hashes: &[Hash], to: S) -> Result<S::Ok, S::Error> {
            to.collect_seq(hashes.iter().map(|hash| hex::text(hash)))
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Vec<Hash>, D::Error> {
            let texts = Vec::<String>::deserialize(from)?;
            let hashes: Option<Vec<Hash>> = texts.iter().map(|text| hex::hash(text)).collect();
            hashes.ok_or_else(|| D::Error::custom("64 hexadecimal digits are wanted"))
        }
    }
}
