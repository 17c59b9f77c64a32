//! A gateway that asks before it captures: the stock is secured first, or nothing is captured.

use chrono::Duration;
use serde_json::{Value, json};

use super::shop;

const BEFORE_CAPTURE: [&str; 2] = ["portone_v1", "portone_v2"];

#[tokio::test]
async fn the_stock_is_secured_before_the_capture() {
    let shop = shop().await;
    for gateway in BEFORE_CAPTURE {
        let (order, _) = shop.paid(gateway, "card").await;
        let timeline = shop.world.timeline(&order).await;
        let place = |name: &str| timeline.iter().position(|moment| moment["event"] == name);
        assert!(place("ApprovalBegun").unwrap() < place("OrderPaid").unwrap(), "{gateway}: {timeline:?}");
    }
    shop.world.audit().await;
}

#[tokio::test]
async fn a_capture_that_comes_too_late_is_blocked_with_the_reason() {
    for gateway in BEFORE_CAPTURE {
        let shop = shop().await;
        let (order, payment) = shop.begun(gateway, "card").await;
        let pay_url = payment.pay_url.clone().unwrap();
        shop.world.visits(&pay_url).await.ok_page();
        shop.world.passes(Duration::minutes(16)).await;
        assert_eq!(shop.world.status(&order).await, "expired", "{gateway}");
        shop.world.clicks_through(&payment, "approve").await;
        shop.world.settle().await;
        assert_eq!(shop.world.count_of("PaymentQuarantined").await, 0, "{gateway}");
        assert_eq!(shop.world.count_of("PaymentAuthorized").await, 0, "{gateway}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn of_two_windows_one_is_captured() {
    for gateway in BEFORE_CAPTURE {
        let shop = shop().await;
        let (order, first) = shop.begun(gateway, "card").await;
        let second = shop.hong.begins_to_pay_at(&order, gateway, "card").await;
        shop.world.settle().await;
        let (left, right) = futures::join!(
            shop.world.clicks_through(&first, "approve"),
            shop.world.clicks_through(&second, "approve")
        );
        left.ok_page();
        right.ok_page();
        for payment in [&first, &second] {
            shop.world.counter.webhooks_are_out(payment).await;
        }
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "paid", "{gateway}");
        assert_eq!(shop.world.count_of("PaymentAuthorized").await, 1, "{gateway}");
        assert_eq!(shop.world.count_of("PaymentQuarantined").await, 0, "{gateway}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn another_amount_and_an_unknown_payment_are_blocked() {
    let shop = shop().await;
    let (_, payment) = shop.begun("portone_v1", "card").await;
    let nobody = shop.world.nobody();
    let ask = |uid: &str, amount: Value| {
        let body = json!({ "imp_uid": "imp_1", "merchant_uid": uid, "amount": amount });
        nobody.post("/webhooks/portone-v1", &body).send()
    };
    let blocked = ask(&payment.gateway_id, json!(9_999)).await;
    assert_eq!((blocked.status, &blocked.json()["reason"]), (409, &json!("10000 is to be paid, not 9999")));
    let unknown = ask(&"0".repeat(32), json!(10_000)).await;
    assert_eq!(unknown.status, 404);
    assert_eq!(shop.world.count_of("ApprovalBegun").await, 0);
    assert_eq!(ask(&payment.gateway_id, json!(10_000)).await.status, 200);
    assert_eq!(shop.world.count_of("ApprovalBegun").await, 1);
}
