//! The card holder's bank takes the money back.

use serde_json::json;

use super::{PRICE, ends_as_the_table_says};

#[tokio::test]
async fn while_it_is_held() {
    ends_as_the_table_says("chargeback", async |shop, gateway| {
        let (order, payment) = shop.paid(gateway, "card").await;
        shop.acts(&payment, "chargeback", json!({})).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn when_it_is_released() {
    ends_as_the_table_says("chargeback after the release", async |shop, gateway| {
        let (order, payment) = shop.released(gateway).await;
        shop.acts(&payment, "chargeback", json!({})).await;
        let lost = shop.world.auditor.balance(&format!("1310/{gateway}")).await;
        assert_eq!(lost, PRICE, "the platform's loss until somebody makes up for it");
        shop.end(&order, &payment).await
    })
    .await;
}
