//! Orders that nobody paid, or too late.

use chrono::Duration;
use serde_json::json;
use tests::{World, actors::Counted, counter::WEBHOOK};

#[tokio::test]
async fn an_order_that_nobody_pays_expires_and_its_stock_returns() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let never_begun = hong.orders(&[(&chair, 1)]).await;
    let begun = hong.orders(&[(&chair, 3)]).await;
    let payment = hong.begins_to_pay(&begun).await;
    world.settle().await;
    assert_eq!(world.stock_of(&chair).await, 1);

    world.passes(Duration::minutes(14)).await;
    assert_eq!(world.status(&begun).await, "awaiting_payment");
    world.passes(Duration::minutes(2)).await;
    assert_eq!(world.status(&never_begun).await, "expired");
    assert_eq!(world.status(&begun).await, "expired");
    assert_eq!(world.payment(&payment).await["payment_status"], "expired");
    assert_eq!(world.stock_of(&chair).await, 5);
    hong.tries_to_pay(&begun).await.refused(409, "order_has_expired");
    hong.tries_to_cancel(&begun).await.refused(409, "order_has_expired");
    world.audit().await;
}

#[tokio::test]
async fn money_that_came_just_before_the_end_is_found_by_the_expiry_itself() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = hong.begins_to_pay(&order).await;
    world.settle().await;
    world.passes(Duration::minutes(14) + Duration::seconds(50)).await;
    world.counter.fault(WEBHOOK, json!("drop"), 1).await;
    world.counter.approves(&payment).await;
    world.passes(Duration::minutes(1)).await;
    assert_eq!(world.status(&order).await, "paid");
    world.audit().await;
}

#[tokio::test]
async fn money_that_comes_after_the_expiry_goes_back_by_itself() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = hong.begins_to_pay(&order).await;
    world.settle().await;
    world.passes(Duration::minutes(16)).await;
    assert_eq!(world.status(&order).await, "expired");

    world.counter.approves(&payment).await;
    world.counter.webhooks_are_out(&payment).await;
    world.settle().await;
    assert_eq!(world.status(&order).await, "expired");
    assert_eq!(world.stock_of(&chair).await, 5);
    let late = world.payment(&payment).await;
    assert_eq!((late.won("captured_amount"), late.won("refunded_amount")), (10_000, 10_000));
    assert_eq!(late.won("escrow_funded"), 0);
    assert_eq!(world.counter.given_back(&payment).await, 10_000);
    world.audit().await;
}

#[tokio::test]
async fn money_for_an_order_that_was_given_up_is_found_without_a_webhook_and_goes_back() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let (given_up, expired) = (hong.orders(&[(&chair, 1)]).await, hong.orders(&[(&chair, 1)]).await);
    let (early, late) = (hong.begins_to_pay(&given_up).await, hong.begins_to_pay(&expired).await);
    world.settle().await;
    world.counter.approves_in_silence(&early).await;
    assert_eq!(hong.cancels(&given_up).await, "cancelled");
    world.passes(Duration::minutes(2)).await;
    assert_eq!(world.counter.given_back(&early).await, 10_000);

    world.passes(Duration::minutes(20)).await;
    assert_eq!(world.status(&expired).await, "expired");
    world.counter.approves_in_silence(&late).await;
    world.passes(Duration::minutes(11)).await;
    assert_eq!(world.counter.given_back(&late).await, 10_000);
    assert_eq!(world.stock_of(&chair).await, 5);
    world.audit().await;
}

#[tokio::test]
async fn two_attempts_paid_for_one_order_keep_one_and_give_the_other_back() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let (one, two) = (hong.begins_to_pay(&order).await, hong.begins_to_pay(&order).await);
    world.settle().await;
    for tab in [&one, &two] {
        world.counter.approves(tab).await;
        world.counter.webhooks_are_out(tab).await;
        world.settle().await;
    }
    assert_eq!(world.status(&order).await, "paid");
    assert_eq!(world.payment(&one).await["payment_status"], "authorized");
    assert_eq!(world.payment(&two).await.won("refunded_amount"), 10_000);
    assert_eq!(world.counter.given_back(&one).await, 0);
    assert_eq!(world.counter.given_back(&two).await, 10_000);
    world.audit().await;
}
