//! Several nodes on one PostgreSQL, and a database that goes away: what only there can go wrong.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{id::ProductId, product::Product};
use sqlx::{Connection, PgConnection};
use store::{Command, Decide, Fault, Feed, Log, OpenError, Options, Receipt, Writer, audit::verify};
use testbed::Postgres;
use uuid::Uuid;

use crate::given::{Place, buy, buyers, count, list, listed, new_command, order, product, stock, word};

const TASKS: usize = 12;
const COMMANDS: usize = 120;

/// As a client does: an unknown outcome is asked for again under the same id.
async fn insist(writer: &Writer, command: &Command, decide: impl Fn() -> Decide) -> Receipt {
    loop {
        match writer.submit(command.clone(), decide()).await {
            Ok(receipt) => return receipt,
            Err(Fault::Unavailable(_) | Fault::Overloaded) => tokio::task::yield_now().await,
            Err(fault) => panic!("{fault}"),
        }
    }
}

/// Sends commands to both nodes; every fifth one to both at once. Gives back what was acknowledged.
async fn load(nodes: [Writer; 2], shared: Vec<ProductId>, task: usize) -> Vec<(Uuid, i64)> {
    let mut acknowledged = vec![];
    for round in 0..COMMANDS {
        let (here, there) = (&nodes[(task + round) % 2], &nodes[(task + round + 1) % 2]);
        let asked = new_command();
        let (hot, fresh, order_id) = (shared[round % shared.len()], product(), order());
        let decide = || if round % 3 == 0 { list(fresh, 1) } else { buy(hot, order_id) };
        let receipt = if round % 5 == 0 {
            let (a, b) = tokio::join!(insist(here, &asked, decide), insist(there, &asked, decide));
            assert_eq!(
                (a.position, a.outcome.get()),
                (b.position, b.outcome.get()),
                "two answers to one command"
            );
            a
        } else {
            insist(here, &asked, decide).await
        };
        assert_eq!(word(&receipt), "ok");
        if round % 7 == 0 {
            let again = insist(there, &asked, decide).await;
            assert!(again.replayed);
            assert_eq!(again.position, receipt.position);
        }
        acknowledged.push((asked.id, receipt.position));
    }
    acknowledged
}

/// Reads all the while: whatever it sees continues what it saw.
async fn poll(feed: Feed, stop: Arc<AtomicBool>) -> i64 {
    let mut seen = 0;
    loop {
        let last_round = stop.load(Ordering::SeqCst);
        for event in feed.raw_after(seen, 700).await.unwrap() {
            seen += 1;
            assert_eq!(event.position, seen, "a reader saw a gap");
        }
        if last_round {
            return seen;
        }
    }
}

/// Ends the writers' connections, over and over, whatever they are doing.
async fn cut(url: String, stop: Arc<AtomicBool>) -> i64 {
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let mut tick = tokio::time::interval(Duration::from_millis(40));
    let mut ended = 0;
    while !stop.load(Ordering::SeqCst) {
        tick.tick().await;
        ended += sqlx::query_scalar::<_, i64>(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity
             where application_name = 'escrow-writer' and datname = current_database() and state = 'active'",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
    }
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_with_stale_caches_and_cut_connections_lose_nothing() {
    let place = Place::postgres().await;
    let ((log, one), (_, two)) = (place.node().await, place.node().await);
    let mut shared = vec![];
    for _ in 0..3 {
        shared.push(listed(&one, 1_000_000).await);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(poll(place.log().await.feed(), stop.clone()));
    let knife = tokio::spawn(cut(place.url().to_owned(), stop.clone()));
    let tasks = (0..TASKS).map(|task| tokio::spawn(load([one.clone(), two.clone()], shared.clone(), task)));
    let done = futures::future::join_all(tasks).await;
    stop.store(true, Ordering::SeqCst);
    let ended = knife.await.unwrap();
    assert!(ended > 0, "no connection was cut");

    let total = i64::try_from(TASKS * COMMANDS).unwrap() + 3;
    assert_eq!(reader.await.unwrap(), total, "lost or doubled");
    let events = log.feed().raw_after(0, 1_000_000).await.unwrap();
    let by_command: HashMap<Uuid, i64> =
        events.iter().map(|event| (event.command_id, event.position)).collect();
    assert_eq!(i64::try_from(by_command.len()).unwrap(), total, "a command was executed twice");
    for (id, position) in done.into_iter().flat_map(Result::unwrap) {
        assert_eq!(
            by_command.get(&id),
            Some(&position),
            "an acknowledged command is not where it was said to be"
        );
    }
    assert_eq!(count(&log, "select count(*) from receipts").await, total);
    let verified = verify(&log, |_| {}).await.unwrap();
    assert_eq!(verified.events, total);
    for id in shared {
        let (state, version) = one.load::<Product>(id).await.unwrap();
        assert_eq!(i64::from(1_000_000 - stock(&state)), version - 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_sell_a_hot_product_out_exactly() {
    let place = Place::postgres().await;
    let ((log, one), (_, two)) = (place.node().await, place.node().await);
    let id = listed(&one, 500).await;
    let (a, b) = tokio::join!(buyers(&one, id, 400), buyers(&two, id, 400));
    let words: Vec<String> = a.into_iter().chain(b).map(|answer| word(&answer.unwrap())).collect();
    assert_eq!(words.iter().filter(|word| *word == "ok").count(), 500);
    assert_eq!(stock(&two.load::<Product>(id).await.unwrap().0), 0);
    assert_eq!(verify(&log, |_| {}).await.unwrap().events, 501);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_never_decided_on_a_stale_cache() {
    let place = Place::postgres().await;
    let ((_, one), (_, two)) = (place.node().await, place.node().await);
    let id = listed(&one, 0).await;
    assert!(word(&two.submit(new_command(), buy(id, order())).await.unwrap()).contains("only 0"));
    let restock = domain::product::ReviseProduct {
        seller_id: crate::given::listing(id, 0).seller_id,
        name: "Kettle".to_owned(),
        description: String::new(),
        price: domain::Money::krw(1_000),
        stock: 1,
    };
    let revise: Decide = Box::new(move |desk: &store::Desk<'_>| {
        let (state, version) = desk.get::<Product>(id)?;
        Ok(crate::given::decided::<Product>(id, version, state.revise(restock.clone())))
    });
    one.submit(new_command(), revise).await.unwrap();
    assert_eq!(word(&two.submit(new_command(), buy(id, order())).await.unwrap()), "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_loaded_is_the_latest_committed_on_whichever_node() {
    let place = Place::postgres().await;
    let ((_, one), (_, two)) = (place.node().await, place.node().await);
    let id = listed(&one, 1_000).await;
    for sold in 1..=50 {
        one.submit(new_command(), buy(id, order())).await.unwrap();
        let (state, version) = two.load::<Product>(id).await.unwrap();
        assert_eq!((stock(&state), version), (1_000 - sold, i64::from(sold) + 1));
    }
    assert_eq!(two.load::<Product>(product()).await.unwrap(), (Product::default(), 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_hears_of_another() {
    let place = Place::postgres().await;
    let ((_, one), (other, _)) = (place.node().await, place.node().await);
    let feed = other.feed();
    listed(&one, 1).await;
    assert_eq!(feed.wait_beyond(0).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_writer_recovers_when_the_database_does() {
    let mut server = Postgres::start().await.unwrap();
    let url = server.fresh_database().await.unwrap();
    let log = Log::open(&url).await.unwrap();
    let writer = Writer::start(&log).await.unwrap();
    let id = listed(&writer, 10).await;
    let first = writer.submit(new_command(), buy(id, order())).await.unwrap();

    server.stop_hard();
    let (asked, order_id) = (new_command(), order());
    let fault = writer.submit(asked.clone(), buy(id, order_id)).await.unwrap_err();
    assert!(matches!(fault, Fault::Unavailable(_)), "{fault}");
    let begun = std::time::Instant::now();
    let fault = writer.submit(new_command(), buy(id, order())).await.unwrap_err();
    assert!(matches!(fault, Fault::Unavailable(_)), "{fault}");
    assert!(begun.elapsed() < Duration::from_secs(1), "while it is down, callers hear so at once");

    server.restart().await.unwrap();
    let receipt = insist(&writer, &asked, || buy(id, order_id)).await;
    assert_eq!((word(&receipt).as_str(), receipt.position), ("ok", first.position + 1));
    assert_eq!(verify(&log, |_| {}).await.unwrap().events, 3);
}

#[tokio::test]
async fn a_database_that_may_lose_commits_is_refused_unless_named() {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let server = Postgres::start_with(&[(setting, "off")]).await.unwrap();
        let url = server.fresh_database().await.unwrap();
        let error = Log::open(&url).await.unwrap_err();
        assert!(matches!(&error, OpenError::Unsafe { setting: named, .. } if named == setting), "{error}");
        let options = Options { allow_unsafe: vec![setting.to_owned()], ..Options::default() };
        assert!(Log::open_with(&url, options).await.is_ok());
    }
}

#[tokio::test]
async fn the_writers_role_may_read_and_insert_only() {
    let place = Place::postgres().await;
    let (log, writer) = place.node().await;
    listed(&writer, 1).await;
    let writers = "select count(*) from pg_stat_activity where application_name = 'escrow-writer'";
    assert_eq!(count(&log, writers).await, 1);
    let mut connection = PgConnection::connect(place.url()).await.unwrap();
    sqlx::query("set role escrow_writer").execute(&mut connection).await.unwrap();
    for table in ["events", "receipts", "batches"] {
        for edit in
            [format!("delete from {table}"), format!("truncate {table}"), format!("drop table {table}")]
        {
            let error = sqlx::query(&edit).execute(&mut connection).await.unwrap_err().to_string();
            assert!(
                error.contains("permission denied") || error.contains("must be owner"),
                "{edit}: {error}"
            );
        }
        sqlx::query(&format!("select * from {table}")).execute(&mut connection).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_at_once_migrates_once() {
    let place = Place::postgres().await;
    let opening = (0..4).map(|_| Log::open(place.url()));
    for log in futures::future::join_all(opening).await {
        log.unwrap();
    }
    let place = Place::sqlite();
    let opening = (0..4).map(|_| Log::open(place.url()));
    for log in futures::future::join_all(opening).await {
        log.unwrap();
    }
}
