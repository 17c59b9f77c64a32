//! News of a payment by every road: webhook, browser, poller; twice, late, lost, or from somebody else.

use chrono::Duration;
use serde_json::json;
use tests::{
    World,
    actors::{Buyer, Order, Payment, Product, Seller},
    counter::{LOOKUP, WEBHOOK},
    webhook::Webhook,
};

const HOOK: &str = "/webhooks/portone-v2";

struct Shop {
    world: World,
    carpenter: Seller,
    hong: Buyer,
    chair: Product,
}

async fn shop() -> Shop {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    Shop { world, carpenter, hong, chair }
}

impl Shop {
    async fn begun(&self) -> (Order, Payment) {
        let order = self.hong.orders(&[(&self.chair, 1)]).await;
        let payment = self.hong.begins_to_pay(&order).await;
        self.world.settle().await;
        (order, payment)
    }

    async fn paid_without_news(&self) -> (Order, Payment) {
        let (order, payment) = self.begun().await;
        self.world.counter.fault(WEBHOOK, json!("drop"), 1).await;
        self.world.counter.approves(&payment).await;
        assert_eq!(self.world.status(&order).await, "awaiting_payment");
        (order, payment)
    }
}

#[tokio::test]
async fn the_webhook_comes_first_and_the_browser_finds_it_done() {
    let shop = shop().await;
    let (order, payment) = shop.begun().await;
    shop.world.counter.approves(&payment).await;
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "paid");
    let head = shop.world.head().await;
    let verified = shop.hong.returns_from(&payment).await.ok();
    assert_eq!(verified["verified"], true);
    assert_eq!(verified["payment"]["payment_status"], "authorized");
    assert_eq!(shop.world.head().await, head);
    shop.world.audit().await;
}

#[tokio::test]
async fn the_browser_comes_first_and_the_webhook_finds_it_done() {
    let shop = shop().await;
    let (order, payment) = shop.paid_without_news().await;
    shop.hong.returns_from(&payment).await.ok();
    assert_eq!(shop.world.status(&order).await, "paid");
    shop.world.settle().await;
    let head = shop.world.head().await;
    let hook = Webhook::paid(&payment, shop.world.clock.now());
    hook.to(&shop.world.nobody(), HOOK).send().await.ok();
    shop.world.settle().await;
    assert_eq!(shop.world.head().await, head);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_lost_webhook_is_made_up_for_by_the_poller() {
    let shop = shop().await;
    let (order, _) = shop.paid_without_news().await;
    shop.world.passes(Duration::seconds(11)).await;
    assert_eq!(shop.world.status(&order).await, "paid");
    shop.world.audit().await;
}

#[tokio::test]
async fn an_operator_can_look_and_a_stranger_cannot() {
    let shop = shop().await;
    let (order, payment) = shop.paid_without_news().await;
    let path = format!("/payments/{}/confirm", payment.id);
    let stranger = shop.world.buyer("kim").await;
    stranger.0.http.post(&path, &json!({})).send().await.refused(403, "not_yours");
    assert_eq!(shop.world.status(&order).await, "awaiting_payment");
    let confirmed = shop.world.operator.0.http.post(&path, &json!({})).send().await.ok();
    assert_eq!(confirmed["status"], "authorized");
    assert_eq!(shop.world.status(&order).await, "paid");
    shop.world.audit().await;
}

#[tokio::test]
async fn a_webhook_sent_twice_pays_once() {
    let shop = shop().await;
    let (order, payment) = shop.begun().await;
    shop.world.counter.fault(WEBHOOK, json!("duplicate"), 1).await;
    shop.world.counter.approves(&payment).await;
    let sent = shop.world.counter.webhooks_are_out(&payment).await;
    assert_eq!(sent[0]["type"], "Transaction.Paid");
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "paid");
    assert_eq!(shop.world.count_of("PaymentAuthorized").await, 1);
    assert_eq!(shop.world.count_of("EscrowFunded").await, 1);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_webhook_is_a_hint_and_the_gateway_is_asked() {
    let shop = shop().await;
    let (order, payment) = shop.begun().await;
    let head = shop.world.head().await;
    let lookups = shop.world.counter.count(LOOKUP, &payment).await;
    Webhook::paid(&payment, shop.world.clock.now()).to(&shop.world.nobody(), HOOK).send().await.ok();
    shop.world.settle().await;
    assert_eq!(shop.world.counter.count(LOOKUP, &payment).await, lookups + 1);
    assert_eq!(shop.world.status(&order).await, "awaiting_payment");
    assert_eq!(shop.world.head().await, head);
}

#[tokio::test]
async fn a_forged_altered_stale_replayed_or_foreign_webhook_is_a_problem_and_changes_nothing() {
    let shop = shop().await;
    let (order, payment) = shop.paid_without_news().await;
    let (nobody, now) = (shop.world.nobody(), shop.world.clock.now());
    let head = shop.world.head().await;
    let paid = |at| Webhook::paid(&payment, at);

    paid(now).forged().to(&nobody, HOOK).send().await.refused(401, "forged_webhook");
    paid(now).altered(&nobody, HOOK).send().await.refused(401, "forged_webhook");
    paid(now - Duration::minutes(6)).to(&nobody, HOOK).send().await.refused(400, "stale_webhook");
    paid(now + Duration::minutes(6)).to(&nobody, HOOK).send().await.refused(400, "stale_webhook");
    paid(now).to(&nobody, "/webhooks/nobody").send().await.refused(404, "unknown_gateway");
    nobody.post(HOOK, &json!({})).send().await.refused(400, "invalid_webhook");
    Webhook::of(now, &json!({ "hello": 1 })).to(&nobody, HOOK).send().await.refused(400, "invalid_webhook");
    let stranger = Payment { gateway_id: "0".repeat(32), ..payment.clone() };
    Webhook::paid(&stranger, now).to(&nobody, HOOK).send().await.refused(404, "unknown_payment");
    assert_eq!(shop.world.head().await, head);
    assert_eq!(shop.world.status(&order).await, "awaiting_payment");

    let genuine = paid(now);
    genuine.to(&nobody, HOOK).send().await.ok();
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "paid");
    let head = shop.world.head().await;
    let lookups = shop.world.counter.count(LOOKUP, &payment).await;
    genuine.to(&nobody, HOOK).send().await.ok();
    shop.world.settle().await;
    assert_eq!(
        shop.world.counter.count(LOOKUP, &payment).await,
        lookups,
        "a replay is taken and changes nothing"
    );
    assert_eq!(shop.world.head().await, head);
    shop.carpenter.ships(&order).await;
    shop.world.audit().await;
}
