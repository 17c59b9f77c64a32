//! Paying through each gateway's own window: the browser comes back, or never does.

use chrono::Duration;
use serde_json::json;
use tests::{actors::Counted, counter::WEBHOOK};

use super::{ALL, APPROVED_BY_US, shop};

#[tokio::test]
async fn a_closed_browser_has_paid_nothing_where_we_approve() {
    let shop = shop().await;
    for gateway in APPROVED_BY_US {
        let (order, payment) = shop.begun(gateway, "card").await;
        shop.world.leaves(&payment, "approve").await;
        shop.world.passes(Duration::minutes(16)).await;
        assert_eq!(shop.world.status(&order).await, "expired", "{gateway}");
        // A gateway may say by itself that the window is over.
        let over = shop.payment_status(&payment).await;
        assert!(["expired", "failed"].contains(&over.as_str()), "{gateway}: {over}");
    }
    assert_eq!(shop.world.count_of("PaymentAuthenticated").await, 0);
    assert_eq!(shop.world.stock_of(&shop.chair).await, 50);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_lost_webhook_and_a_lost_browser_are_made_up_for_by_the_poller() {
    let shop = shop().await;
    for gateway in ["portone_v1", "portone_v2"] {
        let (order, payment) = shop.begun(gateway, "card").await;
        // PortOne V2 tells of the window, too.
        shop.world.counter.fault_at(&payment.protocol(), (WEBHOOK, json!("drop")), Some(3)).await;
        shop.world.leaves(&payment, "approve").await;
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "awaiting_payment", "{gateway}");
        shop.world.passes(Duration::minutes(2)).await;
        assert_eq!(shop.world.status(&order).await, "paid", "{gateway}");
    }
    shop.world.audit().await;
}

#[tokio::test]
async fn a_declined_window_leaves_the_order_to_be_paid_again() {
    let shop = shop().await;
    for gateway in ALL {
        let (order, payment) = shop.begun(gateway, "card").await;
        let page = shop.world.clicks_through(&payment, "decline").await.ok_page();
        assert!(!page.contains("결제가 완료되었습니다"), "{gateway}: {page}");
        shop.world.counter.webhooks_are_out(&payment).await;
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "awaiting_payment", "{gateway}");
        let again = shop.hong.begins_to_pay_at(&order, "portone_v2", "card").await;
        shop.world.settle().await;
        shop.world.clicks_through(&again, "approve").await.ok_page();
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "paid", "{gateway}");
    }
    shop.world.audit().await;
}

#[tokio::test]
async fn money_goes_back_through_the_gateway_it_came_by() {
    let shop = shop().await;
    for gateway in ALL {
        let (order, payment) = shop.paid(gateway, "card").await;
        assert_eq!(shop.hong.cancels(&order).await, "cancelling", "{gateway}");
        shop.world.settle().await;
        assert_eq!(shop.world.status(&order).await, "cancelled", "{gateway}");
        assert_eq!(shop.world.payment(&payment).await.won("refunded_amount"), 10_000, "{gateway}");
    }
    assert_eq!(shop.world.stock_of(&shop.chair).await, 50);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_gateway_that_is_not_set_up_is_a_problem_and_so_is_one_that_does_not_exist() {
    let mut shop = shop().await;
    let order = shop.hong.orders(&[(&shop.chair, 1)]).await;
    let nowhere = json!({ "order_id": order.id, "gateway": "paypal" });
    shop.hong.0.http.post("/payments", &nowhere).send().await.refused(422, "invalid_body");
    shop.world
        .restart_with(|config| {
            if let api::GatewayChoice::Accounts(accounts) = &mut config.gateway {
                accounts.toss = None;
            }
        })
        .await;
    let toss = json!({ "order_id": order.id, "gateway": "toss" });
    shop.hong.0.http.post("/payments", &toss).send().await.refused(404, "unknown_gateway");
}

#[tokio::test]
async fn a_transaction_that_nobody_told_us_of_is_verified_by_the_gateways_own_id() {
    let shop = shop().await;
    let (order, payment) = shop.begun("portone_v1", "card").await;
    shop.world.counter.fault_at("portone-v1", (WEBHOOK, json!("drop")), Some(1)).await;
    let left = shop.world.leaves(&payment, "approve").await;
    let imp_uid = left.to.split("imp_uid=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let path = format!("/verifyIamport/{imp_uid}");
    let verified = shop.hong.0.http.post(&path, &json!({})).send().await.ok();
    assert_eq!(verified["payment"]["transaction_id"], imp_uid);
    assert_eq!(shop.world.status(&order).await, "paid");
    shop.world.audit().await;
}
