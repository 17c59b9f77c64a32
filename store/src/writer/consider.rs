//! One command: run its decision, and put what it says into the batch.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{
    Fault, Receipt,
    batcher::Batcher,
    cache::StreamKey,
    desk::{Desk, Missing},
    load::Waiting,
    pending::{Decided, Request},
    unit::{Decision, Unit},
};
use crate::log::{
    StoredReceipt,
    batch::{EventRow, ReceiptRow},
};

/// How often a command is decided again before its caller hears of it.
const MAX_ATTEMPTS: u32 = 1_000;

/// How often a command may ask for aggregates that are not in memory.
const MAX_MISSES: u32 = 1_000;

impl Batcher {
    /// Takes a command in. One whose id is under way waits for the first one's answer.
    pub(super) fn admit(&mut self, mut request: Request) {
        if !request.admitted {
            request.admitted = true;
            if let Some(followers) = self.active.get_mut(&request.command.id) {
                request.admitted = false;
                followers.push(request);
                return;
            }
            self.active.insert(request.command.id, vec![]);
        }
        self.consider(request);
    }

    fn consider(&mut self, mut request: Request) {
        loop {
            if self.down {
                return self.answer(request, Err(Fault::Unavailable("the database is down".to_owned())));
            }
            if request.attempts > MAX_ATTEMPTS {
                return self.answer(request, Err(Fault::Unavailable("too many conflicts".to_owned())));
            }
            if self.overtaken.remove(&request.command.id) {
                request.is_new = false;
            }
            if !request.is_new && self.recent.has(request.command.id) {
                request.is_new = true;
                self.waiting.push(Waiting { request, wanted: vec![] });
                return;
            }
            let desk = Desk::new(&self.cache, request.attempts == 0);
            let decided = catch_unwind(AssertUnwindSafe(|| (request.decide)(&desk)));
            let touched = desk.touched();
            let again = match decided {
                Ok(Ok(decision)) => self.take(request, decision, touched),
                Ok(Err(missing)) => self.miss(request, missing),
                Err(_) => {
                    return self.answer(request, Err(Fault::Refused("the decision broke down".to_owned())));
                }
            };
            match again {
                Some(same) => request = same,
                None => return,
            }
        }
    }

    /// Puts what is assumed to be absent into the cache; if that is not all, the command waits for a load.
    fn miss(&mut self, mut request: Request, missing: Missing) -> Option<Request> {
        request.misses += 1;
        if request.misses > MAX_MISSES {
            let why = "the decision asks for other aggregates each time it runs";
            self.answer(request, Err(Fault::Refused(why.to_owned())));
            return None;
        }
        let (assumed, wanted): (Vec<_>, Vec<_>) =
            missing.wanted.into_iter().partition(|wanted| wanted.assume);
        for stream in assumed {
            self.cache.assume(stream.key, (stream.absent)());
        }
        if wanted.is_empty() {
            return Some(request);
        }
        request.is_new = true;
        self.waiting.push(Waiting { request, wanted });
        None
    }

    fn take(&mut self, mut request: Request, decision: Decision, touched: Vec<StreamKey>) -> Option<Request> {
        let Decision { unit, outcome } = decision;
        let wanted = unit.unseen(&self.cache, request.attempts == 0);
        if !wanted.is_empty() {
            return self.miss(request, Missing { wanted });
        }
        let stale = self.stale(&unit);
        let writes = stale.is_none() && (request.command.keep || !unit.is_empty());
        // What writes finds out by the receipts' key whether it ran before; what does not has to look.
        if !writes && !request.is_new {
            request.is_new = true;
            self.waiting.push(Waiting { request, wanted: vec![] });
        } else if let Some(fault) = stale {
            self.answer(request, Err(fault));
        } else if !self.next.fits(unit.len()) {
            self.next.closed = true;
            self.redo.push_front(request);
        } else {
            match self.write(&request, &unit) {
                Err(why) => self.answer(request, Err(Fault::Refused(why))),
                Ok(rows) => self.enter(request, &unit, rows, outcome, touched),
            }
        }
        None
    }

    /// Whether a member was decided at another version than its stream has.
    fn stale(&self, unit: &Unit) -> Option<Fault> {
        for (index, member) in unit.members.iter().enumerate() {
            let before = unit.members.iter().take(index).filter(|other| other.key == member.key);
            let ahead: usize = before.map(|other| other.events.count()).sum();
            let found = self.cache.version(&member.key).unwrap_or(0) + count(ahead);
            if found != member.version {
                let mut stream = String::new();
                member.events.write_id(&mut stream);
                return Some(Fault::Stale { stream, expected: member.version, found });
            }
        }
        None
    }

    /// Writes the texts of the unit's events into the batch's buffer, without adding them yet.
    fn write(&mut self, request: &Request, unit: &Unit) -> Result<Vec<EventRow>, String> {
        let command = &request.command;
        let batch = &mut self.next.batch;
        let mut rows = Vec::with_capacity(unit.len());
        if unit.is_empty() {
            return Ok(rows);
        }
        let metadata = serde_json::to_string(&command.metadata).map_err(|error| error.to_string())?;
        let metadata = batch.write(&metadata);
        let (mut id, mut payload) = (String::new(), vec![]);
        for member in &unit.members {
            id.clear();
            member.events.write_id(&mut id);
            let aggregate_id = batch.write(&id);
            for index in 0..member.events.count() {
                payload.clear();
                let (event_type, event_version) = member.events.write(index, &mut payload)?;
                let text = std::str::from_utf8(&payload).map_err(|error| error.to_string())?;
                rows.push(EventRow {
                    aggregate_type: member.key.aggregate_type,
                    aggregate_id: aggregate_id.clone(),
                    sequence: member.version + 1 + count(index),
                    event_type,
                    event_version,
                    payload: batch.write(text),
                    metadata: metadata.clone(),
                    event_id: ambient::fresh_id(),
                    command_id: command.id,
                    recorded_at: command.now,
                    position: 0,
                    leaf: [0; 32],
                });
            }
        }
        Ok(rows)
    }

    /// Adds the rows and the receipt to the batch and folds the events into the cache.
    fn enter(
        &mut self,
        request: Request,
        unit: &Unit,
        rows: Vec<EventRow>,
        outcome: Box<serde_json::value::RawValue>,
        mut touched: Vec<StreamKey>,
    ) {
        let mut pinned = vec![];
        for member in &unit.members {
            if !touched.contains(&member.key) {
                touched.push(member.key);
            }
            let events = member.events.count();
            if events > 0 {
                self.cache.evolve(&member.key, count(events), |state| member.events.evolve(state));
                pinned.push(member.key);
            }
        }
        let batch = &mut self.next.batch;
        let start = batch.events().len();
        let receipt = (request.command.keep || !rows.is_empty()).then(|| batch.receipts().len());
        for row in rows {
            batch.push_event(row);
        }
        let events = start..batch.events().len();
        if receipt.is_some() {
            let text = batch.write(outcome.get());
            batch.push_receipt(ReceiptRow {
                command_id: request.command.id,
                fingerprint: request.command.fingerprint,
                outcome: text,
                position: 0,
                recorded_at: request.command.now,
            });
        }
        let position = batch.last_position();
        self.next.decided.push(Decided { request, outcome, position, touched, pinned, events, receipt });
    }

    /// Answers a command that left no receipt; if it came again meanwhile, the next one takes its turn.
    pub(super) fn answer(&mut self, request: Request, answer: Result<Receipt, Fault>) {
        let followers = self.active.remove(&request.command.id).unwrap_or_default();
        self.overtaken.remove(&request.command.id);
        self.redo.extend(followers);
        // Whoever asked may have gone away.
        let _ = request.answer.send(answer);
    }

    /// Answers a command whose receipt is stored now, and those that came again meanwhile.
    pub(super) fn answer_kept(&mut self, request: Request, receipt: Receipt) {
        self.recent.note(request.command.id);
        self.overtaken.remove(&request.command.id);
        for follower in self.active.remove(&request.command.id).unwrap_or_default() {
            let same = follower.command.fingerprint == request.command.fingerprint;
            let again = Receipt { replayed: true, ..receipt.clone() };
            let _ = follower.answer.send(if same { Ok(again) } else { Err(Fault::KeyReused) });
        }
        let _ = request.answer.send(Ok(receipt));
    }

    /// Answers a command that ran before.
    pub(super) fn replay(&mut self, request: Request, stored: &StoredReceipt) {
        if stored.fingerprint == request.command.fingerprint {
            let outcome = stored.outcome.clone();
            self.answer_kept(request, Receipt { outcome, position: stored.position, replayed: true });
        } else {
            self.recent.note(request.command.id);
            self.answer(request, Err(Fault::KeyReused));
        }
    }
}

fn count(events: usize) -> i64 {
    i64::try_from(events).unwrap_or(i64::MAX)
}
