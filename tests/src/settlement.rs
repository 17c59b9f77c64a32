//! What the gateways really moved, by their own settlement files: no connector reads them, and no webhook tells them.

use std::collections::BTreeMap;

use crate::{actors::Payment, counter::Counter};

/// What a gateway moved for one payment, in won.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Taken from the buyer.
    pub captured: i64,
    /// Given back, by whomever.
    pub given_back: i64,
}

impl Counter {
    /// What one gateway moved, by the shop's ids.
    pub async fn moved_by(&self, protocol: &str) -> BTreeMap<String, Moved> {
        let mut all: BTreeMap<String, Moved> = BTreeMap::new();
        let file = self.control().get(&format!("/{protocol}/settlement")).send().await;
        assert!(file.is_success(), "{}", file.text());
        for line in file.text().lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let moved = all.entry(fields[3].to_owned()).or_default();
            let amount: i64 = fields[8].parse().unwrap();
            match fields[1] {
                "CAPTURE" => moved.captured += amount,
                _ => moved.given_back -= amount,
            }
        }
        all
    }

    /// What was moved for one payment.
    pub async fn moved(&self, payment: &Payment) -> Moved {
        let all = self.moved_by(&payment.protocol()).await;
        all.get(&payment.gateway_id).copied().unwrap_or_default()
    }
}
