//! Commands on their way: waiting, decided, in a draft of a batch.

use std::{collections::HashSet, ops::Range};

use serde_json::value::RawValue;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Command, Decide, Fault, Receipt, cache::StreamKey};
use crate::log::{
    Head,
    batch::{Batch, MAX_BYTES, MAX_COMMANDS, MAX_EVENTS},
};

/// Commands in one generation of [`Recent`]; there are two.
const GENERATION: usize = 50_000;

/// A command that waits for its answer.
pub(super) struct Request {
    pub command: Command,
    pub decide: Decide,
    pub answer: oneshot::Sender<Result<Receipt, Fault>>,
    /// How often it was decided in vain.
    pub attempts: u32,
    /// How often it asked for what was not in memory.
    pub misses: u32,
    /// Whether its id was looked for among the receipts, and not found.
    pub is_new: bool,
    /// Whether its id is noted as being under way.
    pub admitted: bool,
}

impl Request {
    pub fn new(command: Command, decide: Decide, answer: oneshot::Sender<Result<Receipt, Fault>>) -> Self {
        Self { command, decide, answer, attempts: 0, misses: 0, is_new: false, admitted: false }
    }
}

/// A command whose decision is in a draft.
pub(super) struct Decided {
    pub request: Request,
    pub outcome: Box<RawValue>,
    /// The position it is answered with.
    pub position: i64,
    /// The streams its decision read or wrote.
    pub touched: Vec<StreamKey>,
    /// Those it wrote, once for each pin it holds.
    pub pinned: Vec<StreamKey>,
    pub events: Range<usize>,
    pub receipt: Option<usize>,
}

/// A batch and the commands in it.
pub(super) struct Draft {
    pub batch: Batch,
    pub decided: Vec<Decided>,
    /// Full, although the counts do not say so.
    pub closed: bool,
}

impl Draft {
    pub fn after(head: Head) -> Self {
        Self { batch: Batch::after(head), decided: vec![], closed: false }
    }

    /// The draft that continues this one, with as much room.
    pub fn following(&self) -> Self {
        let decided = Vec::with_capacity(self.decided.len());
        Self { batch: self.batch.following(), decided, closed: false }
    }

    pub fn has_room(&self) -> bool {
        !self.closed
            && self.decided.len() < MAX_COMMANDS
            && self.batch.events().len() < MAX_EVENTS
            && self.batch.bytes() < MAX_BYTES
    }

    /// Whether so many more events fit; any number fits into an empty batch.
    pub fn fits(&self, events: usize) -> bool {
        self.decided.is_empty() || self.batch.events().len() + events <= MAX_EVENTS
    }

    /// Takes over a decided command from another draft, with new positions.
    pub fn adopt(&mut self, from: &Batch, mut decided: Decided) {
        let start = self.batch.events().len();
        self.batch.adopt(from, decided.events, decided.receipt);
        decided.events = start..self.batch.events().len();
        decided.receipt = decided.receipt.map(|_| self.batch.receipts().len() - 1);
        decided.position = self.batch.last_position();
        self.decided.push(decided);
    }
}

/// The ids of commands that left a receipt not long ago. Whoever comes again with one of them is looked up first;
/// those that come again later cost their batch a conflict.
#[derive(Default)]
pub(super) struct Recent {
    young: HashSet<Uuid>,
    old: HashSet<Uuid>,
}

impl Recent {
    pub fn note(&mut self, command: Uuid) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(command);
    }

    pub fn has(&self, command: Uuid) -> bool {
        self.young.contains(&command) || self.old.contains(&command)
    }
}
