//! Nodes that take turns, and a node that was away for long.

use domain::{Money, id::ProductId, product::Product};
use sqlx::{Connection, PgConnection};
use store::{
    Database, Log,
    audit::{GENESIS, Hash, LeafFields, LeafHasher, Link, verify},
};
use uuid::Uuid;

use crate::given::{
    Place, buy, command, count, list, listed, new_command, noon, order, price_changed, product, sql, stock,
    word,
};

/// The advisory lock by which nodes take turns.
const TURN: i64 = 0x6573_6372_6f77;
/// The most events of others a node reads to catch up; beyond, it forgets what it knew.
const MAX_TAIL: i64 = 20_000;
/// How often a node is asked to take turns before it counts as deaf.
const ASKED: usize = 2_000;

const WAITING: &str = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
const HELD: &str = "select count(*) from pg_locks where locktype = 'advisory'";

/// Asks all nodes to take turns, as one that keeps losing does.
async fn ask_turns(log: &Log) {
    let notify = format!("select pg_notify('escrow_log', '{} 0 turns')", Uuid::from_u128(1));
    sql(log, &notify).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_take_turns_wait_for_one_another() {
    let place = Place::postgres().await;
    let ((log, one), (_, two)) = (place.node().await, place.node().await);
    let mut other = PgConnection::connect(place.url()).await.unwrap();
    sqlx::query("select pg_advisory_lock($1)").bind(TURN).execute(&mut other).await.unwrap();

    let mut waiting = None;
    for _ in 0..ASKED {
        ask_turns(&log).await;
        let writer = one.clone();
        let task = tokio::spawn(async move { writer.submit(new_command(), list(product(), 1)).await });
        while !task.is_finished() && count(&log, WAITING).await == 0 {}
        if !task.is_finished() {
            waiting = Some(task);
            break;
        }
        // Nobody told it yet: it appends as if it were alone.
        assert_eq!(word(&task.await.unwrap().unwrap()), "ok");
    }
    let waiting = waiting.expect("the node never took turns");
    let before = log.head().await.unwrap().position;
    let second = tokio::spawn(async move { two.submit(new_command(), list(product(), 1)).await });
    sqlx::query("select pg_advisory_unlock($1)").bind(TURN).execute(&mut other).await.unwrap();
    for answer in [waiting.await, second.await] {
        assert_eq!(word(&answer.unwrap().unwrap()), "ok");
    }
    assert_eq!(log.head().await.unwrap().position, before + 2);
    assert_eq!(count(&log, HELD).await, 0, "a node kept its turn");
    assert_eq!(verify(&log, |_| {}).await.unwrap().events, before + 2);
}

/// Rows that another node would append, and their way along the chain.
struct Foreign {
    hasher: LeafHasher,
    link: Link,
    position: i64,
    command_id: Uuid,
    streams: Vec<String>,
    sequences: Vec<i64>,
    payloads: Vec<String>,
    ids: Vec<Uuid>,
    leaves: Vec<Hash>,
}

const METADATA: &str = r#"{"actor":"system:test","correlation_id":"00000000-0000-0000-0000-000000000001"}"#;

impl Foreign {
    fn after((position, hash): (i64, Hash), command_id: Uuid) -> Self {
        Self {
            hasher: LeafHasher::default(),
            link: Link::after(&hash),
            position,
            command_id,
            streams: vec![],
            sequences: vec![],
            payloads: vec![],
            ids: vec![],
            leaves: vec![],
        }
    }

    fn price(&mut self, product_id: ProductId, sequence: i64, amount: i64) {
        self.position += 1;
        let stream = product_id.to_string();
        let payload = serde_json::to_string(&price_changed(amount)).unwrap();
        let event_id = Uuid::from_u128(u128::try_from(self.position).unwrap());
        let leaf = self.hasher.leaf(&LeafFields {
            position: self.position,
            aggregate_type: "product",
            aggregate_id: &stream,
            sequence,
            event_type: "PriceChanged",
            event_version: "1",
            payload: &payload,
            metadata: METADATA,
            event_id,
            command_id: self.command_id,
            recorded_at: noon().timestamp_micros(),
        });
        self.link.add(&leaf);
        self.streams.push(stream);
        self.sequences.push(sequence);
        self.payloads.push(payload);
        self.ids.push(event_id);
        self.leaves.push(leaf);
    }

    /// All of it as one batch, with the receipt of its command.
    async fn commit(self, log: &Log, outcome: &str) {
        let Database::Postgres(pool) = log.database() else { panic!("several nodes share a PostgreSQL") };
        let first = self.position - i64::try_from(self.ids.len()).unwrap() + 1;
        let positions: Vec<i64> = (first..=self.position).collect();
        let leaves: Vec<&[u8]> = self.leaves.iter().map(|leaf| &leaf[..]).collect();
        sqlx::query(
            "with r as (insert into receipts values ($9, $10, $11::text::json, $2, $12)),
             b as (insert into batches values ($2, $1, $3, $12))
             insert into events select p, 'product', a, s, 'PriceChanged', '1', d::json, $13::text::json, i, $9, $12, l
             from unnest($4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::uuid[], $14::bytea[])
               as e(p, a, s, d, i, l)",
        )
        .bind(first)
        .bind(self.position)
        .bind(&self.link.hash()[..])
        .bind(positions)
        .bind(self.streams)
        .bind(self.sequences)
        .bind(self.payloads)
        .bind(self.ids)
        .bind(self.command_id)
        .bind(&[7_u8; 32][..])
        .bind(serde_json::to_string(outcome).unwrap())
        .bind(noon())
        .bind(METADATA)
        .bind(leaves)
        .execute(pool)
        .await
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_far_behind_forgets_what_it_knew() {
    let place = Place::postgres().await;
    let (log, writer) = place.node().await;
    let (known, other) = (listed(&writer, 5).await, listed(&writer, 1).await);
    let executed = new_command();
    let head = log.head().await.unwrap();
    assert_ne!(head.hash, GENESIS);

    let mut foreign = Foreign::after((head.position, head.hash), executed.id);
    foreign.price(known, 2, 4_200);
    for sequence in 0..MAX_TAIL {
        foreign.price(other, sequence + 2, 1_000 + sequence);
    }
    foreign.commit(&log, "elsewhere").await;

    // What it knew of the product is outdated, and it is too far behind to be told what changed.
    let receipt = writer.submit(new_command(), buy(known, order())).await.unwrap();
    assert_eq!((word(&receipt).as_str(), receipt.position), ("ok", head.position + MAX_TAIL + 2));
    let (state, version) = writer.load::<Product>(known).await.unwrap();
    assert_eq!((version, stock(&state)), (3, 4));
    assert_eq!(state.listed().unwrap().price, Money::krw(4_200));
    assert_eq!(writer.load::<Product>(other).await.unwrap().1, MAX_TAIL + 1);
    // What another node executed meanwhile is not executed again.
    let again = writer.submit(command(executed.id), buy(known, order())).await.unwrap();
    assert_eq!((word(&again).as_str(), again.replayed), ("elsewhere", true));
    assert_eq!(verify(&log, |_| {}).await.unwrap().events, receipt.position);
}
