//! Every outcome at every gateway: what can become of a payment, and how order and payment end, as one table.
//!
//! Each row is a test that plays it through each gateway where it can happen, and the table stands in
//! docs/gateways.md. A cell that begins with a dash says why there is nothing to play.

mod approved;
mod captured;
mod deposited;
mod given_back;
mod lost;
mod table;
mod told;

use chrono::Duration;
use serde_json::Value;
use tests::{
    World,
    actors::{Buyer, Order, Payment, Product, Seller, text},
};

use self::table::cells;

/// The gateways, in the order of the table's columns, by the names that `POST /payments` takes.
const GATEWAYS: [&str; 4] = ["portone_v1", "portone_v2", "nicepay", "toss"];
const PRICE: i64 = 10_000;
const STOCK: i64 = 50;

struct Shop {
    world: World,
    carpenter: Seller,
    hong: Buyer,
    chair: Product,
}

/// Plays a row through each gateway where it can happen, and holds how it ended against the table.
async fn ends_as_the_table_says(row: &str, play: impl AsyncFn(&Shop, &str) -> String) {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", PRICE, STOCK).await;
    let shop = Shop { world, carpenter, hong, chair };
    for (gateway, cell) in GATEWAYS.into_iter().zip(cells(row)) {
        if cell.starts_with('–') {
            continue;
        }
        let end = play(&shop, gateway).await;
        assert_eq!(end, cell, "{row} at {gateway}");
        shop.world.counter.heals().await;
    }
    shop.world.audit().await;
}

impl Shop {
    /// An order and an attempt to pay it, which the gateway knows.
    async fn begun(&self, gateway: &str, method: &str) -> (Order, Payment) {
        let order = self.hong.orders(&[(&self.chair, 1)]).await;
        let payment = self.hong.begins_to_pay_at(&order, gateway, method).await;
        self.world.settle().await;
        (order, payment)
    }

    /// An order that is paid.
    async fn paid(&self, gateway: &str, method: &str) -> (Order, Payment) {
        let (order, payment) = self.begun(gateway, method).await;
        self.world.clicks_through(&payment, "approve").await.ok_page();
        self.hears_of(&payment).await;
        assert_eq!(self.world.status(&order).await, "paid", "{gateway}");
        (order, payment)
    }

    /// The same and delivered, confirmed and released.
    async fn released(&self, gateway: &str) -> (Order, Payment) {
        let (order, payment) = self.paid(gateway, "card").await;
        self.carpenter.ships(&order).await;
        self.hong.confirms(&order).await;
        self.world.settle().await;
        assert_eq!(self.world.status(&order).await, "confirmed", "{gateway}");
        (order, payment)
    }

    /// Waits for the webhooks and for what they lead to.
    async fn hears_of(&self, payment: &Payment) {
        self.world.counter.webhooks_are_out(payment).await;
        self.world.settle().await;
    }

    async fn acts(&self, payment: &Payment, action: &str, body: Value) {
        self.world.counter.act(payment, action, body).await.ok();
        self.hears_of(payment).await;
    }

    /// Something goes wrong at the payment's gateway, once.
    async fn meets(&self, payment: &Payment, route: &str, fault: Value) {
        self.world.counter.fault_at(&payment.protocol(), (route, fault), Some(1)).await;
    }

    async fn passes(&self, times: usize, time: Duration) {
        for _ in 0..times {
            self.world.passes(time).await;
        }
    }

    /// How it ended: the order's status and the payment's. What the gateway moved agrees with it.
    async fn end(&self, order: &Order, payment: &Payment) -> String {
        let shown = self.world.payment(payment).await;
        let (status, moved) = (text(&shown, "payment_status"), self.world.counter.moved(payment).await);
        let kept = shown["captured_amount"].as_i64().unwrap() - shown["refunded_amount"].as_i64().unwrap();
        // What the bank took back is not a refund of ours.
        let by_the_bank = ["charged_back", "deposit_reversed", "deposit_lost"].contains(&status.as_str());
        assert!(by_the_bank || moved.captured - moved.given_back == kept, "{moved:?}: {shown}");
        format!("{}, {status}", self.world.status(order).await)
    }
}

/// The route of a payment's cancellation.
fn cancel_route(gateway: &str) -> &'static str {
    match gateway {
        "portone_v1" => "POST /payments/cancel",
        "portone_v2" => "POST /payments/{id}/cancel",
        "nicepay" => "POST /v1/payments/{tid}/cancel",
        _ => "POST /v1/payments/{paymentKey}/cancel",
    }
}

/// The route of an approval by us.
fn approve_route(gateway: &str) -> &'static str {
    if gateway == "nicepay" { "POST /v1/payments/{tid}" } else { "POST /v1/payments/confirm" }
}
