//! `seal`: the same appends with and without a sealer beside them.

use ambient::Clock;
use serde_json::json;
use store::audit::{SealKey, Sealer};
use tokio::sync::watch;

use crate::{
    Failure,
    args::Args,
    ground::Ground,
    load::drive,
    ours::Ours,
    report::{self, Aim, Report},
    safety::{self, Switches},
    stats::{Series, ratio, rounded},
};

/// Runs it.
pub async fn run(args: &Args) -> Result<(), Failure> {
    let ground = Ground::prepare(args.store).await?;
    let bar = report::progress(2 * usize::from(args.rounds));
    let (mut plain, mut sealed, mut switches) = (Series::default(), Series::default(), vec![]);
    for round in 0..args.rounds {
        // Who goes first changes, so that a machine that slows down hits both.
        for is_sealed in [round % 2 == 0, round % 2 != 0] {
            bar.set_message(if is_sealed { "sealed" } else { "not sealed" });
            let series = if is_sealed { &mut sealed } else { &mut plain };
            one(args, &ground, (is_sealed, series), &mut switches).await?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    tell(args, (&plain, &sealed), &switches);
    Ok(())
}

async fn one(
    args: &Args,
    ground: &Ground,
    (is_sealed, series): (bool, &mut Series),
    switches: &mut Switches,
) -> Result<(), Failure> {
    let ours = Ours::open(&ground.fresh().await?).await?;
    if switches.is_empty() {
        *switches = safety::read(&ours.log).await?;
    }
    let folder = tempfile::tempdir()?;
    let key = SealKey::read_or_create(&folder.path().join("seal.key"))?;
    let sealer = Sealer::open(ours.log.clone(), key.clone(), Clock::system()).await?;
    let (made, _heard) = watch::channel(None);
    let sealing = is_sealed.then(|| tokio::spawn(sealer.run(made)));
    series.add(drive(ours.sellers(args.most_clients()), args.slice()).await?);
    if let Some(sealing) = sealing {
        sealing.abort();
        // Whether it was aborted or has failed: the log is sealed to its end and verified with the tree.
        drop(sealing.await);
        Sealer::open(ours.log.clone(), key, Clock::system()).await?.seal().await?;
    }
    safety::proven(&ours, switches).await
}

fn tell(args: &Args, (plain, sealed): (&Series, &Series), switches: &Switches) {
    let (report, store, clients) = (Report::new(args), args.store.name(), args.most_clients());
    report.title(&format!("seal on {store}: {clients} clients; medians of {} rounds", args.rounds));
    let row = |name: &str, series: &Series| [vec![name.to_owned()], report::columns(series)].concat();
    report.table(
        &["", "events/s", "spread", "p50 ms", "p99 ms"],
        vec![row("appends", plain), row("appends, sealed", sealed)],
    );
    let kept = ratio(sealed.events(), plain.events());
    let aim = Aim { what: "sealed ÷ not sealed".to_owned(), value: kept, bound: 0.97, at_most: false };
    report::aims(&report, &[aim]);
    report.object(&json!({
        "bench": "seal", "store": store, "clients": clients, "plain": rounded(plain.events(), 0),
        "sealed": rounded(sealed.events(), 0), "kept": rounded(kept, 3), "rounds": args.rounds,
    }));
    safety::tell(&report, "seal", store, switches);
}
