//! Every outcome at every gateway, over the sandbox: each ends in a state of the ledger, no money is lost, and nobody
//! is paid twice.

mod approvals;
mod capturing;
mod console;
mod escrow;
mod inbox;
mod leases;
mod losses;
mod manual;
mod metrics;
mod paying;
mod refund_accounts;
mod trouble;

use tests::{
    World,
    actors::{Buyer, Order, Payment, Product, Seller},
};

/// All four, by the names that `POST /payments` takes.
const ALL: [&str; 4] = ["portone_v1", "portone_v2", "nicepay", "toss"];
/// Those where the shop approves.
const APPROVED_BY_US: [&str; 2] = ["nicepay", "toss"];

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
    /// An order and an attempt to pay it, which the gateway knows.
    async fn begun(&self, gateway: &str, method: &str) -> (Order, Payment) {
        let order = self.hong.orders(&[(&self.chair, 1)]).await;
        let payment = self.hong.begins_to_pay_at(&order, gateway, method).await;
        self.world.settle().await;
        (order, payment)
    }

    /// An order that is paid through the gateway's window, by a browser that comes back.
    async fn paid(&self, gateway: &str, method: &str) -> (Order, Payment) {
        let (order, payment) = self.begun(gateway, method).await;
        self.world.clicks_through(&payment, "approve").await.ok_page();
        self.world.counter.webhooks_are_out(&payment).await;
        self.world.settle().await;
        assert_eq!(self.world.status(&order).await, "paid", "{gateway}");
        (order, payment)
    }

    /// An order that waits for the deposit to an account the gateway has issued.
    async fn issued(&self, gateway: &str) -> (Order, Payment) {
        let (order, payment) = self.begun(gateway, "virtual_account").await;
        self.world.clicks_through(&payment, "approve").await.ok_page();
        self.world.counter.webhooks_are_out(&payment).await;
        self.world.settle().await;
        assert_eq!(self.payment_status(&payment).await, "awaiting_deposit", "{gateway}");
        (order, payment)
    }

    async fn payment_status(&self, payment: &Payment) -> String {
        tests::actors::text(&self.world.payment(payment).await, "payment_status")
    }
}
