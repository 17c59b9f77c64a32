//! `rebuild`: every read model folded anew from the log, beside a raw scan of the same events.

use std::time::Instant;

use ambient::Clock;
use futures::future::try_join_all;
use projections::{Projection, Views};
use serde_json::json;
use store::vault::Vault;

use crate::{
    Failure,
    args::Args,
    ground::Ground,
    load::drive,
    ours::Ours,
    raw::scan,
    report::{self, Aim, Report},
    safety,
    stats::{Series, Slice, ratio, rounded},
};

/// What a rebuild writes and reads.
struct Place {
    ours: Ours,
    views: Views,
    vault: Vault,
}

/// Runs it.
pub async fn run(args: &Args) -> Result<(), Failure> {
    let ground = Ground::prepare(args.store).await?;
    let place = prepare(args, &ground).await?;
    let log = &place.ours.log;
    let bar = report::progress(usize::from(args.rounds) * (1 + Projection::ALL.len()));
    let mut scanned = Series::default();
    let mut rebuilt: Vec<(Projection, Series)> =
        Projection::ALL.into_iter().map(|projection| (projection, Series::default())).collect();
    scan(log).await?;
    for _ in 0..args.rounds {
        bar.set_message("scanning");
        let slice = scan(log).await?;
        let events = slice.events;
        scanned.add(slice);
        bar.inc(1);
        for (projection, series) in &mut rebuilt {
            bar.set_message(projection.name());
            let began = Instant::now();
            projections::rebuild(&place.views, &log.feed(), &place.vault, *projection, |_| {}).await?;
            series.add(Slice::of_one_run(events, began.elapsed()));
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let mut switches = safety::read(log).await?;
    safety::proven(&place.ours, &mut switches).await?;
    tell(args, &rebuilt, &scanned, log.head().await?.position);
    safety::tell(&Report::new(args), "rebuild", args.store.name(), &switches);
    Ok(())
}

/// A log of products and orders, and views that are up to date with it.
async fn prepare(args: &Args, ground: &Ground) -> Result<Place, Failure> {
    let url = ground.fresh().await?;
    let ours = Ours::open(&url).await?;
    let vault = Vault::start(&url, ground.folder(), Clock::system()).await?;
    let views = Views::open(&ground.fresh().await?).await?;
    let clients = args.most_clients();
    drive(ours.sellers(clients), args.slice()).await?;
    let products = try_join_all((0..clients.min(64)).map(|_| ours.list(u32::MAX / 2))).await?;
    drive(ours.buyers(&products, clients), args.slice()).await?;
    Ok(Place { ours, views, vault })
}

fn tell(args: &Args, rebuilt: &[(Projection, Series)], scanned: &Series, events: i64) {
    let (report, store) = (Report::new(args), args.store.name());
    report.title(&format!("rebuild on {store}: {events} events; medians of {} rounds", args.rounds));
    let row = |name: &str, series: &Series| {
        let share = format!("{:.2}", ratio(series.events(), scanned.events()));
        vec![name.to_owned(), report::whole(series.events()), report::columns(series).swap_remove(1), share]
    };
    let mut rows: Vec<_> =
        rebuilt.iter().map(|(projection, series)| row(projection.name(), series)).collect();
    rows.push(row("raw scan", scanned));
    report.table(&["", "events/s", "spread", "÷ raw scan"], rows);
    let all: Vec<Aim> = rebuilt
        .iter()
        .map(|(projection, series)| Aim {
            what: format!("{projection} ÷ raw scan"),
            value: ratio(series.events(), scanned.events()),
            bound: 0.5,
            at_most: false,
        })
        .collect();
    report::aims(&report, &all);
    for (projection, series) in rebuilt {
        report.object(&json!({
            "bench": "rebuild", "store": store, "projection": projection.name(), "events": events,
            "ours": rounded(series.events(), 0), "scan": rounded(scanned.events(), 0),
            "vs_scan": rounded(ratio(series.events(), scanned.events()), 3),
            "spread": rounded(series.spread(), 3), "rounds": args.rounds,
        }));
    }
}
