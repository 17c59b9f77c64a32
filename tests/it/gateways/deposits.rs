//! Virtual accounts: issued, deposited exactly, short, over, late.

use chrono::Duration;
use serde_json::json;
use tests::actors::{Counted, Order, Payment};

use super::{ALL, Shop, shop};

pub(super) async fn issued(shop: &Shop, gateway: &str) -> (Order, Payment) {
    let (order, payment) = shop.begun(gateway, "virtual_account").await;
    shop.world.clicks_through(&payment, "approve").await.ok_page();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.payment_status(&payment).await, "awaiting_deposit", "{gateway}");
    (order, payment)
}

#[tokio::test]
async fn an_exact_deposit_pays_at_every_gateway() {
    let shop = shop().await;
    for gateway in ALL {
        let (order, payment) = issued(&shop, gateway).await;
        shop.world.counter.act(&payment, "deposit", json!({})).await.ok();
        shop.world.counter.webhooks_are_out(&payment).await;
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "paid", "{gateway}");
        assert_eq!(shop.world.payment(&payment).await["custody"], "gateway_escrow", "{gateway}");
    }
    shop.world.audit().await;
}

#[tokio::test]
async fn a_short_or_an_over_deposit_pays_nothing() {
    let shop = shop().await;
    for gateway in ALL {
        for amount in [9_999, 10_001] {
            let (order, payment) = issued(&shop, gateway).await;
            shop.world.counter.act(&payment, "deposit", json!({ "amount": amount })).await;
            shop.world.passes(Duration::minutes(2)).await;
            assert_eq!(shop.world.status(&order).await, "awaiting_payment", "{gateway} {amount}");
        }
    }
    assert_eq!(shop.world.count_of("PaymentAuthorized").await, 0);
    shop.world.audit().await;
}

#[tokio::test]
async fn an_account_nobody_pays_into_holds_no_stock_for_ever() {
    let shop = shop().await;
    for gateway in ALL {
        let (order, _) = issued(&shop, gateway).await;
        assert_eq!(shop.world.stock_of(&shop.chair).await, 49, "{gateway}");
        for _ in 0..3 {
            shop.world.passes(Duration::minutes(20)).await;
        }
        assert_eq!(shop.world.status(&order).await, "expired", "{gateway}");
        assert_eq!(shop.world.stock_of(&shop.chair).await, 50, "{gateway}");
    }
    shop.world.audit().await;
}

#[tokio::test]
async fn a_late_deposit_is_quarantined_and_goes_back() {
    let shop = shop().await;
    let (order, payment) = issued(&shop, "portone_v2").await;
    for _ in 0..3 {
        shop.world.passes(Duration::minutes(20)).await;
    }
    assert_eq!(shop.world.status(&order).await, "expired");
    shop.world.counter.act(&payment, "deposit", json!({ "late": true })).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.count_of("PaymentQuarantined").await, 1);
    assert_eq!(shop.world.payment(&payment).await.won("refunded_amount"), 10_000);
    assert_eq!(shop.world.stock_of(&shop.chair).await, 50);
    shop.world.audit().await;
}
