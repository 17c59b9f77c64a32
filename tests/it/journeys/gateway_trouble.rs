//! A gateway that is slow, silent, broken or down: nothing is assumed, nothing happens twice.

use chrono::Duration;
use serde_json::{Value, json};
use tests::{
    World,
    actors::{Counted, Order, Payment},
    counter::{CANCEL, PREPARE},
};

/// What a call that changes something may meet before its effect …
fn before() -> Vec<Value> {
    vec![
        json!("timeout_before"),
        json!("reset"),
        json!({ "error": { "status": 500 } }),
        json!({ "error": { "status": 429 } }),
    ]
}

/// … and after it.
fn after() -> Vec<Value> {
    vec![
        json!("timeout_after"),
        json!("reset_after"),
        json!({ "error_after": { "status": 502 } }),
        json!("truncated"),
        json!("invalid_json"),
    ]
}

#[tokio::test]
async fn registering_in_doubt_is_repeated_under_its_key_until_the_gateway_answers() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let mut begun = Vec::new();
    for fault in before().into_iter().chain(after()) {
        let order = hong.orders(&[(&chair, 1)]).await;
        world.counter.fault(PREPARE, fault.clone(), 1).await;
        let payment = hong.begins_to_pay(&order).await;
        world.settle().await;
        assert_eq!(world.payment(&payment).await["payment_status"], "in_doubt", "{fault}");
        begun.push((order, payment, fault));
    }
    world.passes(Duration::seconds(3)).await;
    for (order, payment, fault) in begun {
        assert_eq!(world.payment(&payment).await["payment_status"], "prepared", "{fault}");
        assert_eq!(world.counter.count(PREPARE, &payment).await, 2, "{fault}");
        world.counter.approves(&payment).await;
        world.counter.webhooks_are_out(&payment).await;
        world.settle().await;
        assert_eq!(world.status(&order).await, "paid", "{fault}");
    }
    world.audit().await;
}

#[tokio::test]
async fn a_buyer_who_pays_before_the_payment_is_registered_has_paid() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    world.counter.fault(PREPARE, json!("reset"), 1).await;
    let payment = hong.begins_to_pay(&order).await;
    world.settle().await;
    world.counter.approves_in_silence(&payment).await;
    // Registering it again is refused: it is paid.
    world.passes(Duration::seconds(3)).await;
    assert_eq!(world.counter.count(PREPARE, &payment).await, 2);
    assert_eq!(world.status(&order).await, "paid");
    assert_eq!(world.payment(&payment).await.won("escrow_funded"), 10_000);
    world.audit().await;
}

#[tokio::test]
async fn a_payment_the_gateway_will_not_register_fails_and_another_can_be_begun() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    world.counter.fault(PREPARE, json!("pg_refuses"), 1).await;
    let refused = hong.begins_to_pay(&order).await;
    world.settle().await;
    assert_eq!(world.payment(&refused).await["payment_status"], "failed");
    assert_eq!(world.status(&order).await, "awaiting_payment");
    world.pays(&hong, &order).await;
    assert_eq!(world.status(&order).await, "paid");
    world.audit().await;
}

#[tokio::test]
async fn a_refund_in_doubt_is_looked_up_and_carried_out_exactly_once() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let mut given_up: Vec<(Order, Payment, Value, usize)> = Vec::new();
    let calls =
        before().into_iter().map(|fault| (fault, 2)).chain(after().into_iter().map(|fault| (fault, 1)));
    for (fault, calls) in calls {
        let order = hong.orders(&[(&chair, 1)]).await;
        let payment = world.pays(&hong, &order).await;
        world.counter.fault(CANCEL, fault.clone(), 1).await;
        hong.cancels(&order).await;
        world.settle_processes().await;
        given_up.push((order, payment, fault, calls));
    }
    world.settle().await;
    let doubts = world.count_of("PaymentInDoubt").await;
    assert!(doubts > before().len(), "{doubts} doubts");
    for _ in 0..6 {
        world.passes(Duration::minutes(2)).await;
    }
    for (order, payment, fault, calls) in given_up {
        assert_eq!(world.status(&order).await, "cancelled", "{fault}");
        assert_eq!(world.payment(&payment).await.won("refunded_amount"), 10_000, "{fault}");
        assert_eq!(world.counter.given_back(&payment).await, 10_000, "{fault}");
        assert_eq!(world.counter.count(CANCEL, &payment).await, calls, "{fault}");
    }
    assert_eq!(world.stock_of(&chair).await, 50);
    world.audit().await;
}

#[tokio::test]
async fn while_the_gateway_is_down_nothing_is_assumed_and_afterwards_all_is_made_up_for() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let (paid, unpaid, given_up) = (
        hong.orders(&[(&chair, 1)]).await,
        hong.orders(&[(&chair, 1)]).await,
        hong.orders(&[(&chair, 1)]).await,
    );
    let money = hong.begins_to_pay(&paid).await;
    hong.begins_to_pay(&unpaid).await;
    let refund = world.pays(&hong, &given_up).await;
    world.settle().await;
    world.counter.approves_in_silence(&money).await;

    world.counter.breaks("*", json!({ "error": { "status": 503 } })).await;
    let told = hong.returns_from(&money).await;
    told.refused(503, "unavailable");
    assert!(told.header("retry-after").is_some());
    hong.cancels(&given_up).await;
    let late = hong.orders(&[(&chair, 1)]).await;
    let prepared_late = hong.begins_to_pay(&late).await;
    world.passes(Duration::minutes(10)).await;
    world.passes(Duration::minutes(10)).await;
    assert_eq!(world.status(&paid).await, "awaiting_payment");
    assert_eq!(world.status(&unpaid).await, "awaiting_payment");
    assert_eq!(world.status(&given_up).await, "cancelling");
    world.audit().await;

    world.counter.heals().await;
    for _ in 0..3 {
        world.passes(Duration::hours(1)).await;
    }
    assert_eq!(world.status(&paid).await, "paid");
    assert_eq!(world.status(&unpaid).await, "expired");
    assert_eq!(world.status(&given_up).await, "cancelled");
    assert_eq!(world.counter.given_back(&refund).await, 10_000);
    assert_eq!(world.status(&late).await, "expired");
    assert_eq!(world.payment(&prepared_late).await["payment_status"], "expired");
    assert_eq!(world.stock_of(&chair).await, 49);
    world.audit().await;
}
