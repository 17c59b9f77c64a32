//! The same key answers the same bytes for ever, and nothing else.

use api::GatewayChoice;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{
    Databases, World,
    actors::{Order, address, order_body, payment_body},
};

async fn answers_the_same_bytes_after_a_restart(databases: Databases) {
    let mut world = World::open_on(databases).await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 1).await;
    let body = order_body(&[(&chair, 1)]);
    let ask = || hong.0.http.post("/orders", &body).key("order-1").send();

    let first = ask().await;
    let order = Order::placed(&first);
    let refused = hong.0.http.post("/orders", &body).key("order-2").send().await;
    refused.refused(409, "out_of_stock");
    let pay = payment_body(&order);
    let begun = hong.0.http.post("/payments", &pay).key("pay-1").send().await;
    begun.ok();
    let cancel = || {
        let path = format!("/orders/{}/cancel", order.id);
        hong.0.http.delete(&path, &json!({ "reason": "mind changed" })).key("cancel-1").send()
    };
    let cancelled = cancel().await;
    cancelled.ok();
    world.settle().await;
    let head = world.head().await;

    for round in ["now", "after a day", "after a restart"] {
        if round == "after a day" {
            world.passes(Duration::days(1)).await;
        } else if round == "after a restart" {
            world.restart().await;
        }
        let again = ask().await;
        assert_eq!((again.status, &again.bytes), (201, &first.bytes), "{round}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{round}");
        assert_eq!(again.position(), first.position(), "{round}");
        // There is stock again, and the refusal is what was answered under that key.
        let still = hong.0.http.post("/orders", &body).key("order-2").send().await;
        assert_eq!((still.status, &still.bytes), (409, &refused.bytes), "{round}");
        let paid = hong.0.http.post("/payments", &pay).key("pay-1").send().await;
        assert_eq!((paid.status, &paid.bytes), (begun.status, &begun.bytes), "{round}");
        let gone = cancel().await;
        assert_eq!((gone.status, &gone.bytes), (cancelled.status, &cancelled.bytes), "{round}");
        assert_eq!(world.head().await, head, "{round}");
    }
    world.audit().await;
}

#[tokio::test]
async fn the_same_key_answers_the_same_bytes_also_after_a_restart_on_sqlite() {
    answers_the_same_bytes_after_a_restart(Databases::sqlite()).await;
}

#[tokio::test]
async fn the_same_key_answers_the_same_bytes_also_after_a_restart_on_postgres() {
    answers_the_same_bytes_after_a_restart(Databases::postgres().await).await;
}

#[tokio::test]
async fn a_payment_under_the_same_key_is_the_same_bytes_under_other_settings() {
    let mut world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 10).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let mut deposited = payment_body(&order);
    deposited["method"] = json!("virtual_account");
    let bought = json!({ "product_id": chair.id, "quantity": 1, "delivery_address": address() });
    let ask = |body: &Value, key: &str| hong.0.http.post("/payments", body).key(key).send();
    let (first, second) = (ask(&deposited, "pay-1").await, ask(&bought, "pay-2").await);
    for told in [&first, &second] {
        told.ok();
    }
    world.settle().await;
    let head = world.head().await;

    let moved = "https://moved.example";
    world
        .restart_with(|config| {
            config.public_url = Some(moved.to_owned());
            let GatewayChoice::Accounts(accounts) = &mut config.gateway else { panic!("no account") };
            let account = accounts.portone_v2.as_mut().unwrap();
            account.sdk_url = format!("{moved}/sdk.js");
            account.pay_page = None;
            account.channels = vec!["channel-key-moved".into()];
        })
        .await;
    for (body, key, told) in [(&deposited, "pay-1", &first), (&bought, "pay-2", &second)] {
        let again = ask(body, key).await;
        assert_eq!((again.status, &again.bytes), (201, &told.bytes), "{key}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{key}");
    }
    assert_eq!(world.head().await, head);
    let mut moved_account = None;
    // Not even the account at the gateway is needed for what was answered; a new payment is refused.
    world
        .restart_with(|config| {
            let GatewayChoice::Accounts(accounts) = &mut config.gateway else { panic!("no account") };
            moved_account = accounts.portone_v2.take();
        })
        .await;
    for (body, key, told) in [(&deposited, "pay-1", &first), (&bought, "pay-2", &second)] {
        let again = ask(body, key).await;
        assert_eq!((again.status, &again.bytes), (201, &told.bytes), "{key}");
    }
    ask(&deposited, "pay-4").await.refused(404, "unknown_gateway");
    world
        .restart_with(|config| {
            let GatewayChoice::Accounts(accounts) = &mut config.gateway else { panic!("no account") };
            accounts.portone_v2 = moved_account;
        })
        .await;
    // A new payment is paid where the settings say now.
    let new = ask(&bought, "pay-3").await.ok();
    assert_eq!(new["checkout"]["request"]["redirectUrl"], format!("{moved}/payments/return/portone-v2"));
    assert_eq!(
        (&new["checkout"]["sdkUrl"], &new["pay_url"]),
        (&json!(format!("{moved}/sdk.js")), &json!(null))
    );
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_caller() {
    let mut world = World::open().await;
    let (carpenter, hong, kim) =
        (world.seller("carpenter").await, world.buyer("hong").await, world.buyer("kim").await);
    let chair = carpenter.sells("chair", 10_000, 10).await;
    let (one, two) = (order_body(&[(&chair, 1)]), order_body(&[(&chair, 2)]));
    let order = Order::placed(&hong.0.http.post("/orders", &one).key("k").send().await);
    for _ in 0..2 {
        let head = world.head().await;
        hong.0.http.post("/orders", &two).key("k").send().await.refused(422, "idempotency_key_reused");
        let elsewhere = hong.0.http.post("/payments", &payment_body(&order)).key("k").send().await;
        elsewhere.refused(422, "idempotency_key_reused");
        assert_eq!(world.head().await, head);
        world.restart().await;
    }
    // Another's key of the same name is another key.
    let other = Order::placed(&kim.0.http.post("/orders", &one).key("k").send().await);
    assert_ne!(other.id, order.id);
    for key in ["", " ", "ключ", &"k".repeat(300)] {
        let told = hong.0.http.post("/orders", &one).key(key).try_send().await;
        if let Ok(reply) = told {
            reply.refused(400, "invalid_header");
        }
    }
    world.audit().await;
}

#[tokio::test]
async fn without_a_key_the_same_request_is_another_one() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 10).await;
    let (one, two) = (hong.orders(&[(&chair, 1)]).await, hong.orders(&[(&chair, 1)]).await);
    assert_ne!(one.id, two.id);
    assert_eq!(world.stock_of(&chair).await, 8);
}
