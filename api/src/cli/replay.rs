//! `escrow replay`

use chrono::{DateTime, Utc};
use clap::Args;
use domain::{
    Aggregate, customer::Customer, escrow::Escrow, order::Order, payment::Payment, product::Product,
    seller::Seller,
};
use store::{RawEvent, Stored};

use super::{Failure, progress, say};
use crate::{Config, server::Core};

const PAGE: usize = 1000;

/// Which aggregate, and as of when.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// The aggregate's type and id, for example order:ord_018f3c1e-7a2b-7c3d-8e4f-0123456789ab.
    #[arg(long)]
    aggregate: String,
    /// As of this position of the log, or this moment (RFC 3339); as of now where nothing is said.
    #[arg(long, value_parser = moment)]
    at: Option<Moment>,
}

/// Until when a history counts.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Position(i64),
    Time(DateTime<Utc>),
}

/// Prints every event and the state they lead to.
pub(super) async fn run(config: &Config, wanted: Wanted) -> Result<(), Failure> {
    let (kind, id) = wanted
        .aggregate
        .split_once(':')
        .ok_or_else(|| Failure::of("an aggregate is its type and its id, for example order:ord_…"))?;
    let core = Core::open(config).await?;
    let history = read(&core, (kind, id), wanted.at).await?;
    for event in &history {
        say::line(format!(
            "{:>9}  {:>4}  {}  {:<24} {}",
            event.position,
            event.sequence,
            event.recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            event.event_type,
            event.payload
        ))?;
    }
    let state = match kind {
        Customer::TYPE => state::<Customer>(&core, &history),
        Seller::TYPE => state::<Seller>(&core, &history),
        Product::TYPE => state::<Product>(&core, &history),
        Order::TYPE => state::<Order>(&core, &history),
        Payment::TYPE => state::<Payment>(&core, &history),
        Escrow::TYPE => state::<Escrow>(&core, &history),
        other => Err(Failure::Said(format!(
            "there is no aggregate type {other:?}; there are {}",
            domain::fact::AGGREGATE_TYPES.join(", ")
        ))),
    };
    say::line(format!("\nafter {} events:\n{}", history.len(), state?))
}

async fn read(core: &Core, stream: (&str, &str), at: Option<Moment>) -> Result<Vec<RawEvent>, Failure> {
    let bar = progress::bar("replaying", 0);
    let mut history: Vec<RawEvent> = vec![];
    let mut after = Some(0);
    while let Some(sequence) = after {
        let page = core.feed.raw_stream(stream.0, stream.1, sequence, PAGE).await.map_err(Failure::of)?;
        // A full page may have another behind it.
        after = page.last().filter(|_| page.len() == PAGE).map(|event| event.sequence);
        history.extend(page.into_iter().filter(|event| counts(event, at)));
        bar.set_position(history.last().map_or(0, |event| progress::count(event.sequence)));
    }
    bar.finish_and_clear();
    if history.is_empty() {
        return Err(Failure::Said(format!("{}:{} has no events until then", stream.0, stream.1)));
    }
    Ok(history)
}

fn counts(event: &RawEvent, at: Option<Moment>) -> bool {
    match at {
        None => true,
        Some(Moment::Position(position)) => event.position <= position,
        Some(Moment::Time(time)) => event.recorded_at <= time,
    }
}

fn state<A: Aggregate>(core: &Core, history: &[RawEvent]) -> Result<String, Failure> {
    let read = |event: &RawEvent| core.log.decoder().event::<A::Event>(&Stored::from(event));
    let events: Vec<A::Event> = history.iter().map(read).collect::<Result<_, _>>().map_err(Failure::of)?;
    Ok(format!("{:#?}", A::replay(&events)))
}

fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(position) = text.parse() {
        return Ok(Moment::Position(position));
    }
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| Moment::Time(time.with_timezone(&Utc)))
        .map_err(|_| "a position, or a moment like 2026-03-02T09:00:00Z, is taken".to_owned())
}
