//! Deposits that go back to an account of the buyer's, from the bank's page to the bank's book.

use chrono::Duration;
use serde_json::{Value, json};
use tests::{
    actors::{Counted, Order, Payment, refund_account as account, text},
    http::Reply,
};

use super::{ALL, Shop, shop};

/// Those that give a deposit back only to an account that they are told.
const WANT_AN_ACCOUNT: [&str; 3] = ["portone_v1", "nicepay", "toss"];
const NUMBER: &str = "110-234-567890";

async fn deposited(shop: &Shop, gateway: &str) -> (Order, Payment) {
    let (order, payment) = shop.issued(gateway).await;
    shop.world.counter.act(&payment, "deposit", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "paid", "{gateway}");
    (order, payment)
}

async fn cancels(shop: &Shop, order: &Order, refund_account: &Value) -> Reply {
    let body = json!({ "reason": "changed my mind", "refund_account": refund_account });
    shop.hong.0.http.delete(&format!("/orders/{}/cancel", order.id), &body).send().await
}

async fn is_back(shop: &Shop, (order, payment): &(Order, Payment), gateway: &str) {
    shop.world.counter.webhooks_are_out(payment).await;
    shop.world.settle().await;
    let shown = shop.world.payment(payment).await;
    assert_eq!((shown.won("refunded_amount"), shown.won("captured_amount")), (10_000, 10_000), "{gateway}");
    assert_ne!(shop.world.status(order).await, "paid", "{gateway}");
}

/// The account is in no event, task or answer that anybody can read.
async fn is_sealed(shop: &Shop) {
    let events = serde_json::to_string(&shop.world.auditor.events().await).unwrap();
    for secret in [NUMBER, "110234567890", "\"holder\""] {
        assert!(!events.contains(secret), "{secret} is in the log in plain");
    }
}

#[tokio::test]
async fn a_deposit_goes_back_to_the_account_that_comes_with_the_cancellation() {
    let shop = shop().await;
    for gateway in ALL {
        let paid = deposited(&shop, gateway).await;
        if WANT_AN_ACCOUNT.contains(&gateway) {
            let refused = shop.hong.tries_to_cancel(&paid.0).await;
            assert_eq!(refused.refused(409, "refund_account_missing")["gateway"], gateway);
            assert_eq!(shop.world.status(&paid.0).await, "paid", "{gateway}");
        }
        let unknown = json!({ "bank": "999", "number": NUMBER, "holder": "홍길동" });
        let refused = cancels(&shop, &paid.0, &unknown).await.refused(422, "unknown_bank");
        assert_eq!(refused["banks"].as_array().unwrap().len(), 26);
        cancels(&shop, &paid.0, &account()).await.ok();
        is_back(&shop, &paid, gateway).await;
        assert_eq!(shop.world.status(&paid.0).await, "cancelled", "{gateway}");
    }
    is_sealed(&shop).await;
    shop.world.audit().await;
}

#[tokio::test]
async fn the_payments_own_endpoints_take_the_account_as_well() {
    let shop = shop().await;
    for (gateway, verb) in [("portone_v1", "cancel"), ("nicepay", "refund"), ("toss", "cancel")] {
        let paid = deposited(&shop, gateway).await;
        let path = format!("/payments/{}/{verb}", paid.1.id);
        let (mut without, mut with) = (json!({}), json!({ "refund_account": account() }));
        if verb == "refund" {
            (without["reason"], with["reason"]) = (json!("x"), json!("x"));
        }
        let asker = if verb == "refund" { &shop.world.operator.0.http } else { &shop.hong.0.http };
        asker.post(&path, &without).send().await.refused(409, "refund_account_missing");
        asker.post(&path, &with).send().await.ok();
        is_back(&shop, &paid, gateway).await;
    }
    is_sealed(&shop).await;
    shop.world.audit().await;
}

#[tokio::test]
async fn money_that_came_too_late_waits_visibly_for_the_account_and_goes_back_to_it() {
    let shop = shop().await;
    for gateway in WANT_AN_ACCOUNT {
        let paid = shop.issued(gateway).await;
        for _ in 0..3 {
            shop.world.passes(Duration::minutes(20)).await;
        }
        assert_eq!(shop.world.status(&paid.0).await, "expired", "{gateway}");
        shop.world.counter.act(&paid.1, "deposit", json!({ "late": true })).await.ok();
        shop.world.counter.webhooks_are_out(&paid.1).await;
        shop.world.settle().await;
        let shown = shop.world.payment(&paid.1).await;
        assert_eq!(shown["payment_status"], "quarantined", "{gateway}");
        assert_eq!(shown["failure_reason"], "REFUND_ACCOUNT_MISSING", "{gateway}");
        let refund = waiting_refund(&shop, &paid.0).await;

        let retry = format!("/payments/{}/refunds/{refund}/retry", paid.1.id);
        let http = &shop.hong.0.http;
        http.post(&retry, &json!({})).send().await.refused(409, "refund_account_missing");
        let strange = shop.carpenter.0.http.post(&retry, &json!({ "refund_account": account() }));
        strange.send().await.refused(403, "not_yours");
        let told = http.post(&retry, &json!({ "refund_account": account() })).key(gateway).send().await;
        let again = http.post(&retry, &json!({ "refund_account": account() })).key(gateway).send().await;
        assert_eq!((told.status, &told.bytes), (200, &again.bytes));
        is_back(&shop, &paid, gateway).await;
        http.post(&retry, &json!({})).send().await.ok();
    }
    assert_eq!(shop.world.count_of("Refunded").await, 3);
    is_sealed(&shop).await;
    shop.world.audit().await;
}

async fn waiting_refund(shop: &Shop, order: &Order) -> String {
    let timeline = shop.world.timeline(order).await;
    let failed = timeline.iter().find(|moment| moment["event"] == "RefundFailed").unwrap();
    let text = text(failed, "text");
    assert!(text.ends_with("waits for an account of the buyer's to go to."), "{text}");
    text.split(' ').find(|word| word.starts_with("rfd_")).unwrap().to_owned()
}

#[tokio::test]
async fn an_account_that_cannot_be_one_is_refused_with_its_place() {
    let shop = shop().await;
    let paid = deposited(&shop, "toss").await;
    for (wrong, pointer) in [
        (json!({ "bank": "88", "number": NUMBER, "holder": "a" }), "/refund_account/bank"),
        (json!({ "bank": "088", "number": "1--2", "holder": "a" }), "/refund_account/number"),
        (json!({ "bank": "088", "number": NUMBER, "holder": "" }), "/refund_account/holder"),
        (json!({ "bank": "088", "number": NUMBER }), "/refund_account"),
        (json!(["088", NUMBER, "a"]), "/refund_account"),
    ] {
        let refused = cancels(&shop, &paid.0, &wrong).await.refused(422, "invalid_body");
        assert_eq!(refused["pointer"], pointer, "{wrong}");
    }
    let card = shop.paid("toss", "card").await;
    cancels(&shop, &card.0, &account()).await.refused(409, "refund_account_not_taken");
    assert_eq!(shop.world.count_of("RefundRequested").await, 0);
}
