//! Money that goes back without anybody here having asked: at the console, by the bank, by the card holder.

use chrono::Duration;
use serde_json::json;
use tests::actors::Counted;

use super::shop;

#[tokio::test]
async fn a_cancellation_at_the_console_before_we_heard_of_the_payment_funds_nothing() {
    let shop = shop().await;
    let (order, payment) = shop.begun("portone_v2", "card").await;
    shop.world.counter.breaks("webhook", json!("drop")).await;
    shop.world.leaves(&payment, "approve").await;
    shop.world.counter.act(&payment, "cancel", json!({})).await.ok();
    shop.world.passes(Duration::minutes(2)).await;
    assert_eq!(shop.payment_status(&payment).await, "failed");
    assert_eq!(shop.world.status(&order).await, "awaiting_payment");
    assert_eq!(shop.world.count_of("EscrowFunded").await, 0);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_chargeback_of_held_money_gives_the_order_up() {
    let shop = shop().await;
    let (order, payment) = shop.paid("portone_v2", "card").await;
    shop.world.counter.act(&payment, "chargeback", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "cancelled");
    assert_eq!(shop.world.payment(&payment).await.won("refunded_amount"), 10_000);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_chargeback_after_the_release_is_the_platforms_loss_until_somebody_makes_up_for_it() {
    let shop = shop().await;
    let (order, payment) = shop.paid("portone_v2", "card").await;
    let parcel = shop.carpenter.ships(&order).await;
    shop.carpenter.delivers(&parcel).await;
    shop.hong.confirms(&order).await;
    shop.world.settle().await;
    shop.world.counter.act(&payment, "chargeback", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.count_of("ChargedBack").await, 1);
    assert_eq!(shop.payment_status(&payment).await, "charged_back");
    assert_eq!(shop.world.auditor.balance("1310/portone_v2").await, 10_000);
    assert_eq!(shop.world.credited(&shop.carpenter).await, 8_900);
}

async fn deposited(shop: &super::Shop) -> (tests::actors::Order, tests::actors::Payment) {
    let (order, payment) = shop.begun("toss", "virtual_account").await;
    shop.world.clicks_through(&payment, "approve").await.ok_page();
    shop.world.settle().await;
    assert_eq!(shop.payment_status(&payment).await, "awaiting_deposit");
    shop.world.counter.act(&payment, "deposit", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "paid");
    (order, payment)
}

#[tokio::test]
async fn a_reversed_deposit_locks_the_hold_and_one_that_comes_again_frees_it() {
    let shop = shop().await;
    let (order, payment) = deposited(&shop).await;
    shop.world.counter.act(&payment, "reverse", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.payment_status(&payment).await, "deposit_reversed");
    assert_eq!(shop.world.payment(&payment).await["escrow_status"], "locked");
    shop.carpenter.tries_to_ship(&order).await.refused(409, "deposit_taken_back");
    shop.world.counter.act(&payment, "deposit", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.payment_status(&payment).await, "authorized");
    assert_eq!(shop.world.payment(&payment).await["escrow_status"], "held");
    assert_eq!(shop.world.status(&order).await, "paid");
    shop.carpenter.ships(&order).await;
    shop.world.audit().await;
}

#[tokio::test]
async fn the_clock_confirms_a_locked_hold_once_it_is_free_again() {
    let shop = shop().await;
    let (order, payment) = deposited(&shop).await;
    let parcel = shop.carpenter.ships(&order).await;
    shop.carpenter.delivers(&parcel).await;
    shop.world.passes(Duration::days(7)).await;
    shop.world.counter.act(&payment, "reverse", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    shop.world.passes(Duration::hours(18)).await;
    assert_eq!(shop.world.status(&order).await, "delivered");
    shop.world.counter.act(&payment, "deposit", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.payment_status(&payment).await, "authorized");
    shop.world.passes(Duration::hours(2)).await;
    assert_eq!(shop.world.status(&order).await, "confirmed");
    shop.world.audit().await;
}

#[tokio::test]
async fn a_reversed_deposit_that_does_not_come_again_gives_the_order_up() {
    let shop = shop().await;
    let (order, payment) = deposited(&shop).await;
    shop.world.counter.act(&payment, "reverse", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    // The bank lets it come again for a day.
    shop.world.passes(Duration::hours(23)).await;
    assert_eq!(shop.payment_status(&payment).await, "deposit_reversed");
    for _ in 0..4 {
        shop.world.passes(Duration::hours(1)).await;
    }
    assert_eq!(shop.world.count_of("DepositLost").await, 1);
    assert_eq!(shop.world.status(&order).await, "cancelled");
    assert_eq!(shop.world.stock_of(&shop.chair).await, 50);
    assert_eq!(shop.world.payment(&payment).await["escrow_status"], "lost");
    assert_eq!(shop.world.auditor.balance("1210/toss").await, 0);
}
