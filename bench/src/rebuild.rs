//! `rebuild`: every read model folded anew from the log, beside a raw scan. A projection that reads some streams
//! only is compared with a scan of those, and gets no credit for what it may pass over. What is measured is the whole
//! of it: tables, indexes, the comparison with the live generation, the switch, and dropping what is too old.
//!
//! Users are left out: the log here has one. What folding them costs is asking the vault, which no scan does.

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
    lives::Living,
    load::drive,
    ours::Ours,
    raw::scan,
    report::{self, Aim, Report},
    safety,
    stats::{Series, Slice, ratio, rounded},
};

/// What is folded from enough events to say something about speed.
const MEASURED: [Projection; 6] = [
    Projection::Products,
    Projection::Orders,
    Projection::Payments,
    Projection::Timeline,
    Projection::Journal,
    Projection::Balances,
];

/// What a rebuild writes and reads.
struct Place {
    ours: Ours,
    views: Views,
    vault: Vault,
}

/// One projection's rounds, and those of a scan of the events it reads.
struct Rebuilt {
    projection: Projection,
    events: u64,
    ours: Series,
    scanned: Series,
}

impl Rebuilt {
    fn of(projection: Projection) -> Self {
        Self { projection, events: 0, ours: Series::default(), scanned: Series::default() }
    }

    fn vs_scan(&self) -> f64 {
        ratio(self.ours.events(), self.scanned.events())
    }
}

/// Runs it.
pub async fn run(args: &Args) -> Result<(), Failure> {
    let ground = Ground::prepare(args.store).await?;
    let place = prepare(args, &ground).await?;
    let log = &place.ours.log;
    let bar = report::progress(usize::from(args.rounds) * MEASURED.len());
    let mut outcome: Vec<Rebuilt> = MEASURED.into_iter().map(Rebuilt::of).collect();
    scan(log, None).await?;
    for _ in 0..args.rounds {
        for Rebuilt { projection, events, ours, scanned } in &mut outcome {
            bar.set_message(projection.name());
            let slice = scan(log, Some(projection.stream_types())).await?;
            *events = slice.events;
            scanned.add(slice);
            let began = Instant::now();
            projections::rebuild(&place.views, &log.feed(), &place.vault, *projection, |_| {}).await?;
            ours.add(Slice::of_one_run(*events, began.elapsed()));
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let mut switches = safety::read(log).await?;
    safety::proven(&place.ours, &mut switches).await?;
    tell(args, &outcome, log.head().await?.position);
    safety::tell(&Report::new(args), "rebuild", args.store.name(), &switches);
    Ok(())
}

/// A log of whole lives, and views that are up to date with it: each rebuild has live rows to be compared with.
async fn prepare(args: &Args, ground: &Ground) -> Result<Place, Failure> {
    let url = ground.fresh().await?;
    let ours = Ours::open(&url).await?;
    let vault = Vault::start(&url, ground.folder(), Clock::system()).await?;
    let views = Views::open(&ground.fresh().await?).await?;
    let clients = args.most_clients();
    let products = try_join_all((0..clients.min(64)).map(|_| ours.list(u32::MAX / 2))).await?;
    let living = ours.buyers(&products, clients).into_iter().map(Living).collect();
    drive(living, args.slice() * 2).await?;
    for projection in MEASURED {
        projections::rebuild(&views, &ours.log.feed(), &vault, projection, |_| {}).await?;
    }
    Ok(Place { ours, views, vault })
}

fn tell(args: &Args, outcome: &[Rebuilt], events: i64) {
    let (report, store) = (Report::new(args), args.store.name());
    report.title(&format!("rebuild on {store}: a log of {events} events; medians of {} rounds", args.rounds));
    let row = |one: &Rebuilt| {
        let share = format!("{:.2}", one.vs_scan());
        let [ours, scanned] = [&one.ours, &one.scanned].map(|series| report::whole(series.events()));
        vec![
            one.projection.name().to_owned(),
            report::count(one.events),
            ours,
            report::columns(&one.ours).swap_remove(1),
            scanned,
            share,
        ]
    };
    report.table(
        &["projection", "its events", "events/s", "spread", "scan of the same, events/s", "÷ scan"],
        outcome.iter().map(row).collect(),
    );
    let aim = |one: &Rebuilt| {
        let what = format!("{} ÷ raw scan of the same events", one.projection);
        Aim { what, value: one.vs_scan(), bound: 0.5, at_most: false }
    };
    report::aims(&report, &outcome.iter().map(aim).collect::<Vec<_>>());
    for one in outcome {
        report.object(&json!({
            "bench": "rebuild", "store": store, "projection": one.projection.name(), "events": one.events, "log": events,
            "ours": rounded(one.ours.events(), 0), "scan": rounded(one.scanned.events(), 0),
            "vs_scan": rounded(one.vs_scan(), 3), "spread": rounded(one.ours.spread(), 3), "rounds": args.rounds,
        }));
    }
}
