//! Approval by us: the agreement is a fact first, then the gateway is asked, once.

use chrono::Duration;
use serde_json::{Value, json};
use tests::{World, actors::Payment};

use super::{APPROVED_BY_US, Shop, shop};

const NICEPAY: &str = "POST /v1/payments/{tid}";
const TOSS: &str = "POST /v1/payments/confirm";
const NET_CANCEL: &str = "POST /v1/payments/netcancel";

fn route(gateway: &str) -> &'static str {
    if gateway == "nicepay" { NICEPAY } else { TOSS }
}

async fn asked(world: &World, payment: &Payment) -> usize {
    world.counter.asked(&payment.protocol(), route(&payment.gateway)).await
}

async fn meets(gateway: &str, fault: Value) -> (Shop, tests::actors::Order, Payment) {
    let shop = shop().await;
    let (order, payment) = shop.begun(gateway, "card").await;
    shop.world.counter.fault_at(&payment.protocol(), (route(gateway), fault), Some(1)).await;
    shop.world.clicks_through(&payment, "approve").await.ok_page();
    shop.world.settle().await;
    (shop, order, payment)
}

#[tokio::test]
async fn an_approval_without_an_answer_that_had_its_effect_is_found_and_not_repeated() {
    for gateway in APPROVED_BY_US {
        for fault in [json!("timeout_after"), json!("reset_after"), json!("html"), json!("truncated")] {
            let (shop, order, payment) = meets(gateway, fault.clone()).await;
            shop.world.passes(Duration::minutes(2)).await;
            assert_eq!(shop.world.status(&order).await, "paid", "{gateway} {fault}");
            assert_eq!(asked(&shop.world, &payment).await, 1, "{gateway} {fault}");
            assert_eq!(shop.world.count_of("PaymentAuthorized").await, 1, "{gateway} {fault}");
            shop.world.audit().await;
        }
    }
}

#[tokio::test]
async fn a_toss_approval_that_had_no_effect_is_asked_for_again_under_its_key() {
    for fault in [json!("timeout_before"), json!("reset"), json!({ "error": { "status": 500 } })] {
        let (shop, order, payment) = meets("toss", fault.clone()).await;
        assert_eq!(shop.payment_status(&payment).await, "in_doubt", "{fault}");
        for _ in 0..4 {
            shop.world.passes(Duration::seconds(31)).await;
        }
        assert_eq!(shop.world.status(&order).await, "paid", "{fault}");
        assert_eq!(asked(&shop.world, &payment).await, 2, "{fault}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn a_nicepay_approval_that_look_ups_do_not_settle_is_undone_within_its_hour() {
    for fault in [json!("timeout_before"), json!("reset"), json!({ "error": { "status": 500 } })] {
        let (shop, order, payment) = meets("nicepay", fault.clone()).await;
        assert_eq!(shop.payment_status(&payment).await, "in_doubt", "{fault}");
        for _ in 0..12 {
            shop.world.passes(Duration::seconds(60)).await;
        }
        assert_eq!(asked(&shop.world, &payment).await, 1, "{fault}: never a blind second POST");
        assert_eq!(shop.world.counter.asked("nicepay", NET_CANCEL).await, 1, "{fault}");
        assert_eq!(shop.payment_status(&payment).await, "failed", "{fault}");
        let again = shop.hong.begins_to_pay_at(&order, "toss", "card").await;
        shop.world.settle().await;
        shop.world.clicks_through(&again, "approve").await.ok_page();
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "paid", "{fault}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn an_approval_the_gateway_refuses_fails_the_attempt_alone() {
    for gateway in APPROVED_BY_US {
        let (shop, order, payment) = meets(gateway, json!("pg_refuses")).await;
        assert_eq!(shop.payment_status(&payment).await, "failed", "{gateway}");
        assert_eq!(shop.world.status(&order).await, "awaiting_payment", "{gateway}");
        assert_eq!(shop.world.stock_of(&shop.chair).await, 49, "{gateway}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn the_stock_stays_while_an_approval_is_in_doubt_and_goes_when_it_failed() {
    let shop = shop().await;
    let (order, payment) = shop.begun("toss", "card").await;
    shop.world.passes(Duration::minutes(13)).await;
    shop.world.counter.fault_at("toss", (TOSS, json!("timeout_before")), None).await;
    shop.world.clicks_through(&payment, "approve").await.ok_page();
    shop.world.settle().await;
    shop.hong.tries_to_cancel(&order).await.refused(409, "approval_under_way");
    for _ in 0..3 {
        shop.world.passes(Duration::minutes(1)).await;
    }
    // The window ended a minute ago.
    assert_eq!(shop.world.status(&order).await, "awaiting_payment");
    assert_eq!(shop.world.stock_of(&shop.chair).await, 49);
    shop.world.counter.heals().await;
    // Toss forgot the agreement meanwhile: its refusal ends the attempt, and with it the order.
    for _ in 0..4 {
        shop.world.passes(Duration::hours(1)).await;
    }
    assert_eq!(shop.world.status(&order).await, "expired");
    assert_eq!(shop.world.stock_of(&shop.chair).await, 50);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_late_agreement_is_refused_and_nothing_is_captured() {
    for gateway in APPROVED_BY_US {
        let shop = shop().await;
        let (order, payment) = shop.begun(gateway, "card").await;
        shop.world.passes(Duration::minutes(14)).await;
        let left = shop.world.leaves(&payment, "approve").await;
        shop.world.passes(Duration::minutes(2)).await;
        assert_eq!(shop.world.status(&order).await, "expired", "{gateway}");
        let page = shop.world.comes_back(&left).await.ok_page();
        assert!(!page.contains("결제가 완료되었습니다"), "{gateway}: {page}");
        shop.world.settle().await;
        assert_eq!(asked(&shop.world, &payment).await, 0, "{gateway}");
        assert_eq!(shop.world.count_of("PaymentAuthenticated").await, 0, "{gateway}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn an_agreement_told_twice_is_approved_once() {
    for gateway in APPROVED_BY_US {
        let shop = shop().await;
        let (order, payment) = shop.begun(gateway, "card").await;
        let left = shop.world.leaves(&payment, "approve").await;
        let (first, second) = futures::join!(shop.world.comes_back(&left), shop.world.comes_back(&left));
        first.ok_page();
        second.ok_page();
        shop.world.comes_back(&left).await.ok_page();
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "paid", "{gateway}");
        assert_eq!(asked(&shop.world, &payment).await, 1, "{gateway}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn a_forged_agreement_is_refused() {
    let shop = shop().await;
    let (_, payment) = shop.begun("nicepay", "card").await;
    let mut left = shop.world.leaves(&payment, "approve").await;
    left.form = left.form.map(|form| form.replace("amount=10000", "amount=1"));
    let refused = shop.world.comes_back(&left).await;
    refused.refused(401, "forged_return");
    assert_eq!(asked(&shop.world, &payment).await, 0);
}
