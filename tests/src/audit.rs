//! What must hold at every moment, whatever happened: asked after every journey.

use projections::Projection;
use serde_json::Value;
use store::audit::{Verified, verify};

use crate::{World, actors::Counted};

impl World {
    /// Checks books, holds, stock and chain; settles first.
    pub async fn audit(&self) {
        self.settle().await;
        self.books_balance().await;
        self.holds_add_up().await;
        self.chain_is_whole().await;
        for status in projections::status(&self.app().services().views).await.unwrap() {
            assert_eq!(status.parked_position, None, "{} is parked: {:?}", status.projection, status.error);
        }
    }

    /// Debits equal credits, over all accounts and in every journal.
    async fn books_balance(&self) {
        let trial = self.auditor.0.http.get("/ledger/trial-balance").send().await.ok();
        for total in trial["totals"].as_array().unwrap() {
            assert_eq!(total["balance"], 0, "{trial}");
        }
        for posting in self.operator.all("/ledger/journal").await {
            let signed = |entry: &Value| match entry["side"].as_str() {
                Some("debit") => entry.won("amount"),
                _ => -entry.won("amount"),
            };
            let sum: i64 = posting["entries"].as_array().unwrap().iter().map(signed).sum();
            assert_eq!(sum, 0, "{posting}");
        }
    }

    /// `held = funded − released − refunded ≥ locked ≥ 0` in every hold, and the ledger says the same.
    async fn holds_add_up(&self) {
        for order in self.operator.all("/orders").await {
            let order = self.operator.0.http.get(&format!("/orders/{}", order["order_id"].as_str().unwrap()));
            for payment in order.send().await.ok()["payments"].as_array().unwrap() {
                let path = format!("/payments/{}/status", payment["payment_id"].as_str().unwrap());
                let payment = self.operator.0.http.get(&path).send().await.ok();
                for hold in payment["escrows"].as_array().unwrap() {
                    self.hold_adds_up(hold).await;
                }
            }
        }
    }

    async fn hold_adds_up(&self, hold: &Value) {
        let held = hold.won("funded") - hold.won("released") - hold.won("refunded");
        let locked = hold.won("locked");
        assert!(held >= locked && locked >= 0, "{hold}");
        let id = hold["escrow_id"].as_str().unwrap();
        let booked = self.auditor.balance(&format!("2100/{id}")).await
            + self.auditor.balance(&format!("2110/{id}")).await;
        assert_eq!(booked, -held, "{hold}");
    }

    /// The log is what was written: no gap, no altered row, an unbroken chain.
    pub async fn chain_is_whole(&self) -> Verified {
        let verified = verify(&self.app().services().log, |_| {}).await.unwrap();
        assert_eq!(verified.events, self.head().await);
        verified
    }

    /// Folds every projection anew and makes the result the one that is read.
    pub async fn rebuilds(&self) {
        let services = self.app().services();
        for projection in Projection::ALL {
            projections::rebuild(&services.views, &services.feed, &services.vault, projection, |_| {})
                .await
                .unwrap();
        }
    }
}
