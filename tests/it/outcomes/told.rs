//! How we hear of it.

use chrono::Duration;
use serde_json::json;
use tests::actors::Payment;

use super::{PRICE, Shop, approve_route, ends_as_the_table_says};

const PREPARE: [(&str, &str); 2] =
    [("portone_v1", "POST /payments/prepare"), ("portone_v2", "POST /payments/{id}/pre-register")];

#[tokio::test]
async fn before_our_own_commit() {
    ends_as_the_table_says("webhook before our own commit", async |shop, gateway| {
        let slow = PREPARE.iter().find(|(name, _)| *name == gateway);
        let protocol = gateway.replace('_', "-");
        if let Some((_, route)) = slow {
            // Our registration is still without its answer when the buyer has paid.
            shop.world.counter.fault_at(&protocol, (route, json!("timeout_after")), Some(1)).await;
        }
        let order = shop.hong.orders(&[(&shop.chair, 1)]).await;
        let payment = shop.hong.begins_to_pay_at(&order, gateway, "card").await;
        if slow.is_some() {
            shop.world.leaves(&payment, "approve").await;
        } else {
            shop.meets(&payment, approve_route(gateway), json!("timeout_after")).await;
            shop.world.clicks_through(&payment, "approve").await.ok_page();
        }
        shop.hears_of(&payment).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn before_the_browser() {
    ends_as_the_table_says("webhook first", async |shop, gateway| {
        let (order, payment) = shop.begun(gateway, "card").await;
        let left = shop.world.leaves(&payment, "approve").await;
        if ["nicepay", "toss"].contains(&gateway) {
            // Nothing is told before we approve; then the webhook overtakes the answer.
            shop.meets(&payment, approve_route(gateway), json!("timeout_after")).await;
        } else {
            shop.hears_of(&payment).await;
            assert_eq!(shop.world.status(&order).await, "paid", "{gateway}");
        }
        shop.world.comes_back(&left).await.ok_page();
        shop.hears_of(&payment).await;
        shop.end(&order, &payment).await
    })
    .await;
}

async fn told(shop: &Shop, gateway: &str, twist: &str) -> String {
    let (order, payment) = shop.begun(gateway, "card").await;
    let (paid, funded) =
        (shop.world.count_of("PaymentAuthorized").await, shop.world.count_of("EscrowFunded").await);
    shop.meets(&payment, "webhook", json!(twist)).await;
    shop.world.clicks_through(&payment, "approve").await.ok_page();
    shop.passes(3, Duration::minutes(6)).await;
    assert_eq!(shop.world.count_of("PaymentAuthorized").await, paid + 1, "{gateway} {twist}");
    assert_eq!(shop.world.count_of("EscrowFunded").await, funded + 1, "{gateway} {twist}");
    shop.end(&order, &payment).await
}

#[tokio::test]
async fn twice() {
    ends_as_the_table_says("webhook duplicate", async |shop, gateway| told(shop, gateway, "duplicate").await)
        .await;
}

#[tokio::test]
async fn in_another_order() {
    ends_as_the_table_says("webhook reordered", async |shop, gateway| told(shop, gateway, "reorder").await)
        .await;
}

#[tokio::test]
async fn not_at_all() {
    ends_as_the_table_says("webhook dropped", async |shop, gateway| told(shop, gateway, "drop").await).await;
}

#[tokio::test]
async fn too_late() {
    ends_as_the_table_says("webhook stale", async |shop, gateway| told(shop, gateway, "stale").await).await;
}

#[tokio::test]
async fn by_somebody_else() {
    ends_as_the_table_says("webhook forged", async |shop, gateway| told(shop, gateway, "forge").await).await;
}

#[tokio::test]
async fn of_what_nobody_knows() {
    ends_as_the_table_says("webhook about an unknown payment", async |shop, gateway| {
        let (_, known) = shop.begun(gateway, "card").await;
        let stranger = Payment { gateway_id: format!("{:032x}", u128::MAX), escrow: false, ..known };
        let head = shop.world.head().await;
        assert!(shop.world.counter.captures_elsewhere(&stranger).await, "{gateway}");
        let sent = shop.world.counter.webhooks_are_out(&stranger).await;
        assert!(!sent.is_empty(), "{gateway}");
        for webhook in &sent {
            assert_eq!((&webhook["outcome"], &webhook["httpStatus"]), (&json!("refused"), &json!(404)));
        }
        assert_eq!(shop.world.head().await, head, "{gateway}");
        assert_eq!(shop.world.counter.moved(&stranger).await.captured, PRICE, "{gateway}");
        "refused with 404 until the gateway gives up".to_owned()
    })
    .await;
}
