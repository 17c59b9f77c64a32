//! A gateway that answers nonsense, or nothing, for an hour: bounded, visible, and no other gateway's matter.

use chrono::Duration;
use serde_json::{Value, json};

use super::{ALL, Shop, shop};

fn nonsense() -> [Value; 4] {
    [json!("html"), json!("truncated"), json!({ "error": { "status": 500 } }), json!("timeout_before")]
}

async fn others_are_paid(shop: &Shop, broken: &str) {
    for gateway in ALL.into_iter().filter(|gateway| *gateway != broken) {
        shop.paid(gateway, "card").await;
    }
}

#[tokio::test]
async fn an_hour_of_nonsense_leaves_the_payment_open_and_the_others_paid() {
    for broken in ALL {
        let shop = shop().await;
        let (order, payment) = shop.begun(broken, "card").await;
        for fault in nonsense() {
            shop.world.counter.fault_at(&payment.protocol(), ("*", fault), Some(3)).await;
        }
        shop.world
            .counter
            .fault_at(&payment.protocol(), ("*", json!({ "error": { "status": 500 } })), None)
            .await;
        for _ in 0..6 {
            shop.world.passes(Duration::minutes(10)).await;
        }
        others_are_paid(&shop, broken).await;
        let asked = shop.world.counter.requests().await;
        let asked = asked.iter().filter(|asked| asked["protocol"] == payment.protocol().as_str()).count();
        assert!(asked < 100, "{broken} was asked {asked} times in an hour");
        assert_eq!(
            shop.world.status(&order).await,
            "awaiting_payment",
            "{broken}: nobody knows that it is not paid"
        );
        shop.world.counter.heals().await;
        for _ in 0..3 {
            shop.world.passes(Duration::hours(1)).await;
        }
        assert_eq!(shop.world.status(&order).await, "expired", "{broken}");
        shop.world.audit().await;
    }
}

#[tokio::test]
async fn wrong_credentials_are_refused_at_the_start_with_the_settings_name() {
    let mut shop = shop().await;
    shop.world.stop().await;
    for (gateway, setting) in [
        ("portone_v1", "ESCROW_PORTONE_V1_"),
        ("portone_v2", "ESCROW_PORTONE_V2_API_SECRET"),
        ("nicepay", "ESCROW_NICEPAY_"),
        ("toss", "ESCROW_TOSS_SECRET_KEY"),
    ] {
        let mut config = shop.world.config().clone();
        let api::GatewayChoice::Accounts(accounts) = &mut config.gateway else { panic!("no accounts") };
        let wrong = gateways::Secret::new("test_sk_wrong");
        match gateway {
            "portone_v1" => accounts.portone_v1.as_mut().unwrap().secret = wrong,
            "portone_v2" => accounts.portone_v2.as_mut().unwrap().api_secret = wrong,
            "nicepay" => accounts.nicepay.as_mut().unwrap().secret_key = wrong,
            _ => accounts.toss.as_mut().unwrap().secret_key = wrong,
        }
        let refused = api::App::start(config).await.unwrap_err().to_string();
        assert!(refused.contains(setting), "{gateway}: {refused}");
    }
}
