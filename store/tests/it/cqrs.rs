//! The adapter to cqrs-es, postgres-es reading our log unchanged, and the snapshots nobody must adopt.

use std::collections::HashMap;

use ambient::Clock;
use cqrs_es::{
    AggregateError, CqrsFramework, EventStore,
    persist::{PersistedEventRepository, PersistedEventStore, SemanticVersionEventUpcaster},
    test::TestFramework,
};
use domain::{
    Money,
    product::{Product, ProductEvent},
};
use postgres_es::PostgresEventRepository;
use store::{
    Database, Log, Options, Writer,
    cqrs::{Ask, Folded, Happened, LogRepository, LogStore},
};

use crate::{
    given::{Place, buyers, count, list, listed, listing, new_command, order, price_changed, product},
    on_both,
};

on_both!(
    the_framework_runs_on_our_log,
    a_replay_reads_everything,
    an_old_event_is_upcast,
    a_snapshot_is_refused,
);

fn ask<E: std::error::Error + Send + Sync + 'static>(
    verb: impl FnOnce(&Product) -> Result<Vec<ProductEvent>, E> + Send + 'static,
) -> Ask<Product> {
    Box::new(move |state| verb(state).map_err(Into::into))
}

#[test]
fn verbs_are_tested_with_the_librarys_framework() {
    TestFramework::<Folded<Product>>::with(())
        .given(vec![Happened(ProductEvent::StockAdjusted { stock: 1 })])
        .when(ask(|state| state.reserve(order(), 1, crate::given::noon())))
        .then_expect_error_message("there is no such product");
}

async fn the_framework_runs_on_our_log(place: &Place) {
    let (log, writer) = place.node().await;
    let store = LogStore::<Product>::new(writer.clone(), Clock::system());
    let framework = CqrsFramework::new(store.clone(), vec![], ());
    let id = product();
    framework.execute(&id.to_string(), ask(move |state| state.list(listing(id, 1)))).await.unwrap();
    let buy = || ask(|state: &Product| state.reserve(order(), 1, crate::given::noon()));
    framework.execute(&id.to_string(), buy()).await.unwrap();
    let refused = framework.execute(&id.to_string(), buy()).await.unwrap_err();
    assert!(matches!(refused, AggregateError::UserError(_)), "{refused}");
    assert_eq!(writer.load::<Product>(id).await.unwrap().1, 2);

    let stale = store.load_aggregate(&id.to_string()).await.unwrap();
    let fresh = store.load_aggregate(&id.to_string()).await.unwrap();
    let command_id = ambient::fresh_id().to_string();
    let metadata =
        HashMap::from([("actor".to_owned(), "cus_1".to_owned()), ("command_id".to_owned(), command_id)]);
    let events = store.commit(vec![Happened(price_changed(7))], fresh, metadata).await.unwrap();
    assert_eq!((events[0].sequence, events[0].metadata["actor"].as_str()), (3, "cus_1"));
    let conflict = store.commit(vec![Happened(price_changed(8))], stale, HashMap::new()).await.unwrap_err();
    assert!(matches!(conflict, AggregateError::AggregateConflict), "{conflict}");
    let stored = store.load_events(&id.to_string()).await.unwrap();
    assert_eq!(stored.len(), 3);
    assert_eq!(stored[2].payload, events[0].payload);
    assert_eq!(stored[2].metadata["actor"], "cus_1");
    assert_eq!(log.head().await.unwrap().position, 3);
}

async fn a_replay_reads_everything(place: &Place) {
    let (log, writer) = place.node().await;
    let (a, b) = (listed(&writer, 1_500).await, listed(&writer, 5).await);
    for answer in buyers(&writer, a, 1_200).await.into_iter().chain(buyers(&writer, b, 5).await) {
        answer.unwrap();
    }
    let repository = LogRepository::new(log);
    let mut all = repository.stream_all_events::<Folded<Product>>().await.unwrap();
    let mut seen = 0;
    while let Some(event) = all.next::<Folded<Product>>(&[]).await {
        event.unwrap();
        seen += 1;
    }
    assert_eq!(seen, 1_207);
    let mut one = repository.stream_events::<Folded<Product>>(&b.to_string()).await.unwrap();
    let mut state = Product::default();
    while let Some(event) = one.next::<Folded<Product>>(&[]).await {
        domain::Aggregate::evolve(&mut state, &event.unwrap().payload.0);
    }
    assert_eq!(state, writer.load::<Product>(b).await.unwrap().0);
}

async fn an_old_event_is_upcast(place: &Place) {
    let id = {
        let (_, writer) = place.node().await;
        listed(&writer, 5).await
    };
    let rename = |payload: serde_json::Value| {
        let mut payload = payload;
        payload["ProductListed"]["name"] = "Pot".into();
        payload
    };
    let upcaster = SemanticVersionEventUpcaster::new("ProductListed", "2", Box::new(rename));
    let options = Options { upcasters: vec![Box::new(upcaster)], ..Options::default() };
    let log = Log::open_with(place.url(), options).await.unwrap();
    let writer = Writer::start(&log).await.unwrap();
    assert_eq!(writer.load::<Product>(id).await.unwrap().0.listed().unwrap().name, "Pot");
    let events = log.feed().after(0, 1).await.unwrap();
    let domain::Fact::Product(_, ProductEvent::ProductListed { name, .. }) = &events[0].fact else {
        panic!()
    };
    assert_eq!(name, "Pot");
    assert!(log.feed().raw_after(0, 1).await.unwrap()[0].payload.contains("Kettle"), "the bytes stay");
}

async fn a_snapshot_is_refused(place: &Place) {
    let (log, _) = place.node().await;
    let store =
        PersistedEventStore::<_, Folded<Product>>::new_snapshot_store(LogRepository::new(log.clone()), 1);
    let framework = CqrsFramework::new(store, vec![], ());
    let id = product();
    let listing = ask(move |state: &Product| state.list(listing(id, 1)));
    let error = framework.execute(&id.to_string(), listing).await.unwrap_err();
    assert!(error.to_string().contains("never stored"), "{error}");
    assert_eq!(count(&log, "select count(*) from events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_es_reads_our_log_unchanged() {
    let place = Place::postgres().await;
    let (log, writer) = place.node().await;
    let id = listed(&writer, 50).await;
    for answer in buyers(&writer, id, 40).await {
        answer.unwrap();
    }
    writer.submit(new_command(), list(product(), 1)).await.unwrap();
    let Database::Postgres(pool) = log.database() else { panic!() };
    let theirs = PostgresEventRepository::new(pool.clone());
    let ours = LogRepository::new(log.clone());
    let events = theirs.get_events::<Folded<Product>>(&id.to_string()).await.unwrap();
    assert_eq!(events.len(), 41);
    assert_eq!(events, ours.get_events::<Folded<Product>>(&id.to_string()).await.unwrap());
    assert_eq!(
        theirs.get_last_events::<Folded<Product>>(&id.to_string(), 30).await.unwrap(),
        ours.get_last_events::<Folded<Product>>(&id.to_string(), 30).await.unwrap(),
    );
    let store = PersistedEventStore::<_, Folded<Product>>::new_event_store(theirs);
    let read = store.load_aggregate(&id.to_string()).await.unwrap();
    assert_eq!(read.aggregate.0, writer.load::<Product>(id).await.unwrap().0);
    assert_eq!(read.current_sequence, 41);

    let all = PostgresEventRepository::new(pool.clone());
    let mut stream = all.stream_all_events::<Folded<Product>>().await.unwrap();
    let mut seen = 0;
    while let Some(event) = stream.next::<Folded<Product>>(&[]).await {
        event.unwrap();
        seen += 1;
    }
    assert_eq!(seen, 42);
}

/// Why nobody may adopt the library's snapshot and aggregate stores: a state that is stored counts twice.
mod upstream {
    use cqrs_es::{
        Aggregate, CqrsFramework, DomainEvent, EventStore, event_sink::EventSink,
        persist::PersistedEventStore,
    };
    use postgres_es::PostgresEventRepository;
    use serde::{Deserialize, Serialize};

    use crate::given::Place;

    #[derive(Debug, Default, Serialize, Deserialize)]
    struct Account {
        balance: i64,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    enum AccountEvent {
        Deposited { amount: i64 },
    }

    #[derive(Debug, thiserror::Error)]
    #[error("no")]
    struct No;

    impl DomainEvent for AccountEvent {
        fn event_type(&self) -> String {
            "Deposited".to_owned()
        }
        fn event_version(&self) -> String {
            "1".to_owned()
        }
    }

    impl Aggregate for Account {
        const TYPE: &'static str = "account";
        type Command = i64;
        type Event = AccountEvent;
        type Error = No;
        type Services = ();

        async fn handle(&mut self, amount: i64, (): &(), sink: &EventSink<Self>) -> Result<(), No> {
            sink.write(AccountEvent::Deposited { amount }, self).await;
            Ok(())
        }

        fn apply(&mut self, event: AccountEvent) {
            let AccountEvent::Deposited { amount } = event;
            self.balance += amount;
        }
    }

    const TABLES: &str = "create table events (aggregate_type text, aggregate_id text, sequence bigint, \
        event_type text, event_version text, payload json, metadata json, \
        primary key (aggregate_type, aggregate_id, sequence)); \
        create table snapshots (aggregate_type text, aggregate_id text, last_sequence bigint, \
        current_snapshot bigint, payload json, primary key (aggregate_type, aggregate_id, last_sequence))";

    #[tokio::test]
    async fn snapshots_of_the_library_count_events_twice() {
        let place = Place::postgres().await;
        let pool = sqlx::PgPool::connect(place.url()).await.unwrap();
        sqlx::raw_sql(TABLES).execute(&pool).await.unwrap();
        let repository = || PostgresEventRepository::new(pool.clone());

        let true_store = PersistedEventStore::<_, Account>::new_event_store(repository());
        let bad_store = PersistedEventStore::<_, Account>::new_aggregate_store(repository());
        let framework = CqrsFramework::new(bad_store, vec![], ());
        framework.execute("acc_1", 80).await.unwrap();

        let truth = true_store.load_aggregate("acc_1").await.unwrap();
        assert_eq!(truth.aggregate.balance, 80);
        let bad_store = PersistedEventStore::<_, Account>::new_aggregate_store(repository());
        let wrong = bad_store.load_aggregate("acc_1").await.unwrap();
        assert_eq!(wrong.aggregate.balance, 160, "mended upstream? then say so in docs and drop this test");
    }
}

#[test]
fn an_event_is_stored_as_the_domain_writes_it() {
    let event = ProductEvent::PriceChanged { price: Money::krw(5) };
    assert_eq!(
        serde_json::to_string(&Happened(event.clone())).unwrap(),
        serde_json::to_string(&event).unwrap()
    );
}
