//! `verify`: every hash of the log computed anew, beside a raw scan of the same rows.

use std::time::Instant;

use serde_json::json;

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

/// Runs it.
pub async fn run(args: &Args) -> Result<(), Failure> {
    let ground = Ground::prepare(args.store).await?;
    let ours = Ours::open(&ground.fresh().await?).await?;
    let bar = report::progress(1 + 2 * usize::from(args.rounds));
    bar.set_message("filling the log");
    drive(ours.sellers(args.most_clients()), args.slice() * 2).await?;
    bar.inc(1);
    let mut switches = safety::read(&ours.log).await?;
    safety::proven(&ours, &mut switches).await?;
    scan(&ours.log, None).await?;

    let (mut verified, mut scanned) = (Series::default(), Series::default());
    for _ in 0..args.rounds {
        bar.set_message("verifying");
        let began = Instant::now();
        let whole = ours.verified().await?;
        verified.add(Slice::of_one_run(whole.events.try_into()?, began.elapsed()));
        bar.inc(1);
        bar.set_message("scanning");
        scanned.add(scan(&ours.log, None).await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let report = Report::new(args);
    let store = args.store.name();
    let head = ours.log.head().await?.position;
    report.title(&format!("verify on {store}: {head} events; medians of {} rounds", args.rounds));
    let vs_scan = ratio(verified.events(), scanned.events());
    let row = |name: &str, series: &Series| {
        vec![name.to_owned(), report::whole(series.events()), report::columns(series).swap_remove(1)]
    };
    report.table(
        &["", "events/s", "spread"],
        vec![row("ours: rows, leaves, batches, links", &verified), row("raw scan", &scanned)],
    );
    let aim = Aim { what: "verify ÷ raw scan".to_owned(), value: vs_scan, bound: 0.7, at_most: false };
    report::aims(&report, &[aim]);
    report.object(&json!({
        "bench": "verify", "store": store, "events": head, "ours": rounded(verified.events(), 0),
        "scan": rounded(scanned.events(), 0), "vs_scan": rounded(vs_scan, 3),
        "spread": rounded(verified.spread(), 3), "rounds": args.rounds,
    }));
    safety::tell(&report, "verify", store, &switches);
    Ok(())
}
