//! PortOne V2 with approval by the shop, and what a capture is refused for.

use chrono::Duration;
use serde_json::json;
use tests::{World, actors::Payment};

use super::shop;

const CONFIRM: &str = "POST /payments/{id}/confirm";

/// The same window, opened by a page that asks for approval by the shop.
fn by_the_shop(payment: Payment) -> Payment {
    let pay_url = payment.pay_url.as_deref().map(|url| format!("{url}&isManualCapture=true"));
    Payment { pay_url, ..payment }
}

async fn confirmations(world: &World, payment: &Payment) -> usize {
    world.counter.count(CONFIRM, payment).await
}

#[tokio::test]
async fn what_the_buyer_agreed_to_is_captured_by_us_when_the_stock_is_secured() {
    let shop = shop().await;
    let (order, payment) = shop.begun("portone_v2", "card").await;
    let payment = by_the_shop(payment);
    let left = shop.world.leaves(&payment, "approve").await;
    assert_eq!(shop.world.counter.moved(&payment).await.captured, 0, "agreed to, and not captured");
    let page = shop.world.comes_back(&left).await.ok_page();
    assert!(page.contains("결제가 완료되었습니다"), "{page}");
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "paid");
    assert_eq!(confirmations(&shop.world, &payment).await, 1);
    let timeline = shop.world.timeline(&order).await;
    let place = |name: &str| timeline.iter().position(|moment| moment["event"] == name);
    assert!(place("ApprovalBegun").unwrap() < place("OrderPaid").unwrap(), "{timeline:?}");
    shop.world.audit().await;
}

#[tokio::test]
async fn an_approval_without_an_answer_is_repeated_under_its_key_and_captures_once() {
    for (fault, asked) in [(json!("timeout_before"), 2), (json!("timeout_after"), 1), (json!("html"), 1)] {
        let shop = shop().await;
        let (order, payment) = shop.begun("portone_v2", "card").await;
        let payment = by_the_shop(payment);
        shop.world.counter.fault_at("portone-v2", (CONFIRM, fault.clone()), Some(1)).await;
        shop.world.counter.fault_at("portone-v2", ("webhook", json!("drop")), Some(4)).await;
        shop.world.clicks_through(&payment, "approve").await.ok_page();
        for _ in 0..4 {
            shop.world.passes(Duration::seconds(31)).await;
        }
        assert_eq!(shop.world.status(&order).await, "paid", "{fault}");
        assert_eq!(confirmations(&shop.world, &payment).await, asked, "{fault}");
        assert_eq!(shop.world.counter.moved(&payment).await.captured, 10_000, "{fault}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn nothing_is_approved_once_the_stock_is_gone() {
    let shop = shop().await;
    let last = shop.carpenter.sells("the last one", 10_000, 1).await;
    let order = shop.hong.orders(&[(&last, 1)]).await;
    let payment = by_the_shop(shop.hong.begins_to_pay_at(&order, "portone_v2", "card").await);
    shop.world.settle().await;
    let left = shop.world.leaves(&payment, "approve").await;
    shop.world.passes(Duration::minutes(16)).await;
    let quicker = shop.hong.orders(&[(&last, 1)]).await;
    let page = shop.world.comes_back(&left).await.ok_page();
    assert!(!page.contains("결제가 완료되었습니다"), "{page}");
    shop.world.settle().await;
    assert_eq!(confirmations(&shop.world, &payment).await, 0);
    assert_eq!(shop.world.counter.moved(&payment).await.captured, 0);
    assert_eq!(shop.world.status(&quicker).await, "awaiting_payment");
    shop.world.audit().await;
}

#[tokio::test]
async fn a_gateway_that_asks_is_told_no_once_the_stock_is_gone() {
    for gateway in ["portone_v1", "portone_v2"] {
        let shop = shop().await;
        let last = shop.carpenter.sells("the last one", 10_000, 1).await;
        let order = shop.hong.orders(&[(&last, 1)]).await;
        let payment = shop.hong.begins_to_pay_at(&order, gateway, "card").await;
        shop.world.settle().await;
        shop.world.visits(payment.pay_url.as_deref().unwrap()).await.ok_page();
        shop.world.passes(Duration::minutes(16)).await;
        shop.hong.orders(&[(&last, 1)]).await;
        shop.world.clicks_through(&payment, "approve").await;
        shop.world.settle().await;
        assert_eq!(shop.world.counter.moved(&payment).await.captured, 0, "{gateway}");
        assert_eq!(shop.world.status(&order).await, "expired", "{gateway}");
        shop.world.audit().await;
    }
}
