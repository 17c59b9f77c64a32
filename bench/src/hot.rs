//! `hot`: all buyers want one product, until nothing is left. Beside it the same buyers with a product each, the
//! sellers of `append`, and the stock framework on one product.

use std::time::Instant;

use domain::{Fact, id::ProductId, order::OrderEvent, product::ProductEvent};
use futures::future::try_join_all;
use serde_json::json;

use crate::{
    Failure,
    args::Args,
    baseline,
    ground::Ground,
    load::{drive, micros},
    ours::{Buyer, Ours},
    report::{self, Aim, Report},
    safety::{self, Switches},
    stats::{Series, Slice, ratio, rounded},
};

/// Units on sale for each second a contender runs.
const STOCK_PER_SECOND: u32 = 10_000;
/// Units of the rival's product: it never gets that far.
const ENOUGH: u32 = 1_000_000;
/// Events per page when the log is counted.
const PAGE: usize = 4_096;

#[derive(Default)]
struct Outcome {
    append: Series,
    apart: Series,
    hot: Series,
    stock: Series,
    sold: u32,
    switches: Switches,
}

/// Runs it.
pub async fn run(args: &Args) -> Result<(), Failure> {
    let ground = Ground::prepare(args.store).await?;
    let clients = args.most_clients();
    let bar = report::progress(4 * usize::from(args.rounds));
    let mut outcome = Outcome::default();
    for _ in 0..args.rounds {
        let ours = Ours::open(&ground.fresh().await?).await?;
        outcome.switches = safety::read(&ours.log).await?;
        bar.set_message("sellers with products of their own");
        outcome.append.add(drive(ours.sellers(clients), args.slice()).await?);
        bar.inc(1);
        bar.set_message("buyers of products of their own");
        let mut products = Vec::with_capacity(clients);
        for _ in 0..clients.min(64) {
            products.push(ours.list(u32::MAX / 2));
        }
        let products = try_join_all(products).await?;
        outcome.apart.add(drive(ours.buyers(&products, clients), args.slice()).await?);
        bar.inc(1);
        bar.set_message("buyers of one product");
        let stock = u32::from(args.seconds) * STOCK_PER_SECOND;
        let product = ours.list(stock).await?;
        let before = ours.log.head().await?.position;
        let (slice, refused) = sell_out(ours.buyers(&[product], clients)).await?;
        outcome.hot.add(slice);
        count(&ours, product, before, stock).await?;
        if refused != clients {
            return Err(format!("{refused} of {clients} buyers were told that nothing is left").into());
        }
        outcome.sold += stock;
        bar.inc(1);
        bar.set_message("stock framework, one product");
        let buyers = baseline::buyers(&ground.fresh().await?, clients, ENOUGH).await?;
        outcome.stock.add(drive(buyers, args.slice()).await?);
        bar.inc(1);
        safety::proven(&ours, &mut outcome.switches).await?;
    }
    bar.finish_and_clear();
    tell(args, &outcome);
    Ok(())
}

/// All buyers order until each is told that nothing is left; tells how many were.
async fn sell_out(buyers: Vec<Buyer>) -> Result<(Slice, usize), Failure> {
    let began = Instant::now();
    let tasks = buyers.into_iter().map(|mut buyer| {
        tokio::spawn(async move {
            let mut slice = Slice::default();
            loop {
                let sent = Instant::now();
                if buyer.order().await?.is_none() {
                    return Ok::<_, Failure>(slice);
                }
                slice.operations += 1;
                slice.events += 2;
                slice.latencies.push(micros(sent.elapsed()));
            }
        })
    });
    let mut all = Slice::default();
    let mut refused = 0;
    for slice in try_join_all(tasks).await? {
        all.join(slice?);
        refused += 1;
    }
    all.elapsed = began.elapsed();
    Ok((all, refused))
}

/// Reads the log and counts what was sold: every unit once, none twice, none too many.
async fn count(ours: &Ours, product: ProductId, after: i64, stock: u32) -> Result<(), Failure> {
    let (mut position, mut orders, mut units) = (after, 0_u32, 0_u32);
    loop {
        let page = ours.log.feed().after(position, PAGE).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
        for recorded in &page {
            if let Fact::Order(_, OrderEvent::OrderCreated { .. }) = &recorded.fact {
                orders += 1;
            } else if let Fact::Product(id, ProductEvent::StockReserved { quantity, .. }) = &recorded.fact
                && *id == product
            {
                units += quantity;
            } else {
                return Err(format!("an unexpected event at {}", recorded.position).into());
            }
        }
    }
    if (orders, units) == (stock, stock) {
        Ok(())
    } else {
        Err(format!("of {stock} units {units} were sold, in {orders} orders").into())
    }
}

fn tell(args: &Args, outcome: &Outcome) {
    let (report, store, clients) = (Report::new(args), args.store.name(), args.most_clients());
    let Outcome { append, apart, hot, stock, .. } = outcome;
    report.title(&format!(
        "hot on {store}: {clients} buyers, one product, sold out exactly; medians of {} rounds",
        args.rounds
    ));
    let row = |name: &str, series: &Series| {
        let mut row = vec![name.to_owned(), report::whole(series.operations())];
        row.extend(report::columns(series));
        row.push(format!("{:.2}", ratio(series.events(), append.events())));
        row
    };
    report.table(
        &["", "commands/s", "events/s", "spread", "p50 ms", "p99 ms", "events ÷ append"],
        vec![
            row("append: sellers, own products", append),
            row("orders, 64 products", apart),
            row("hot: orders, one product", hot),
            row("stock: orders, one product", stock),
        ],
    );
    report.say(&format!("units sold and counted in the log: {}, oversold: 0", outcome.sold));
    let vs_append = ratio(hot.events(), append.events());
    let aim = |what: &str, value| Aim { what: what.to_owned(), value, bound: 0.7, at_most: false };
    report::aims(
        &report,
        &[
            aim("hot ÷ append, events", vs_append),
            aim("hot ÷ the same orders on 64 products", ratio(hot.operations(), apart.operations())),
        ],
    );
    report.object(&json!({
        "bench": "hot", "store": store, "clients": clients,
        "ours": rounded(hot.operations(), 0), "ours_events": rounded(hot.events(), 0),
        "append": rounded(append.events(), 0), "apart": rounded(apart.operations(), 0),
        "stock": rounded(stock.operations(), 0), "vs_append": rounded(vs_append, 3),
        "vs_append_commands": rounded(ratio(hot.operations(), append.operations()), 3),
        "vs_apart": rounded(ratio(hot.operations(), apart.operations()), 3),
        "vs_stock": rounded(ratio(hot.operations(), stock.operations()), 1),
        "sold": outcome.sold, "oversold": 0, "p50_ms": rounded(hot.p50(), 3), "p99_ms": rounded(hot.p99(), 3),
        "spread": rounded(hot.spread(), 3), "rounds": args.rounds, "seconds": args.seconds,
    }));
    safety::tell(&report, "hot", store, &outcome.switches);
}
