//! What must hold after the last start.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use serde_json::Value;
use tests::{
    World,
    actors::{Counted, Payment, Product, text},
};

use super::clients::Record;

/// Events that are one unit: who has the first has each of the others.
const UNITS: [(&str, &[&str]); 6] = [
    ("OrderCreated", &["StockReserved"]),
    ("PaymentCreated", &["PaymentStarted"]),
    ("PaymentAuthorized", &["OrderPaid", "EscrowFunded", "StockCommitted"]),
    ("EscrowConfirmed", &["EscrowReleased", "SellerCredited"]),
    ("CancelAccepted", &["RefundRequested", "EscrowRefundCommitted"]),
    ("OrderExpired", &["StockReleased"]),
];

pub async fn all(world: &World, record: &Record, product: &Product, stock: i64) {
    acknowledged_commands_answer_what_they_answered(world, record).await;
    unanswered_commands_can_be_asked_again(record).await;
    for time in [Duration::minutes(5), Duration::minutes(20), Duration::hours(1), Duration::hours(2)] {
        world.passes(time).await;
    }
    let events = world.auditor.events().await;
    nothing_happened_by_half_or_twice(&events);
    every_order_came_to_an_end(world, record, product, stock).await;
    our_books_and_the_gateways_agree(world, record).await;
    world.audit().await;
}

async fn acknowledged_commands_answer_what_they_answered(world: &World, record: &Record) {
    let head = world.head().await;
    let acknowledged = record.acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > 50, "only {} commands were acknowledged", acknowledged.len());
    for (asked, told) in &acknowledged {
        let again = asked.send().await.unwrap();
        assert_eq!((again.status, again.text()), (told.status, told.text()), "{asked:?}");
        if told.is_success() {
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{asked:?}");
        }
    }
    world.settle().await;
    // Asking again did nothing; whatever was added, processes did, that went on where they were killed.
    for event in world.auditor.events().await.iter().filter(|event| event["position"].as_i64() > Some(head)) {
        let actor = event["metadata"]["actor"].as_str().unwrap();
        assert!(actor.starts_with("system:"), "{event}");
    }
}

async fn unanswered_commands_can_be_asked_again(record: &Record) {
    let unanswered = record.unanswered.lock().unwrap().clone();
    for asked in unanswered {
        let (once, again) = (asked.send().await.unwrap(), asked.send().await.unwrap());
        assert!(once.is_success() || once.status == 409, "{asked:?}: {}", once.text());
        assert_eq!((once.status, &once.bytes), (again.status, &again.bytes), "{asked:?}");
    }
}

fn nothing_happened_by_half_or_twice(events: &[Value]) {
    let mut streams: BTreeMap<String, i64> = BTreeMap::new();
    let mut units: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.won("position"), position, "a gap");
        let sequence = streams.entry(text(event, "aggregate_id")).or_default();
        *sequence += 1;
        assert_eq!(event.won("sequence"), *sequence, "{event}");
        units.entry(text(event, "command_id")).or_default().push(text(event, "event_type"));
    }
    for (command, unit) in &units {
        for (first, others) in UNITS.iter().filter(|(first, _)| unit.iter().any(|event| event == first)) {
            for other in *others {
                assert!(
                    unit.iter().any(|event| event == other),
                    "{command}: {first} without {other}: {unit:?}"
                );
            }
        }
    }
    let mut once = BTreeSet::new();
    let singular =
        ["OrderCreated", "OrderPaid", "PaymentAuthorized", "EscrowFunded", "Refunded", "OrderCancelled"];
    for event in events.iter().filter(|event| singular.contains(&event["event_type"].as_str().unwrap())) {
        assert!(once.insert((text(event, "aggregate_id"), text(event, "event_type"))), "twice: {event}");
    }
}

async fn every_order_came_to_an_end(world: &World, record: &Record, product: &Product, stock: i64) {
    let orders = world.operator.all("/orders").await;
    let placed = record
        .acknowledged
        .lock()
        .unwrap()
        .iter()
        .filter(|(asked, told)| asked.path == "/orders" && told.is_success())
        .count();
    assert!(orders.len() >= placed, "{} orders of {placed} acknowledged ones", orders.len());
    let mut sold = 0;
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for order in &orders {
        let status = text(order, "status");
        if ["paid", "in_delivery", "delivered", "confirmed"].contains(&status.as_str()) {
            sold += order.won("total_amount") / product.price;
        } else {
            assert!(["cancelled", "expired"].contains(&status.as_str()), "{order}");
        }
        *ends.entry(status).or_default() += 1;
    }
    assert_eq!(world.stock_of(product).await, stock - sold, "{ends:?}");
    assert!(
        ends.contains_key("cancelled") && ends.contains_key("confirmed"),
        "too little happened: {ends:?}"
    );
}

/// What the gateway keeps of what it took is what we think it keeps, and no refund was carried out twice.
async fn our_books_and_the_gateways_agree(world: &World, record: &Record) {
    let payments: Vec<Payment> = record.payments.lock().unwrap().clone();
    let mut kept = 0;
    for payment in &payments {
        let document = world.counter.document(&payment.gateway_id).await;
        let (paid, back) = (document["amount"].won("paid"), document["amount"].won("cancelled"));
        let cancellations = document["cancellations"].as_array().map_or(0, Vec::len);
        assert!(back == 0 || back == paid, "{document}");
        assert_eq!(cancellations, usize::from(back > 0), "{document}");
        let ours = world.operator.payment(payment).await;
        assert_eq!((ours.won("captured_amount"), ours.won("refunded_amount")), (paid, back), "{ours}");
        kept += paid - back;
    }
    assert_eq!(world.auditor.balance("1210").await, kept);
}
