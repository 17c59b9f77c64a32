//! The one adapter to cqrs-es: its `Aggregate`, `DomainEvent`, `EventStore` and `PersistedEventRepository` over the
//! domain's aggregates and our log. A breaking release of the library costs this file.
//!
//! The library's snapshot and aggregate stores count every event of a command twice (`EventSink::write` applies it,
//! `commit` applies it again), so a state here refuses to be serialised: whoever tries a snapshot gets an error, not
//! a wrong balance.

use std::{collections::HashMap, fmt::Debug, marker::PhantomData};

use ambient::Clock;
use cqrs_es::{
    AggregateContext, AggregateError, DomainEvent, EventEnvelope, EventStore,
    event_sink::EventSink,
    persist::{
        PersistedEventRepository, PersistenceError, ReplayFeed, ReplayStream, SerializedEvent,
        SerializedSnapshot,
    },
};
use domain::Aggregate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

use crate::{Command, Decision, Desk, Fault, Log, Metadata, RawEvent, Stored, Unit, Writer};

/// Events per page of a replay, and the most a replay keeps ready.
const PAGE: i64 = 1_000;
const READY: usize = 200;
/// What the writer is told when the version has moved on.
const CONFLICT: &str = "false";

/// A domain aggregate, for cqrs-es.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folded<A>(pub A);

/// A domain event, for cqrs-es. Serialised it is the event itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound(deserialize = "E: DeserializeOwned"))]
pub struct Happened<E>(pub E);

/// A decision as cqrs-es runs it: one of the aggregate's verbs with its arguments.
pub type Ask<A> = Box<
    dyn FnOnce(&A) -> Result<Vec<<A as Aggregate>::Event>, Box<dyn std::error::Error + Send + Sync>> + Send,
>;

/// What an aggregate said no to.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Refusal(pub Box<dyn std::error::Error + Send + Sync>);

impl<A> Serialize for Folded<A> {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("a state is folded from events and never stored"))
    }
}

impl<'de, A> Deserialize<'de> for Folded<A> {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("a state is folded from events and never stored"))
    }
}

impl<E: domain::Event> DomainEvent for Happened<E> {
    fn event_type(&self) -> String {
        self.0.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.0.version().to_owned()
    }
}

impl<A: Aggregate> cqrs_es::Aggregate for Folded<A> {
    const TYPE: &'static str = A::TYPE;
    type Command = Ask<A>;
    type Event = Happened<A::Event>;
    type Error = Refusal;
    type Services = ();

    async fn handle(&mut self, ask: Ask<A>, (): &(), sink: &EventSink<Self>) -> Result<(), Refusal> {
        for event in ask(&self.0).map_err(Refusal)? {
            sink.write(Happened(event), self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Happened<A::Event>) {
        self.0.evolve(&event.0);
    }
}

/// cqrs-es's event store over our log: reads from it, commits through the writer.
#[derive(Debug, Clone)]
pub struct LogStore<A> {
    writer: Writer,
    clock: Clock,
    aggregate: PhantomData<fn() -> A>,
}

/// An aggregate that was loaded to decide on.
#[derive(Debug)]
pub struct Loaded<A: Aggregate> {
    id: A::Id,
    version: i64,
    state: Folded<A>,
}

impl<A: Aggregate> AggregateContext<Folded<A>> for Loaded<A> {
    fn aggregate(&mut self) -> &mut Folded<A> {
        &mut self.state
    }
}

impl<A: Aggregate> LogStore<A> {
    /// A store that appends through `writer` at the time of `clock`.
    pub fn new(writer: Writer, clock: Clock) -> Self {
        Self { writer, clock, aggregate: PhantomData }
    }
}

impl<A: Aggregate> EventStore<Folded<A>> for LogStore<A> {
    type AC = Loaded<A>;

    async fn load_events(&self, id: &str) -> Result<Vec<EventEnvelope<Folded<A>>>, AggregateError<Refusal>> {
        let log = self.writer.log();
        let rows = log.database().stream(A::TYPE, id, 0, i64::MAX).await.map_err(connection)?;
        let envelopes = rows.iter().map(|row| envelope::<A>(log, row));
        Ok(envelopes.collect::<Result<_, PersistenceError>>()?)
    }

    async fn load_aggregate(&self, id: &str) -> Result<Loaded<A>, AggregateError<Refusal>> {
        let id: A::Id = id.parse().map_err(|error| AggregateError::UnexpectedError(Box::new(error)))?;
        let (state, version) = self.writer.load::<A>(id).await.map_err(refused)?;
        Ok(Loaded { id, version, state: Folded(state) })
    }

    async fn commit(
        &self,
        events: Vec<Happened<A::Event>>,
        context: Loaded<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Folded<A>>>, AggregateError<Refusal>> {
        let Loaded { id, version, .. } = context;
        let command = command(&metadata, self.clock.now());
        let decided: Vec<A::Event> = events.iter().map(|event| event.0.clone()).collect();
        let decide = move |desk: &Desk<'_>| {
            let mut unit = Unit::new();
            let (_, found) = desk.get::<A>(id)?;
            if found == version {
                unit.record::<A>(id, version, decided.clone());
            }
            let outcome = if found == version { RawValue::NULL } else { RawValue::FALSE };
            Ok(Decision { unit, outcome: outcome.to_owned() })
        };
        let receipt = self.writer.submit(command, Box::new(decide)).await.map_err(refused)?;
        if receipt.outcome.get() == CONFLICT {
            return Err(AggregateError::AggregateConflict);
        }
        let first = usize::try_from(version).unwrap_or_default() + 1;
        let envelopes = (first..).zip(events).map(|(sequence, payload)| EventEnvelope {
            aggregate_id: id.to_string(),
            sequence,
            payload,
            metadata: metadata.clone(),
        });
        Ok(envelopes.collect())
    }
}

/// cqrs-es's repository over our log, for replays. It cannot append: positions are the writer's.
#[derive(Debug, Clone)]
pub struct LogRepository(Log);

impl LogRepository {
    /// Reads `log`.
    pub fn new(log: Log) -> Self {
        Self(log)
    }
}

impl PersistedEventRepository for LogRepository {
    async fn get_events<A: cqrs_es::Aggregate>(
        &self,
        id: &str,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        self.get_last_events::<A>(id, 0).await
    }

    async fn get_last_events<A: cqrs_es::Aggregate>(
        &self,
        id: &str,
        last_sequence: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        let after = i64::try_from(last_sequence).unwrap_or(i64::MAX);
        let rows = self.0.database().stream(A::TYPE, id, after, i64::MAX).await.map_err(connection)?;
        rows.iter().map(serialized).collect()
    }

    async fn get_snapshot<A: cqrs_es::Aggregate>(
        &self,
        _id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Ok(None)
    }

    async fn persist<A: cqrs_es::Aggregate>(
        &self,
        _events: &[SerializedEvent],
        _snapshot: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        Err(PersistenceError::UnknownError("the log is appended to by its writer only".into()))
    }

    async fn stream_events<A: cqrs_es::Aggregate>(&self, id: &str) -> Result<ReplayStream, PersistenceError> {
        let (mut feed, stream) = ReplayStream::new(READY);
        let (log, id) = (self.0.clone(), id.to_owned());
        tokio::spawn(async move {
            let mut after = 0;
            loop {
                let page = log.database().stream(A::TYPE, &id, after, PAGE).await;
                let last = page.as_ref().ok().and_then(|rows| rows.last()).map(|row| row.sequence);
                let listening = push(&mut feed, page, A::TYPE).await;
                let Some(last) = last.filter(|_| listening) else { return };
                after = last;
            }
        });
        Ok(stream)
    }

    async fn stream_all_events<A: cqrs_es::Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        let (mut feed, stream) = ReplayStream::new(READY);
        let log = self.0.clone();
        tokio::spawn(async move {
            let mut after = 0;
            loop {
                let page = log.database().after(after, PAGE).await;
                let last = page.as_ref().ok().and_then(|rows| rows.last()).map(|row| row.position);
                let listening = push(&mut feed, page, A::TYPE).await;
                let Some(last) = last.filter(|_| listening) else { return };
                after = last;
            }
        });
        Ok(stream)
    }
}

/// Hands a page on, and says whether anybody listens. An error is handed on as well: the end of a stream must mean
/// the end of history.
async fn push(feed: &mut ReplayFeed, page: Result<Vec<RawEvent>, sqlx::Error>, aggregate_type: &str) -> bool {
    let rows = match page {
        Ok(rows) => rows,
        Err(error) => return feed.push(Err(connection(error))).await.is_ok(),
    };
    for row in rows.iter().filter(|row| row.aggregate_type == aggregate_type) {
        if feed.push(serialized(row)).await.is_err() {
            return false;
        }
    }
    true
}

fn serialized(row: &RawEvent) -> Result<SerializedEvent, PersistenceError> {
    Ok(SerializedEvent::new(
        row.aggregate_id.clone(),
        usize::try_from(row.sequence).unwrap_or_default(),
        row.aggregate_type.clone(),
        row.event_type.clone(),
        row.event_version.clone(),
        serde_json::from_str(&row.payload)?,
        serde_json::from_str(&row.metadata)?,
    ))
}

fn envelope<A: Aggregate>(log: &Log, row: &RawEvent) -> Result<EventEnvelope<Folded<A>>, PersistenceError> {
    let event = log
        .decoder()
        .event::<A::Event>(&Stored::from(row))
        .map_err(|why| PersistenceError::DeserializationError(why.into()))?;
    Ok(EventEnvelope {
        aggregate_id: row.aggregate_id.clone(),
        sequence: usize::try_from(row.sequence).unwrap_or_default(),
        payload: Happened(event),
        metadata: serde_json::from_str(&row.metadata)?,
    })
}

/// cqrs-es knows no commands with ids; whoever has one names it in the metadata.
fn command(metadata: &HashMap<String, String>, now: chrono::DateTime<chrono::Utc>) -> Command {
    let uuid = |name: &str| metadata.get(name).and_then(|text| Uuid::try_parse(text).ok());
    let id = uuid("command_id").unwrap_or_else(ambient::fresh_id);
    Command {
        id,
        fingerprint: [0; 32],
        metadata: Metadata {
            actor: metadata.get("actor").cloned().unwrap_or_else(|| "system:cqrs-es".to_owned()),
            correlation_id: uuid("correlation_id").unwrap_or(id),
            causation_id: uuid("causation_id"),
        },
        now,
        keep: false,
    }
}

fn connection(error: sqlx::Error) -> PersistenceError {
    PersistenceError::ConnectionError(Box::new(error))
}

fn refused(fault: Fault) -> AggregateError<Refusal> {
    match fault {
        Fault::Stale { .. } => AggregateError::AggregateConflict,
        Fault::Unreadable(_) => AggregateError::DeserializationError(Box::new(fault)),
        Fault::Overloaded | Fault::Unavailable(_) => AggregateError::DatabaseConnectionError(Box::new(fault)),
        Fault::KeyReused | Fault::Refused(_) => AggregateError::UnexpectedError(Box::new(fault)),
    }
}
