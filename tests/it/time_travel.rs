//! Any aggregate as of any moment, what changed between two, why it happened, and three readers that see the same.

use chrono::Duration;
use domain::fact::AGGREGATE_TYPES;
use serde_json::{Value, json};
use store::history::replay::{Stretch, Through, ours, through};
use tests::{Databases, World, actors::Order};

async fn life(world: &World) -> Order {
    let (seller, buyer) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = seller.sells("chair", 10_000, 9).await;
    let order = buyer.orders(&[(&chair, 2)]).await;
    world.passes(Duration::minutes(1)).await;
    world.pays(&buyer, &order).await;
    world.passes(Duration::hours(1)).await;
    seller.delivers(&seller.ships(&order).await).await;
    world.passes(Duration::days(9)).await;
    order
}

async fn get(world: &World, path: &str) -> Value {
    world.auditor.0.http.get(path).send().await.ok()
}

fn status(past: &Value) -> String {
    let state = past["state"].as_object().unwrap();
    state.keys().next().unwrap().clone()
}

#[tokio::test]
async fn an_order_is_seen_as_it_was_at_each_position_and_moment() {
    let world = World::open().await;
    let order = life(&world).await;
    let events = world.auditor.events().await;
    let of_order: Vec<&Value> =
        events.iter().filter(|event| event["aggregate_id"] == order.id.as_str()).collect();
    let path = format!("/audit/aggregates/order/{}", order.id);
    let mut seen = vec![];
    for (index, event) in of_order.iter().enumerate() {
        let past = get(&world, &format!("{path}?at={}", event["position"])).await;
        assert_eq!(past["version"], json!(index + 1));
        assert_eq!((&past["position"], &past["recorded_at"]), (&event["position"], &event["recorded_at"]));
        seen.push(status(&past));
    }
    seen.dedup();
    assert_eq!(seen, ["AwaitingPayment", "Paid"]);
    let now = get(&world, &path).await;
    assert_eq!(now["version"], json!(of_order.len()));
    assert_eq!(now["state"]["Paid"][0]["total"], json!({ "amount": 20_000, "currency": "KRW" }));
    let created = of_order[0]["recorded_at"].as_str().unwrap();
    assert_eq!(status(&get(&world, &format!("{path}?at={created}")).await), "AwaitingPayment");
    let text = now.to_string();
    assert!(!text.contains("홍길동"), "{text}");

    let http = &world.auditor.0.http;
    let head = world.head().await;
    let first = of_order[0]["position"].as_i64().unwrap();
    for (path, status, code) in [
        (format!("{path}?at={}", head + 1), 404, "no_such_moment"),
        (format!("{path}?at={}", first - 1), 404, "unknown_aggregate"),
        (format!("{path}?at=1999-01-01T00:00:00Z"), 404, "unknown_aggregate"),
        (format!("{path}?at=yesterday"), 400, "invalid_query"),
        (format!("{path}?at=0"), 400, "invalid_query"),
        ("/audit/aggregates/order/ord_x".to_owned(), 404, "unknown_aggregate"),
        (format!("/audit/aggregates/nothing/{}", order.id), 404, "unknown_aggregate"),
    ] {
        http.get(&path).send().await.refused(status, code);
    }
    let told = http.get(&format!("{path}?at={}", first - 1)).send().await.refused(404, "unknown_aggregate");
    assert_eq!(told["first_position"], json!(first));
}

#[tokio::test]
async fn every_aggregate_of_the_log_has_a_past() {
    let world = World::open().await;
    life(&world).await;
    let mut types = vec![];
    for event in world.auditor.events().await {
        let (kind, id) = (event["aggregate_type"].as_str().unwrap(), event["aggregate_id"].as_str().unwrap());
        let past = get(&world, &format!("/audit/aggregates/{kind}/{id}?at={}", event["position"])).await;
        assert_eq!((&past["version"], &past["position"]), (&event["sequence"], &event["position"]));
        types.push(kind.to_owned());
    }
    types.sort();
    types.dedup();
    assert_eq!(types, ["customer", "escrow", "order", "payment", "product", "seller"]);
}

#[tokio::test]
async fn what_changed_between_two_moments_is_named_with_who_did_it() {
    let world = World::open().await;
    let order = life(&world).await;
    let events = world.auditor.events().await;
    let at = |name: &str| {
        events.iter().find(|event| event["event_type"] == name).unwrap()["position"].as_i64().unwrap()
    };
    let diff = |from: String, to: String| {
        let path = format!("/audit/diff?type=order&id={}&from={from}&to={to}", order.id);
        world.auditor.0.http.get(&path).send()
    };
    let (shipped, delivered) = (at("ShipmentDispatched"), at("ShipmentDelivered"));
    let told = diff(shipped.to_string(), delivered.to_string()).await.ok();
    assert_eq!(told["events"].as_array().unwrap().len(), 1);
    assert_eq!(told["events"][0]["event_type"], "ShipmentDelivered");
    assert!(told["events"][0]["actor"].as_str().unwrap().starts_with("cus_"), "{told}");
    let changes = told["changes"].as_array().unwrap();
    let is_delivered = |change: &&Value| change["pointer"].as_str().unwrap().ends_with("/delivered");
    let change = changes.iter().find(is_delivered).unwrap();
    assert_eq!((&change["before"], &change["after"]), (&json!(false), &json!(true)));

    let nothing = diff(delivered.to_string(), delivered.to_string()).await.ok();
    assert_eq!((&nothing["changes"], &nothing["events"]), (&json!([]), &json!([])));
    let whole = diff("1".to_owned(), world.head().await.to_string()).await.ok();
    assert_eq!((&whole["from"], whole["changes"][0]["pointer"].as_str()), (&Value::Null, Some("")));
    diff(delivered.to_string(), shipped.to_string()).await.refused(404, "no_such_moment");
    diff("1".to_owned(), (world.head().await + 1).to_string()).await.refused(404, "no_such_moment");
}

#[tokio::test]
async fn a_confirmation_by_the_clock_leads_back_to_who_delivered() {
    let world = World::open().await;
    let order = life(&world).await;
    let causes = get(&world, &format!("/orders/{}/causes", order.id)).await;
    let items = causes["items"].as_array().unwrap();
    let one = |name: &str| items.iter().find(|item| item["event_type"] == name).unwrap();
    let (confirmed, due, delivered) =
        (one("EscrowConfirmed"), one("ConfirmationDue"), one("ShipmentDelivered"));
    assert_eq!(confirmed["actor"], "system:auto-confirm");
    assert_eq!(confirmed["caused_by"], due["position"]);
    assert_eq!(confirmed["correlation_id"], delivered["correlation_id"]);
    assert_eq!((&due["command_id"], &due["caused_by"]), (&delivered["command_id"], &Value::Null));
    for together in ["EscrowReleased", "SellerCredited"] {
        assert_eq!(one(together)["command_id"], confirmed["command_id"], "{together}");
    }
}

#[tokio::test]
async fn three_readers_see_the_same() {
    let world = World::open_on(Databases::postgres().await).await;
    life(&world).await;
    let log = &world.services().log;
    let (mut positions, everything) = (vec![], Stretch::default());
    let all = ours(log, &everything, |event| {
        positions.push(event.position);
        true
    });
    let all = all.await.unwrap();
    assert_eq!(positions, (1..=world.head().await).collect::<Vec<_>>());
    assert_eq!(all.events, u64::try_from(world.head().await).unwrap());
    for reader in [Through::CqrsEs, Through::PostgresEs] {
        assert_eq!(through(log, reader, &AGGREGATE_TYPES, None).await.unwrap(), all, "{reader:?}");
        for kind in AGGREGATE_TYPES {
            let stretch = Stretch { aggregate_type: Some(kind.to_owned()), ..Stretch::default() };
            let some = ours(log, &stretch, |_| true).await.unwrap();
            assert_eq!(through(log, reader, &[kind], None).await.unwrap(), some, "{reader:?} {kind}");
            // Nothing was claimed here.
            assert!((some.events > 0) == (kind != "claim") && some != all, "{kind}");
        }
    }
    let stretch = Stretch { after: 2, upto: Some(5), ..Stretch::default() };
    assert_eq!(ours(log, &stretch, |_| true).await.unwrap().events, 3);
    let beyond = Stretch { upto: Some(world.head().await + 1), ..Stretch::default() };
    assert!(ours(log, &beyond, |_| true).await.unwrap_err().to_string().contains("beyond"));
    let unknown = Stretch { aggregate_type: Some("nothing".to_owned()), ..Stretch::default() };
    assert!(ours(log, &unknown, |_| true).await.is_err());
}
