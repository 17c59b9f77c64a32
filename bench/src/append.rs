//! `append`: clients send commands on aggregates of their own. Beside it the bare INSERT (what one commit costs), the
//! raw multi-row INSERT (what the database takes in at most) and the stock framework.

use serde_json::json;

use crate::{
    Failure,
    args::Args,
    baseline,
    ground::Ground,
    load::drive,
    ours::Ours,
    raw::{BATCHES, Multi, singles},
    report::{self, Aim, Report},
    safety::{self, Switches},
    stats::{Series, largest, ratio, rounded},
};

/// Connections of the bare INSERT at most: each is a process of the server.
const MOST_SINGLES: usize = 128;

/// Everybody's rounds.
struct Outcome {
    /// By number of clients.
    ours: Vec<(usize, Series)>,
    stock: Vec<(usize, Series)>,
    bare: Vec<(usize, Series)>,
    /// By batch size.
    raw: Vec<(usize, Series)>,
    switches: Switches,
}

/// Runs it.
pub async fn run(args: &Args) -> Result<(), Failure> {
    let ground = Ground::prepare(args.store).await?;
    let outcome = measure(args, &ground).await?;
    let report = Report::new(args);
    tell(args, &report, &outcome);
    safety::tell(&report, "append", args.store.name(), &outcome.switches);
    Ok(())
}

async fn measure(args: &Args, ground: &Ground) -> Result<Outcome, Failure> {
    let clients: Vec<usize> = args.clients.iter().copied().map(usize::from).collect();
    let mut connections: Vec<usize> = clients.iter().map(|clients| (*clients).min(MOST_SINGLES)).collect();
    connections.push(1);
    connections.sort_unstable();
    connections.dedup();
    let empty = |sizes: &[usize]| sizes.iter().map(|size| (*size, Series::default())).collect::<Vec<_>>();
    let mut outcome = Outcome {
        ours: empty(&clients),
        stock: empty(&clients),
        bare: empty(&connections),
        raw: empty(&BATCHES),
        switches: vec![],
    };
    let turns = 2 * clients.len() + connections.len() + BATCHES.len();
    let bar = report::progress(turns * usize::from(args.rounds));
    for _ in 0..args.rounds {
        round(args, ground, &mut outcome, &bar).await?;
    }
    bar.finish_and_clear();
    Ok(outcome)
}

/// Everybody once: rivals and limits between ours, so that a slow minute hits all.
async fn round(
    args: &Args,
    ground: &Ground,
    to: &mut Outcome,
    bar: &indicatif::ProgressBar,
) -> Result<(), Failure> {
    let time = args.slice();
    let ours = Ours::open(&ground.fresh().await?).await?;
    if to.switches.is_empty() {
        to.switches = safety::read(&ours.log).await?;
    }
    for ((clients, series), (_, stock)) in to.ours.iter_mut().zip(&mut to.stock) {
        bar.set_message(format!("ours, {clients} clients"));
        series.add(drive(ours.sellers(*clients), time).await?);
        bar.inc(1);
        bar.set_message(format!("stock, {clients} clients"));
        let url = ground.fresh().await?;
        stock.add(drive(baseline::sellers(&url, *clients).await?, time).await?);
        bar.inc(1);
    }
    for (connections, series) in &mut to.bare {
        bar.set_message(format!("bare INSERT, {connections} connections"));
        series.add(drive(singles(&ground.fresh().await?, *connections).await?, time).await?);
        bar.inc(1);
    }
    for (size, series) in &mut to.raw {
        bar.set_message(format!("{size} rows per INSERT"));
        series.add(drive(vec![Multi::open(&ground.fresh().await?, *size).await?], time).await?);
        bar.inc(1);
    }
    bar.set_message("verifying our log");
    safety::proven(&ours, &mut to.switches).await
}

fn tell(args: &Args, report: &Report, outcome: &Outcome) {
    let store = args.store.name();
    let stock_best = best(&outcome.stock);
    let raw_best = best(&outcome.raw);
    report.title(&format!(
        "append on {store}: one command, one event, one receipt; medians of {} rounds",
        args.rounds
    ));
    let mut rows = vec![];
    let named = [
        ("ours", &outcome.ours, "clients"),
        ("stock", &outcome.stock, "clients"),
        ("bare INSERT", &outcome.bare, "connections"),
        ("raw INSERT", &outcome.raw, "rows each"),
    ];
    for (name, all, unit) in named {
        for (size, series) in all {
            let mut row = vec![format!("{name}, {size} {unit}")];
            row.extend(report::columns(series));
            row.push(format!("{:.2}", ratio(series.events(), stock_best)));
            row.push(format!("{:.2}", ratio(series.events(), raw_best)));
            rows.push(row);
        }
    }
    report.table(&["", "events/s", "spread", "p50 ms", "p99 ms", "÷ stock's best", "÷ raw's best"], rows);
    report::aims(report, &aims(outcome, stock_best, raw_best));
    for ((clients, ours), (_, stock)) in outcome.ours.iter().zip(&outcome.stock) {
        report.object(&json!({
            "bench": "append", "store": store, "clients": clients,
            "ours": rounded(ours.events(), 0), "stock": rounded(stock.events(), 0),
            "stock_best": rounded(stock_best, 0), "raw": rounded(raw_best, 0),
            "bare": rounded(find(&outcome.bare, (*clients).min(MOST_SINGLES)).events(), 0),
            "vs_stock": rounded(ratio(ours.events(), stock_best), 2),
            "vs_raw": rounded(ratio(ours.events(), raw_best), 3),
            "vs_bare_latency": rounded(ratio(ours.p50(), find(&outcome.bare, 1).p50()), 2),
            "p50_ms": rounded(ours.p50(), 3), "p99_ms": rounded(ours.p99(), 3), "spread": rounded(ours.spread(), 3),
            "rounds": args.rounds, "seconds": args.seconds,
        }));
    }
}

fn aims(outcome: &Outcome, stock_best: f64, raw_best: f64) -> Vec<Aim> {
    let mut aims = vec![];
    if let Some((_, one)) = outcome.ours.iter().find(|(clients, _)| *clients == 1) {
        let value = ratio(one.p50(), find(&outcome.bare, 1).p50());
        let what = "1 client: latency ÷ that of a bare INSERT".to_owned();
        aims.push(Aim { what, value, bound: 1.5, at_most: true });
    }
    if let Some((clients, most)) = outcome.ours.iter().max_by_key(|(clients, _)| *clients) {
        let value = ratio(most.events(), stock_best);
        aims.push(Aim {
            what: format!("{clients} clients ÷ stock's best"),
            value,
            bound: 15.0,
            at_most: false,
        });
        let value = ratio(most.events(), raw_best);
        aims.push(Aim {
            what: format!("{clients} clients ÷ raw multi-row INSERT's best"),
            value,
            bound: 0.6,
            at_most: false,
        });
    }
    aims
}

fn best(all: &[(usize, Series)]) -> f64 {
    largest(all.iter().map(|(_, series)| series.events()))
}

fn find(all: &[(usize, Series)], size: usize) -> Series {
    all.iter().find(|(found, _)| *found == size).map(|(_, series)| series.clone()).unwrap_or_default()
}
