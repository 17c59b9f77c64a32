//! What tests start from: an empty log on either engine, products, buyers.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Money,
    id::{Id, OrderId, ProductId, SellerId},
    product::{ListProduct, Product, ProductEvent},
};
use serde_json::value::{RawValue, to_raw_value};
use store::{
    Command, Database, Decide, Decision, Desk, Fault, Log, Metadata, Missing, Receipt, Unit, Writer,
};
use testbed::Postgres;
use uuid::Uuid;

/// Where a test's log is.
pub struct Place {
    url: String,
    _folder: Option<tempfile::TempDir>,
    _server: Option<Postgres>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("log.db").display());
        Self { url, _folder: Some(folder), _server: None }
    }

    pub async fn postgres() -> Self {
        let server = Postgres::start().await.unwrap();
        Self { url: server.fresh_database().await.unwrap(), _folder: None, _server: Some(server) }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn log(&self) -> Log {
        Log::open(&self.url).await.unwrap()
    }

    pub async fn node(&self) -> (Log, Writer) {
        let log = self.log().await;
        let writer = Writer::start(&log).await.unwrap();
        (log, writer)
    }
}

/// Runs SQL on the log's database, as its owner would.
pub async fn sql(log: &Log, statement: &str) -> Result<u64, sqlx::Error> {
    match log.database() {
        Database::Postgres(pool) => {
            sqlx::raw_sql(statement).execute(pool).await.map(|done| done.rows_affected())
        }
        Database::Sqlite(pool) => {
            sqlx::raw_sql(statement).execute(pool).await.map(|done| done.rows_affected())
        }
    }
}

/// What an administrator can do: switch the triggers off first.
pub async fn behind_the_triggers(log: &Log, statement: &str) {
    match log.database() {
        Database::Postgres(_) => {
            sql(
                log,
                &format!(
                    "set session_replication_role = replica; {statement}; reset session_replication_role"
                ),
            )
            .await
            .unwrap();
        }
        Database::Sqlite(_) => {
            for table in ["events", "receipts", "batches", "tree_checkpoints", "tree_cosigned"] {
                for verb in ["update", "delete"] {
                    sql(log, &format!("drop trigger if exists {table}_no_{verb}")).await.unwrap();
                }
            }
            sql(log, statement).await.unwrap();
        }
    }
}

/// Counts with SQL.
pub async fn count(log: &Log, query: &str) -> i64 {
    match log.database() {
        Database::Postgres(pool) => sqlx::query_scalar(query).fetch_one(pool).await.unwrap(),
        Database::Sqlite(pool) => sqlx::query_scalar(query).fetch_one(pool).await.unwrap(),
    }
}

pub fn noon() -> DateTime<Utc> {
    "2026-01-02T12:00:00.123456Z".parse().unwrap()
}

pub fn command(id: Uuid) -> Command {
    Command {
        id,
        fingerprint: [7; 32],
        metadata: Metadata { actor: "system:test".to_owned(), correlation_id: id, causation_id: None },
        now: noon(),
        keep: false,
    }
}

pub fn new_command() -> Command {
    command(ambient::fresh_id())
}

pub fn json(value: &str) -> Box<RawValue> {
    to_raw_value(value).unwrap()
}

pub fn product() -> ProductId {
    ProductId::from_uuid(ambient::fresh_id())
}

pub fn order() -> OrderId {
    OrderId::from_uuid(ambient::fresh_id())
}

pub fn listing(product_id: ProductId, stock: u32) -> ListProduct {
    ListProduct {
        product_id,
        seller_id: SellerId::from_uuid(Uuid::from_u128(9)),
        name: "Kettle \"한\"".to_owned(),
        description: "boils\nwater".to_owned(),
        price: Money::krw(1_000),
        stock,
    }
}

/// Puts a product on sale.
pub fn list(product_id: ProductId, stock: u32) -> Decide {
    Box::new(move |desk: &Desk<'_>| {
        let (state, version) = desk.fresh::<Product>(product_id)?;
        Ok(decided::<Product>(product_id, version, state.list(listing(product_id, stock))))
    })
}

/// Reserves one unit for an order.
pub fn buy(product_id: ProductId, order_id: OrderId) -> Decide {
    Box::new(move |desk: &Desk<'_>| {
        let (state, version) = desk.get::<Product>(product_id)?;
        Ok(decided::<Product>(product_id, version, state.reserve(order_id, 1, noon() + TimeDelta::hours(1))))
    })
}

/// Reserves one unit of each product, or none.
pub fn buy_all(products: Vec<ProductId>, order_id: OrderId) -> Decide {
    Box::new(move |desk: &Desk<'_>| {
        desk.all::<Product>(products.iter().copied())?;
        let mut unit = Unit::new();
        for id in &products {
            let (state, version) = desk.get::<Product>(*id)?;
            match state.reserve(order_id, 1, noon()) {
                Ok(events) => unit.record::<Product>(*id, version, events),
                Err(refusal) => {
                    return Ok(Decision { unit: Unit::new(), outcome: json(&refusal.to_string()) });
                }
            }
        }
        Ok(Decision { unit, outcome: json("ok") })
    })
}

pub fn decided<A: domain::Aggregate>(
    id: A::Id,
    version: i64,
    decision: Result<Vec<A::Event>, impl std::fmt::Display>,
) -> Decision {
    let mut unit = Unit::new();
    let outcome = match decision {
        Ok(events) => {
            unit.record::<A>(id, version, events);
            json("ok")
        }
        Err(refusal) => json(&refusal.to_string()),
    };
    Decision { unit, outcome }
}

pub fn word(receipt: &Receipt) -> String {
    serde_json::from_str(receipt.outcome.get()).unwrap()
}

pub fn always(decision: impl Fn() -> Decision + Send + 'static) -> Decide {
    Box::new(move |_: &Desk<'_>| -> Result<Decision, Missing> { Ok(decision()) })
}

pub async fn listed(writer: &Writer, stock: u32) -> ProductId {
    let id = product();
    let receipt = writer.submit(new_command(), list(id, stock)).await.unwrap();
    assert_eq!(word(&receipt), "ok");
    id
}

pub fn stock(state: &Product) -> u32 {
    state.listed().unwrap().stock
}

pub async fn buyers(writer: &Writer, product_id: ProductId, count: usize) -> Vec<Result<Receipt, Fault>> {
    let buying = (0..count).map(|_| {
        let writer = writer.clone();
        tokio::spawn(async move { writer.submit(new_command(), buy(product_id, order())).await })
    });
    futures::future::join_all(buying).await.into_iter().map(Result::unwrap).collect()
}

pub fn price_changed(amount: i64) -> ProductEvent {
    ProductEvent::PriceChanged { price: Money::krw(amount) }
}
