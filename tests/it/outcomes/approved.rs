//! The window and the approval.

use chrono::Duration;
use serde_json::json;

use super::{PRICE, approve_route, ends_as_the_table_says};

#[tokio::test]
async fn a_browser_that_comes_back() {
    ends_as_the_table_says("the browser comes back", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        let page = shop.world.clicks_through(&payment, "approve").await.ok_page();
        assert!(page.contains("결제가 완료되었습니다"), "{gateway}: {page}");
        shop.hears_of(&payment).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_is_closed() {
    ends_as_the_table_says("the browser is closed", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        shop.world.leaves(&payment, "approve").await;
        shop.hears_of(&payment).await;
        shop.passes(3, Duration::minutes(12)).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn a_window_that_is_abandoned() {
    ends_as_the_table_says("the window is abandoned", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        shop.world.visits(payment.pay_url.as_deref().unwrap()).await.ok_page();
        shop.passes(4, Duration::minutes(12)).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn a_bank_that_declines() {
    ends_as_the_table_says("the bank declines", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        shop.world.clicks_through(&payment, "decline").await.ok_page();
        shop.hears_of(&payment).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn a_payment_after_the_window() {
    ends_as_the_table_says("paid after the window", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        shop.passes(2, Duration::minutes(10)).await;
        assert_eq!(shop.world.status(&order).await, "expired");
        assert!(shop.world.counter.captures_elsewhere(&payment).await);
        shop.hears_of(&payment).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn two_tabs() {
    ends_as_the_table_says("two tabs pay one order: the second", async |shop, gateway| {
        let (order, first) = shop.begun(gateway, "card").await;
        let second = shop.hong.begins_to_pay_at(&order, gateway, "card").await;
        shop.world.settle().await;
        let left = shop.world.leaves(&first, "approve").await;
        if ["portone_v1", "portone_v2"].contains(&gateway) {
            shop.hears_of(&first).await;
            assert!(shop.world.counter.captures_elsewhere(&second).await);
        } else {
            let late = shop.world.leaves(&second, "approve").await;
            shop.world.comes_back(&left).await.ok_page();
            shop.world.comes_back(&late).await.ok_page();
        }
        shop.hears_of(&second).await;
        shop.passes(8, Duration::minutes(10)).await;
        assert_eq!(shop.end(&order, &first).await, "paid, authorized", "{gateway}");
        shop.end(&order, &second).await
    })
    .await;
}

#[tokio::test]
async fn an_approval_that_had_no_effect() {
    ends_as_the_table_says("approval without an answer, before its effect", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        shop.meets(&payment, approve_route(gateway), json!("timeout_before")).await;
        shop.world.clicks_through(&payment, "approve").await.ok_page();
        shop.world.settle().await;
        assert_eq!(shop.end(&order, &payment).await, "awaiting_payment, in_doubt", "{gateway}");
        shop.passes(12, Duration::minutes(1)).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn an_approval_that_had_its_effect() {
    ends_as_the_table_says("approval without an answer, after its effect", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        // Nor is it told otherwise.
        shop.meets(&payment, "webhook", json!("drop")).await;
        shop.meets(&payment, approve_route(gateway), json!("timeout_after")).await;
        shop.world.clicks_through(&payment, "approve").await.ok_page();
        shop.passes(3, Duration::minutes(1)).await;
        assert_eq!(shop.world.counter.moved(&payment).await.captured, PRICE, "{gateway}");
        shop.end(&order, &payment).await
    })
    .await;
}
