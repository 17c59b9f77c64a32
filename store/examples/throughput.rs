//! How fast the log is here: `cargo run --release -p store --example throughput -- <sqlite|postgres> [seconds]`.

#![expect(clippy::print_stdout, reason = "prints its measurements")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    Money,
    id::{Id, OrderId, ProductId, SellerId},
    product::{ListProduct, Product},
};
use serde_json::value::RawValue;
use sqlx::{Connection, PgConnection, SqliteConnection};
use store::{Command, Database, Decide, Decision, Desk, Log, Metadata, Unit, Writer, audit::verify};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let store = arguments.next().unwrap_or_else(|| "sqlite".to_owned());
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(3);
    let folder = tempfile::tempdir()?;
    let (url, _server) = if store == "postgres" {
        let server = testbed::Postgres::start().await?;
        (server.fresh_database().await?, Some(server))
    } else {
        (format!("sqlite:{}", folder.path().join("log.db").display()), None)
    };
    let log = Log::open(&url).await?;
    let writer = Writer::start(&log).await?;
    bare(&log, &url).await?;
    for clients in [1, 64, 1_024] {
        measure("append", &writer, clients, seconds, |_| list(ProductId::from_uuid(ambient::fresh_id())))
            .await?;
    }
    for clients in [64, 1_024] {
        let hot = ProductId::from_uuid(ambient::fresh_id());
        writer.submit(command(), list(hot)).await?;
        measure("hot", &writer, clients, seconds, move |_| buy(hot)).await?;
    }
    if store == "postgres" {
        two_nodes(&url, &writer, seconds).await?;
    }
    for _ in 0..3 {
        let begun = Instant::now();
        let rows = scan(&log).await?;
        let scanned = begun.elapsed();
        let begun = Instant::now();
        let verified = verify(&log, |_| {}).await?;
        let took = begun.elapsed();
        println!("scan   {rows} rows {scanned:?}; verify {} events {took:?}", verified.events);
    }
    Ok(())
}

/// The same clients on two nodes that compete for positions.
async fn two_nodes(url: &str, one: &Writer, seconds: u64) -> Result<(), Failure> {
    let two = Writer::start(&Log::open(url).await?).await?;
    let decide = |_| list(ProductId::from_uuid(ambient::fresh_id()));
    let (a, b) = tokio::join!(
        measure("node 1", one, 512, seconds, decide),
        measure("node 2", &two, 512, seconds, decide)
    );
    a.and(b)
}

/// One bare INSERT per transaction on one connection: what one client cannot beat by much.
async fn bare(log: &Log, url: &str) -> Result<(), Failure> {
    let create = "create table bare (id bigint primary key, payload text not null)";
    let payload = "x".repeat(300);
    let mut times = vec![];
    match log.database() {
        Database::Postgres(_) => {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::query(create).execute(&mut connection).await?;
            for id in 0..1_500_i64 {
                let begun = Instant::now();
                let insert = sqlx::query("insert into bare values ($1, $2)").bind(id).bind(&payload);
                insert.execute(&mut connection).await?;
                times.push(begun.elapsed());
            }
        }
        Database::Sqlite(pool) => {
            let mut connection = SqliteConnection::connect_with(&pool.connect_options()).await?;
            sqlx::query(create).execute(&mut connection).await?;
            for id in 0..1_500_i64 {
                let begun = Instant::now();
                let insert = sqlx::query("insert into bare values ($1, $2)").bind(id).bind(&payload);
                insert.execute(&mut connection).await?;
                times.push(begun.elapsed());
            }
        }
    }
    times.sort();
    println!("bare   p50 {:?} p99 {:?}", times[times.len() / 2], times[times.len() * 99 / 100]);
    Ok(())
}

async fn measure(
    name: &str,
    writer: &Writer,
    clients: usize,
    seconds: u64,
    decide: impl Fn(usize) -> Decide + Send + Sync + 'static,
) -> Result<(), Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let decide = Arc::new(decide);
    let begun = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let (writer, stop, decide) = (writer.clone(), stop.clone(), decide.clone());
            tokio::spawn(async move {
                let mut times = vec![];
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    writer.submit(command(), decide(client)).await?;
                    times.push(begun.elapsed());
                }
                Ok::<_, store::Fault>(times)
            })
        })
        .collect();
    ambient::Clock::system().sleep(chrono::Duration::from_std(Duration::from_secs(seconds))?).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = vec![];
    for task in tasks {
        times.extend(task.await??);
    }
    let rate = times.len() as u128 * 1_000 / begun.elapsed().as_millis();
    times.sort();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("{name:6} {clients:5} clients {rate:7}/s p50 {p50:?} p99 {p99:?}");
    Ok(())
}

async fn scan(log: &Log) -> Result<usize, Failure> {
    let query = "select * from events order by position";
    Ok(match log.database() {
        Database::Postgres(pool) => sqlx::query(query).fetch_all(pool).await?.len(),
        Database::Sqlite(pool) => sqlx::query(query).fetch_all(pool).await?.len(),
    })
}

fn command() -> Command {
    let id = ambient::fresh_id();
    let metadata = Metadata { actor: "system:bench".to_owned(), correlation_id: id, causation_id: None };
    Command { id, fingerprint: [1; 32], metadata, now: ambient::Clock::system().now(), keep: false }
}

fn list(product_id: ProductId) -> Decide {
    Box::new(move |desk: &Desk<'_>| {
        let (state, version) = desk.fresh::<Product>(product_id)?;
        let listing = ListProduct {
            product_id,
            seller_id: SellerId::from_uuid(product_id.uuid()),
            name: "A kettle that boils water".to_owned(),
            description: "One litre and a half, stainless steel, switches itself off.".to_owned(),
            price: Money::krw(39_000),
            stock: 100_000_000,
        };
        Ok(record(product_id, version, state.list(listing).unwrap_or_default()))
    })
}

fn buy(product_id: ProductId) -> Decide {
    let order_id = OrderId::from_uuid(ambient::fresh_id());
    Box::new(move |desk: &Desk<'_>| {
        let (state, version) = desk.get::<Product>(product_id)?;
        let events = state.reserve(order_id, 1, chrono::DateTime::UNIX_EPOCH).unwrap_or_default();
        Ok(record(product_id, version, events))
    })
}

fn record(id: ProductId, version: i64, events: Vec<domain::product::ProductEvent>) -> Decision {
    let mut unit = Unit::new();
    unit.record::<Product>(id, version, events);
    Decision { unit, outcome: RawValue::NULL.to_owned() }
}
