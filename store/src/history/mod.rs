//! Time travel: the state of any aggregate as of a position of the log or a moment, and what happened between two.
//!
//! A history is read from the database by pages and folded as it comes, so an aggregate of any length takes the memory
//! of one page. A moment counts by recorded time: an event belongs to the past of a moment if it was recorded by then,
//! and so was everything before it in its stream.

mod changes;
mod moment;
pub mod replay;

pub use changes::{Change, changes};
use chrono::{DateTime, Utc};
use domain::{Aggregate, fact::Visit};
pub use moment::{Moment, NotAMoment};
use serde_json::Value;

use crate::{
    Log, Metadata,
    decode::{Decoder, Stored},
    log::RawEvent,
};

/// Events of one page.
const PAGE: i64 = 1_000;
/// Events between two moments that are told.
const TOLD: usize = 1_000;

/// What an aggregate was.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// How many events it had.
    pub version: i64,
    /// The position of the last of them.
    pub position: i64,
    /// When that was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The state.
    pub state: Value,
}

/// What became of an aggregate between two moments.
#[derive(Debug, Clone, PartialEq)]
pub struct Between {
    /// What it was; nothing where it was not there yet.
    pub from: Option<Past>,
    /// What it was then.
    pub to: Past,
    /// Who did what in between; not more than a thousand.
    pub events: Vec<Step>,
    /// The members of the state that differ.
    pub changes: Vec<Change>,
}

/// One event, without its payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its place in the log.
    pub position: i64,
    /// Its place in its stream.
    pub sequence: i64,
    /// Its name.
    pub event_type: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who asked, and why.
    pub metadata: Metadata,
}

/// Why there is no past to be told.
#[derive(Debug, thiserror::Error)]
pub enum NoPast {
    /// No such type.
    #[error("there is no aggregate type {0:?}; there are {types}", types = domain::fact::AGGREGATE_TYPES.join(", "))]
    UnknownType(String),
    /// No such aggregate.
    #[error("there is no {0} {1}")]
    Unknown(String, String),
    /// It was not there yet.
    #[error("it begins at position {position}, recorded at {recorded_at}: later than that")]
    NotYet {
        /// Its first event's position.
        position: i64,
        /// When that was recorded.
        recorded_at: DateTime<Utc>,
    },
    /// The log does not reach so far.
    #[error("position {asked} lies beyond the log's end at {head}")]
    Beyond {
        /// What was asked for.
        asked: i64,
        /// Where the log ends.
        head: i64,
    },
    /// The later moment is earlier.
    #[error("`to` lies before `from`")]
    Backwards,
    /// An event that this program does not understand.
    #[error("the event at position {position} cannot be read: {why}")]
    Unreadable {
        /// Where.
        position: i64,
        /// What does not fit.
        why: String,
    },
    /// The log's database.
    #[error("the log's database does not answer: {0}")]
    Unavailable(#[from] sqlx::Error),
}

/// The state of an aggregate as of a moment; as of now where none is said.
pub async fn state_at(log: &Log, stream: (&str, &str), at: Option<Moment>) -> Result<Past, NoPast> {
    let mut reader = Reader::begin(log, stream, at).await?;
    let mut folding = Fold::of(stream.0)?;
    while let Some(event) = reader.next().await? {
        folding.apply(log.decoder(), &event)?;
    }
    match folding.past()? {
        Some(past) => Ok(past),
        None => Err(reader.nothing()),
    }
}

/// What became of an aggregate between two moments.
pub async fn between(
    log: &Log,
    stream: (&str, &str),
    (from, to): (Moment, Moment),
) -> Result<Between, NoPast> {
    from.reached(log).await?;
    let mut reader = Reader::begin(log, stream, Some(to)).await?;
    let mut folding = Fold::of(stream.0)?;
    let (mut before, mut events, mut has_begun) = (None, vec![], true);
    while let Some(event) = reader.next().await? {
        has_begun &= from.counts(&event);
        if !has_begun && events.is_empty() {
            before = folding.past()?;
        }
        folding.apply(log.decoder(), &event)?;
        if !has_begun && events.len() < TOLD {
            events.push(Step::of(&event)?);
        }
    }
    let is_backwards = match (from, to) {
        (Moment::Position(from), Moment::Position(to)) => from > to,
        (Moment::Time(from), Moment::Time(to)) => from > to,
        (Moment::Position(_), Moment::Time(_)) | (Moment::Time(_), Moment::Position(_)) => false,
    };
    if is_backwards {
        return Err(NoPast::Backwards);
    }
    let Some(to) = folding.past()? else { return Err(reader.nothing()) };
    if events.is_empty() {
        before = Some(to.clone());
    }
    let nothing = Value::Null;
    let changes = changes(before.as_ref().map_or(&nothing, |past| &past.state), &to.state);
    Ok(Between { from: before, to, events, changes })
}

impl Step {
    /// One event, without its payload.
    pub fn of(event: &RawEvent) -> Result<Self, NoPast> {
        let metadata = serde_json::from_str(&event.metadata)
            .map_err(|error| NoPast::Unreadable { position: event.position, why: error.to_string() })?;
        Ok(Self {
            position: event.position,
            sequence: event.sequence,
            event_type: event.event_type.clone(),
            recorded_at: event.recorded_at,
            metadata,
        })
    }
}

/// The events of one stream up to a moment, page by page.
struct Reader<'a> {
    log: &'a Log,
    stream: (&'a str, &'a str),
    at: Option<Moment>,
    page: std::vec::IntoIter<RawEvent>,
    sequence: i64,
    /// The event that is later than asked for.
    later: Option<RawEvent>,
    is_over: bool,
}

impl<'a> Reader<'a> {
    async fn begin(log: &'a Log, stream: (&'a str, &'a str), at: Option<Moment>) -> Result<Self, NoPast> {
        if let Some(at) = at {
            at.reached(log).await?;
        }
        let page = vec![].into_iter();
        Ok(Self { log, stream, at, page, sequence: 0, later: None, is_over: false })
    }

    async fn next(&mut self) -> Result<Option<RawEvent>, sqlx::Error> {
        if self.is_over {
            return Ok(None);
        }
        if self.page.as_slice().is_empty() {
            let (kind, id) = self.stream;
            let page = self.log.database().stream(kind, id, self.sequence, PAGE).await?;
            self.page = page.into_iter();
        }
        match self.page.next() {
            Some(event) if self.at.is_none_or(|at| at.counts(&event)) => {
                self.sequence = event.sequence;
                Ok(Some(event))
            }
            later => {
                (self.later, self.is_over) = (later, true);
                Ok(None)
            }
        }
    }

    /// Why nothing was read.
    fn nothing(&self) -> NoPast {
        let unknown = || NoPast::Unknown(self.stream.0.to_owned(), self.stream.1.to_owned());
        let not_yet =
            |event: &RawEvent| NoPast::NotYet { position: event.position, recorded_at: event.recorded_at };
        self.later.as_ref().map_or_else(unknown, not_yet)
    }
}

/// Folds events of whatever aggregate.
struct Fold {
    state: Box<dyn Folding>,
    last: Option<(i64, i64, DateTime<Utc>)>,
}

impl Fold {
    fn of(aggregate_type: &str) -> Result<Self, NoPast> {
        let state = domain::fact::visit(aggregate_type, Empty);
        let state = state.ok_or_else(|| NoPast::UnknownType(aggregate_type.to_owned()))?;
        Ok(Self { state, last: None })
    }

    fn apply(&mut self, decoder: &Decoder, event: &RawEvent) -> Result<(), NoPast> {
        let unreadable = |why| NoPast::Unreadable { position: event.position, why };
        self.state.apply(decoder, event).map_err(unreadable)?;
        self.last = Some((event.sequence, event.position, event.recorded_at));
        Ok(())
    }

    fn past(&self) -> Result<Option<Past>, NoPast> {
        let Some((version, position, recorded_at)) = self.last else { return Ok(None) };
        let state = self.state.shown().map_err(|why| NoPast::Unreadable { position, why })?;
        Ok(Some(Past { version, position, recorded_at, state }))
    }
}

trait Folding: Send + Sync {
    fn apply(&mut self, decoder: &Decoder, event: &RawEvent) -> Result<(), String>;
    fn shown(&self) -> Result<Value, String>;
}

struct Empty;

impl Visit for Empty {
    type Out = Box<dyn Folding>;
    fn visit<A: Aggregate>(self) -> Box<dyn Folding> {
        Box::new(State(A::default()))
    }
}

struct State<A>(A);

impl<A: Aggregate> Folding for State<A> {
    fn apply(&mut self, decoder: &Decoder, event: &RawEvent) -> Result<(), String> {
        self.0.evolve(&decoder.event(&Stored::from(event))?);
        Ok(())
    }

    fn shown(&self) -> Result<Value, String> {
        let mut value = serde_json::to_value(&self.0).map_err(|error| error.to_string())?;
        value.sort_all_objects();
        Ok(value)
    }
}
