//! Replays: every event of the log, of a type or of a stretch, read by one of three readers.
//!
//! Ours goes by position and decodes what it prints. cqrs-es' `QueryReplay` runs over our repository, and over
//! postgres-es' own, which reads the same table and knows nothing of us. A tally that does not depend on the order
//! (postgres-es orders by sequence) says whether they saw the same.

use std::sync::{Arc, Mutex, PoisonError};

use cqrs_es::{
    EventEnvelope, Query,
    persist::{PersistedEventRepository, QueryReplay},
};
use domain::{Aggregate, Event, fact::Visit};
use futures::future::BoxFuture;
use postgres_es::PostgresEventRepository;
use sha2::{Digest, Sha256};

use super::NoPast;
use crate::{
    Log,
    cqrs::{Folded, LogRepository},
    decode::{Decoder, Stored},
    log::{Database, RawEvent},
};

/// Events of one page.
const PAGE: usize = 2_000;

/// Which events.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    /// Of this type only.
    pub aggregate_type: Option<String>,
    /// After this position.
    pub after: i64,
    /// Up to this one; to the log's end where nothing is said.
    pub upto: Option<i64>,
}

/// How many events were seen, and a sum over all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub events: u64,
    /// The sum of their digests: the same events in any order lead to the same sum.
    pub sum: u128,
}

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// `cqrs_es::persist::QueryReplay` over our repository.
    CqrsEs,
    /// The same over postgres-es' repository.
    PostgresEs,
}

impl Tally {
    fn add(&mut self, (id, sequence): (&str, i64), event: &impl Event) -> Result<(), String> {
        let payload = serde_json::to_string(event).map_err(|error| error.to_string())?;
        let mut digest = Sha256::new();
        for part in [id, &sequence.to_string(), event.name(), event.version(), &payload] {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let digest: [u8; 32] = digest.finalize().into();
        let (half, _) = digest.split_first_chunk::<16>().ok_or("a digest has 32 bytes")?;
        self.events += 1;
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(*half));
        Ok(())
    }
}

/// Replays with our reader; each event is decoded and handed to `seen`, a page at a time in memory. `seen` says
/// whether to go on.
pub async fn ours(
    log: &Log,
    stretch: &Stretch,
    mut seen: impl FnMut(&RawEvent) -> bool,
) -> Result<Tally, NoPast> {
    let (feed, head) = (log.feed(), log.head().await?.position);
    if let Some(asked) = stretch.upto.filter(|upto| *upto > head) {
        return Err(NoPast::Beyond { asked, head });
    }
    if let Some(unknown) =
        stretch.aggregate_type.as_ref().filter(|name| domain::fact::visit(name, Known).is_none())
    {
        return Err(NoPast::UnknownType(unknown.clone()));
    }
    let upto = stretch.upto.unwrap_or(head);
    let (mut tally, mut position) = (Tally::default(), stretch.after.max(0));
    while position < upto {
        let limit = usize::try_from(upto - position).map_or(PAGE, |left| left.min(PAGE));
        let page = feed.raw_after(position, limit).await.map_err(|error| match error {
            crate::FeedError::Unavailable(error) => NoPast::Unavailable(error),
            crate::FeedError::Unreadable { position, why } => NoPast::Unreadable { position, why },
        })?;
        let Some(last) = page.last().map(|event| event.position) else { break };
        for event in &page {
            if stretch.aggregate_type.as_ref().is_some_and(|wanted| *wanted != event.aggregate_type) {
                continue;
            }
            tally_raw(&mut tally, log.decoder(), event)?;
            if !seen(event) {
                return Ok(tally);
            }
        }
        position = last;
    }
    Ok(tally)
}

/// Decodes one event and adds it.
pub fn tally_raw(tally: &mut Tally, decoder: &Decoder, event: &RawEvent) -> Result<(), NoPast> {
    let unreadable = |why| NoPast::Unreadable { position: event.position, why };
    domain::fact::visit(&event.aggregate_type, Add { tally, decoder, event })
        .ok_or_else(|| NoPast::UnknownType(event.aggregate_type.clone()))?
        .map_err(unreadable)
}

/// Replays every event of these types, or of one aggregate, through the library.
pub async fn through(log: &Log, reader: Through, types: &[&str], id: Option<&str>) -> Result<Tally, String> {
    let sum = Arc::new(Mutex::new(Ok(Tally::default())));
    for aggregate_type in types {
        let visit = Replay { log, reader, id, sum: sum.clone() };
        let replaying = domain::fact::visit(aggregate_type, visit);
        replaying.ok_or_else(|| format!("there is no aggregate type {aggregate_type:?}"))?.await?;
    }
    let sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
    sum.clone()
}

struct Known;

impl Visit for Known {
    type Out = ();
    fn visit<A: Aggregate>(self) {}
}

struct Add<'a> {
    tally: &'a mut Tally,
    decoder: &'a Decoder,
    event: &'a RawEvent,
}

impl Visit for Add<'_> {
    type Out = Result<(), String>;
    fn visit<A: Aggregate>(self) -> Result<(), String> {
        let event: A::Event = self.decoder.event(&Stored::from(self.event))?;
        self.tally.add((&self.event.aggregate_id, self.event.sequence), &event)
    }
}

type Sum = Arc<Mutex<Result<Tally, String>>>;

struct Replay<'a> {
    log: &'a Log,
    reader: Through,
    id: Option<&'a str>,
    sum: Sum,
}

impl<'a> Visit for Replay<'a> {
    type Out = BoxFuture<'a, Result<(), String>>;
    fn visit<A: Aggregate>(self) -> Self::Out {
        Box::pin(async move {
            match (self.reader, self.log.database()) {
                (Through::CqrsEs, _) => {
                    run::<A>(LogRepository::new(self.log.clone()), self.id, self.sum).await
                }
                (Through::PostgresEs, Database::Postgres(pool)) => {
                    run::<A>(PostgresEventRepository::new(pool.clone()), self.id, self.sum).await
                }
                (Through::PostgresEs, Database::Sqlite(_)) => {
                    Err("postgres-es reads PostgreSQL only, and this log is in SQLite".to_owned())
                }
            }
        })
    }
}

async fn run<A: Aggregate>(
    repository: impl PersistedEventRepository,
    id: Option<&str>,
    sum: Sum,
) -> Result<(), String> {
    let mut replay = QueryReplay::<_, _, Folded<A>>::new(repository, Adding(sum.clone()));
    // Without it the library passes over what it cannot read.
    replay.use_error_handler(Box::new(move |error| {
        *sum.lock().unwrap_or_else(PoisonError::into_inner) = Err(error.to_string());
    }));
    let replayed = match id {
        Some(id) => replay.replay(id).await,
        None => replay.replay_all().await,
    };
    replayed.map_err(|error| error.to_string())
}

struct Adding(Sum);

#[async_trait::async_trait]
impl<A: Aggregate> Query<Folded<A>> for Adding {
    async fn dispatch(&self, aggregate_id: &str, events: &[EventEnvelope<Folded<A>>]) {
        let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            let sequence = i64::try_from(event.sequence).unwrap_or(i64::MAX);
            let added = match &mut *sum {
                Ok(tally) => tally.add((aggregate_id, sequence), &event.payload.0),
                Err(_) => return,
            };
            if let Err(why) = added {
                *sum = Err(why);
            }
        }
    }
}
