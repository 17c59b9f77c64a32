//! What is captured is not what was asked for: it funds nothing and goes back.

use chrono::Duration;
use serde_json::{Value, json};

use super::{Shop, ends_as_the_table_says};

async fn captured_otherwise(shop: &Shop, gateway: &str, fault: Value) -> String {
    let (order, payment) = shop.begun(gateway, "transfer").await;
    shop.meets(&payment, "capture", fault).await;
    shop.world.clicks_through(&payment, "approve").await.ok_page();
    shop.hears_of(&payment).await;
    shop.passes(2, Duration::minutes(2)).await;
    assert_eq!(shop.world.payment(&payment).await["escrow_funded"], 0, "{gateway}");
    shop.carpenter.tries_to_ship(&order).await.refused(409, "not_paid");
    shop.end(&order, &payment).await
}

#[tokio::test]
async fn more() {
    ends_as_the_table_says("more captured than asked for", async |shop, gateway| {
        captured_otherwise(shop, gateway, json!({ "other_amount": { "by": 1 } })).await
    })
    .await;
}

#[tokio::test]
async fn less() {
    ends_as_the_table_says("less captured than asked for", async |shop, gateway| {
        captured_otherwise(shop, gateway, json!({ "other_amount": { "by": -100 } })).await
    })
    .await;
}

#[tokio::test]
async fn without_escrow() {
    ends_as_the_table_says("escrow flag lost", async |shop, gateway| {
        captured_otherwise(shop, gateway, json!("lost_escrow")).await
    })
    .await;
}
