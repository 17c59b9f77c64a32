//! What is not in memory is fetched beside the loop: several streams and receipts with one query each, while other
//! commands go on.

use std::collections::HashMap;

use futures::FutureExt;
use uuid::Uuid;

use super::{
    Fault,
    batcher::Batcher,
    cache::{State, StreamKey},
    desk::Wanted,
    pending::Request,
};
use crate::{
    decode::Stored,
    log::{Log, StoredReceipt, StreamRow},
};

/// Loads that may run at the same time.
const MAX_LOADS: usize = 4;

/// A command and the streams it waits for; with none, it waits to hear whether it ran before.
pub(super) struct Waiting {
    pub request: Request,
    pub wanted: Vec<Wanted>,
}

/// What a load brought.
pub(super) struct Loaded {
    id: u64,
    generation: u64,
    found: Result<Found, Fault>,
}

struct Found {
    states: Vec<Folded>,
    receipts: Vec<StoredReceipt>,
}

struct Folded {
    key: StreamKey,
    state: Result<(Box<dyn State>, i64), String>,
}

/// What a load is asked for.
struct Order {
    commands: Vec<Uuid>,
    streams: Vec<Stream>,
}

struct Stream {
    key: StreamKey,
    id: String,
    absent: fn() -> Box<dyn State>,
}

impl Batcher {
    /// Fetches what the waiting commands want, unless enough is being fetched already.
    pub(super) fn start_load(&mut self) {
        if self.waiting.is_empty() || self.loads.len() >= MAX_LOADS || self.down {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        let commands = waiting.iter().map(|one| one.request.command.id).collect();
        let mut streams: HashMap<StreamKey, Stream> = HashMap::new();
        for Wanted { key, id, absent, .. } in waiting.iter().flat_map(|one| &one.wanted) {
            streams.entry(*key).or_insert_with(|| Stream { key: *key, id: id.clone(), absent: *absent });
        }
        let order = Order { commands, streams: streams.into_values().collect() };
        self.load_count += 1;
        let (id, generation) = (self.load_count, self.generation);
        self.loads.insert(id, waiting);
        let task = tokio::spawn(fetch(self.log.clone(), order));
        let loaded = async move {
            let found = match task.await {
                Ok(found) => found,
                Err(_) => Err(Fault::Unreadable("a stored event broke its fold".to_owned())),
            };
            Loaded { id, generation, found }
        };
        self.loading.push(loaded.boxed());
    }

    /// Puts what was fetched into the cache and lets the commands go on.
    pub(super) fn settle_load(&mut self, loaded: Loaded) {
        let waiting = self.loads.remove(&loaded.id).unwrap_or_default();
        match loaded.found {
            Err(fault) => {
                for one in waiting {
                    self.answer(one.request, Err(fault.clone()));
                }
            }
            // The cache was emptied meanwhile: what was read may be older than what it knows now.
            Ok(_) if loaded.generation != self.generation => {
                for one in waiting.into_iter().rev() {
                    self.again(one.request);
                }
            }
            Ok(found) => self.resume(waiting, found),
        }
        if self.loads.is_empty() {
            self.news_while_loading.clear();
        }
    }

    fn resume(&mut self, waiting: Vec<Waiting>, found: Found) {
        let mut unreadable = HashMap::new();
        for folded in found.states {
            match folded.state {
                Ok((state, version)) => self.keep(folded.key, state, version),
                Err(why) => {
                    unreadable.insert(folded.key, why);
                }
            }
        }
        let receipts: HashMap<_, _> =
            found.receipts.iter().map(|stored| (stored.command_id, stored)).collect();
        for Waiting { request, wanted } in waiting.into_iter().rev() {
            if let Some(stored) = receipts.get(&request.command.id) {
                self.replay(request, stored);
            } else if let Some(why) = wanted.iter().find_map(|one| unreadable.get(&one.key)) {
                self.answer(request, Err(Fault::Unreadable(why.clone())));
            } else {
                self.redo.push_front(request);
            }
        }
    }

    /// Caches a loaded state, brought up to what other nodes appended while it was being loaded.
    fn keep(&mut self, key: StreamKey, state: Box<dyn State>, version: i64) {
        if self.cache.knows(&key) {
            return;
        }
        self.cache.insert(key, state, version);
        for raw in &self.news_while_loading {
            if self.cache.key(&raw.aggregate_type, &raw.aggregate_id) == Some(key) {
                self.cache.apply_foreign(&key, self.log.decoder(), &Stored::from(raw));
            }
        }
    }

    /// Has a command decided again, before any new one.
    pub(super) fn again(&mut self, mut request: Request) {
        request.attempts += 1;
        request.is_new = false;
        self.redo.push_front(request);
    }
}

async fn fetch(log: Log, order: Order) -> Result<Found, Fault> {
    let unavailable = |error: sqlx::Error| Fault::Unavailable(error.to_string());
    let keys: Vec<(&str, String)> =
        order.streams.iter().map(|stream| (stream.key.aggregate_type, stream.id.clone())).collect();
    let database = log.database();
    let receipts = database.receipts(&order.commands).await.map_err(unavailable)?;
    let rows = if keys.is_empty() { vec![] } else { database.streams(&keys).await.map_err(unavailable)? };
    let mut streams: HashMap<(&str, &str), Vec<&StreamRow>> = HashMap::new();
    for row in &rows {
        streams.entry((&row.aggregate_type, &row.aggregate_id)).or_default().push(row);
    }
    let states = order.streams.iter().map(|Stream { key, id, absent }| {
        let rows = streams.get(&(key.aggregate_type, id.as_str())).map(Vec::as_slice).unwrap_or_default();
        Folded { key: *key, state: fold(&log, absent(), rows) }
    });
    let states = states.collect();
    Ok(Found { states, receipts })
}

fn fold(log: &Log, mut state: Box<dyn State>, rows: &[&StreamRow]) -> Result<(Box<dyn State>, i64), String> {
    let mut version = 0;
    for row in rows {
        let refused = |why| format!("{} {}: {why}", row.aggregate_id, row.sequence);
        state.fold(log.decoder(), &Stored::from(*row)).map_err(refused)?;
        version = row.sequence;
    }
    Ok((state, version))
}
