//! Virtual accounts.

use chrono::Duration;
use serde_json::json;
use tests::actors::{Order, Payment, refund_account};

use super::{PRICE, STOCK, Shop, ends_as_the_table_says};

async fn issued(shop: &Shop, gateway: &str) -> (Order, Payment) {
    let (order, payment) = shop.begun(gateway, "virtual_account").await;
    shop.world.clicks_through(&payment, "approve").await.ok_page();
    shop.hears_of(&payment).await;
    assert_eq!(shop.end(&order, &payment).await, "awaiting_payment, awaiting_deposit", "{gateway}");
    (order, payment)
}

#[tokio::test]
async fn exactly() {
    ends_as_the_table_says("deposit exact", async |shop, gateway| {
        let (order, payment) = issued(shop, gateway).await;
        shop.acts(&payment, "deposit", json!({})).await;
        assert_eq!(shop.world.payment(&payment).await["custody"], "gateway_escrow", "{gateway}");
        shop.end(&order, &payment).await
    })
    .await;
}

/// What funds nothing goes back: by itself, or, where the gateway wants to know to which account, once the buyer has
/// said so.
async fn goes_back(shop: &Shop, order: &Order, payment: &Payment) -> String {
    assert_eq!(shop.world.payment(payment).await["escrow_funded"], 0);
    shop.passes(1, Duration::minutes(2)).await;
    if shop.world.payment(payment).await["failure_reason"] == "REFUND_ACCOUNT_MISSING" {
        let body = json!({ "reason": "it paid nothing", "refund_account": refund_account() });
        shop.hong.0.http.post(&format!("/payments/{}/refund", payment.id), &body).send().await.ok();
        shop.hears_of(payment).await;
    }
    shop.end(order, payment).await
}

async fn otherwise(shop: &Shop, gateway: &str, amount: i64) -> String {
    let (order, payment) = issued(shop, gateway).await;
    shop.acts(&payment, "deposit", json!({ "amount": amount })).await;
    assert_eq!(shop.world.counter.moved(&payment).await.captured, amount, "{gateway}");
    goes_back(shop, &order, &payment).await
}

#[tokio::test]
async fn too_little() {
    ends_as_the_table_says("deposit short", async |shop, gateway| otherwise(shop, gateway, PRICE - 1).await)
        .await;
}

#[tokio::test]
async fn too_much() {
    ends_as_the_table_says("deposit over", async |shop, gateway| otherwise(shop, gateway, PRICE + 1).await)
        .await;
}

#[tokio::test]
async fn never() {
    ends_as_the_table_says("deposit never", async |shop, gateway| {
        let (order, payment) = issued(shop, gateway).await;
        assert_eq!(shop.world.stock_of(&shop.chair).await, STOCK - 1, "{gateway}");
        shop.passes(3, Duration::minutes(20)).await;
        assert_eq!(shop.world.stock_of(&shop.chair).await, STOCK, "{gateway}");
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn too_late() {
    ends_as_the_table_says("deposit late", async |shop, gateway| {
        let (order, payment) = issued(shop, gateway).await;
        shop.passes(3, Duration::minutes(20)).await;
        assert_eq!(shop.world.status(&order).await, "expired", "{gateway}");
        shop.acts(&payment, "deposit", json!({ "late": true })).await;
        goes_back(shop, &order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn taken_back() {
    ends_as_the_table_says("deposit reversed", async |shop, gateway| {
        let (order, payment) = issued(shop, gateway).await;
        shop.acts(&payment, "deposit", json!({})).await;
        shop.acts(&payment, "reverse", json!({})).await;
        assert_eq!(shop.end(&order, &payment).await, "paid, deposit_reversed", "{gateway}");
        shop.passes(28, Duration::hours(1)).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn taken_back_and_restored() {
    ends_as_the_table_says("deposit reversed and restored", async |shop, gateway| {
        let (order, payment) = issued(shop, gateway).await;
        shop.acts(&payment, "deposit", json!({})).await;
        shop.acts(&payment, "reverse", json!({})).await;
        assert_eq!(shop.world.payment(&payment).await["escrow_status"], "locked", "{gateway}");
        shop.acts(&payment, "deposit", json!({ "late": true })).await;
        shop.passes(1, Duration::minutes(11)).await;
        assert_eq!(shop.world.payment(&payment).await["escrow_status"], "held", "{gateway}");
        shop.end(&order, &payment).await
    })
    .await;
}
