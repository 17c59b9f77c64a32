//! `escrow replay`

use std::time::Instant;

use clap::{Args, ValueEnum};
use domain::fact::AGGREGATE_TYPES;
use store::{
    RawEvent,
    history::{
        self, Moment,
        replay::{self, Stretch, Tally, Through},
    },
};

use super::{Failure, progress, say};
use crate::{Config, server::Core};

const PAGE: usize = 1_000;

/// What is replayed, up to when, and how it is shown. Without anything: everything.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// One aggregate, by its type and id, for example order:ord_018f3c1e-7a2b-7c3d-8e4f-0123456789ab; its state follows
    /// its events.
    #[arg(long, conflicts_with_all = ["of_type", "from", "to"])]
    aggregate: Option<String>,
    /// As of this position of the log, or this moment (RFC 3339); as of now where nothing is said.
    #[arg(long, requires = "aggregate", value_parser = moment)]
    at: Option<Moment>,
    /// All aggregates of this type.
    #[arg(long = "type")]
    of_type: Option<String>,
    /// From this position on.
    #[arg(long)]
    from: Option<i64>,
    /// Up to this position.
    #[arg(long)]
    to: Option<i64>,
    /// How events are shown.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Who reads the log. The libraries' readers show nothing but a tally, which is the same if they see the same.
    #[arg(long, value_enum, default_value_t = Reader::Ours)]
    through: Reader,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for people.
    Table,
    /// One JSON object a line.
    Jsonl,
    /// The tally only.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reader {
    /// Ours, by position.
    Ours,
    /// cqrs-es' QueryReplay over our repository.
    CqrsEs,
    /// cqrs-es' QueryReplay over postgres-es' repository.
    PostgresEs,
}

/// Replays, a page at a time in memory.
pub(super) async fn run(config: &Config, wanted: Wanted) -> Result<(), Failure> {
    let (core, began) = (Core::open(config).await?, Instant::now());
    let tally = match (wanted.through, &wanted.aggregate) {
        (Reader::Ours, Some(name)) => aggregate(&core, stream(name)?, &wanted).await?,
        (Reader::Ours, None) => stretch(&core, &wanted).await?,
        (Reader::CqrsEs, _) => library(&core, Through::CqrsEs, &wanted).await?,
        (Reader::PostgresEs, _) => library(&core, Through::PostgresEs, &wanted).await?,
    };
    let millis = began.elapsed().as_millis().max(1);
    let rate = u128::from(tally.events) * 1_000 / millis;
    say::note(&format!("{} events, {rate} a second, tally {:032x}", tally.events, tally.sum))
}

fn stream(name: &str) -> Result<(&str, &str), Failure> {
    let parts = name.split_once(':');
    parts.ok_or_else(|| Failure::of("an aggregate is its type and its id, for example order:ord_…"))
}

async fn aggregate(core: &Core, stream: (&str, &str), wanted: &Wanted) -> Result<Tally, Failure> {
    // Before anything is shown: what cannot be told is refused whole.
    let past = history::state_at(&core.log, stream, wanted.at).await.map_err(Failure::of)?;
    let (mut tally, mut sequence) = (Tally::default(), 0);
    while sequence < past.version {
        let page = core.feed.raw_stream(stream.0, stream.1, sequence, PAGE).await.map_err(Failure::of)?;
        let Some(last) = page.last().map(|event| event.sequence) else { break };
        for event in page.iter().filter(|event| event.sequence <= past.version) {
            replay::tally_raw(&mut tally, core.log.decoder(), event).map_err(Failure::of)?;
            show(event, wanted.format)?;
        }
        sequence = last;
    }
    match wanted.format {
        Format::Table => {
            let state = serde_json::to_string_pretty(&past.state).map_err(Failure::of)?;
            say::line(format!("\nafter {} events:\n{state}", past.version))?;
        }
        Format::Jsonl | Format::None => {}
    }
    Ok(tally)
}

async fn stretch(core: &Core, wanted: &Wanted) -> Result<Tally, Failure> {
    let from = wanted.from.unwrap_or(1);
    if from < 1 || wanted.to.is_some_and(|to| to < from) {
        return Err(Failure::of("positions begin at 1, and --to is not before --from"));
    }
    let stretch = Stretch { aggregate_type: wanted.of_type.clone(), after: from - 1, upto: wanted.to };
    let head = core.log.head().await.map_err(Failure::of)?.position;
    let bar = progress::bar("replaying", wanted.to.unwrap_or(head));
    let mut shown = Ok(());
    let tally = replay::ours(&core.log, &stretch, |event| {
        bar.set_position(progress::count(event.position));
        shown = show(event, wanted.format);
        shown.is_ok()
    });
    let tally = tally.await;
    bar.finish_and_clear();
    shown?;
    tally.map_err(Failure::of)
}

async fn library(core: &Core, reader: Through, wanted: &Wanted) -> Result<Tally, Failure> {
    if wanted.from.is_some() || wanted.to.is_some() || wanted.at.is_some() {
        return Err(Failure::of(
            "the libraries know neither positions nor moments: leave --from, --to and --at out",
        ));
    }
    let tally = match (&wanted.aggregate, &wanted.of_type) {
        (Some(name), _) => {
            let (kind, id) = stream(name)?;
            replay::through(&core.log, reader, &[kind], Some(id)).await
        }
        (None, Some(kind)) => replay::through(&core.log, reader, &[kind], None).await,
        (None, None) => replay::through(&core.log, reader, &AGGREGATE_TYPES, None).await,
    };
    tally.map_err(Failure::of)
}

fn show(event: &RawEvent, format: Format) -> Result<(), Failure> {
    let time = event.recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    match format {
        Format::None => Ok(()),
        Format::Table => say::line(format!(
            "{:>9}  {:>4}  {time}  {:<24} {}",
            event.position, event.sequence, event.event_type, event.payload
        )),
        // The stored texts are JSON already; names and ids have nothing in them to escape.
        Format::Jsonl => say::line(format!(
            "{{\"position\":{},\"aggregate_type\":\"{}\",\"aggregate_id\":\"{}\",\"sequence\":{},\
             \"event_type\":\"{}\",\"event_version\":\"{}\",\"recorded_at\":\"{time}\",\"event_id\":\"{}\",\
             \"command_id\":\"{}\",\"metadata\":{},\"payload\":{}}}",
            event.position,
            event.aggregate_type,
            event.aggregate_id,
            event.sequence,
            event.event_type,
            event.event_version,
            event.event_id,
            event.command_id,
            event.metadata,
            event.payload,
        )),
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    text.parse().map_err(|error: history::NotAMoment| error.to_string())
}
